import { SmaltiError } from '@smalti/core';

/** What can be tuned. */
export interface WalOptions {
  /**
   * Bytes of a segment: what is allocated at a time. 8 KiB to 256 MiB. The default is 16 MiB; two segments exist
   * at least. A write that is larger gets a segment of its own.
   */
  readonly segmentBytes?: number;
  /** Bytes of one batch, at most, unless a single write is larger. The default is 8 MiB. */
  readonly maxBatchBytes?: number;
}

/** Options with nothing left open. */
export type CheckedOptions = Required<WalOptions>;

const MIN_SEGMENT = 8 * 1024;
const MAX_SEGMENT = 256 * 1024 * 1024;

/** @throws SmaltiError `BAD_OPTION`. */
export function checkOptions(options: WalOptions): CheckedOptions {
  const { segmentBytes = 16 * 1024 * 1024, maxBatchBytes = 8 * 1024 * 1024 } = options;
  if (!Number.isInteger(segmentBytes) || segmentBytes < MIN_SEGMENT || segmentBytes > MAX_SEGMENT) {
    throw new SmaltiError(
      'BAD_OPTION',
      `segmentBytes must be ${MIN_SEGMENT} to ${MAX_SEGMENT}, not ${segmentBytes}`,
    );
  }
  if (!Number.isInteger(maxBatchBytes) || maxBatchBytes < 1) {
    throw new SmaltiError('BAD_OPTION', `maxBatchBytes must be at least 1, not ${maxBatchBytes}`);
  }
  return { segmentBytes: segmentBytes - (segmentBytes % 512), maxBatchBytes };
}
