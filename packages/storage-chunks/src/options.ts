import { SmaltiError } from '@smalti/core';

/** What can be tuned. */
export interface ChunksOptions {
  /** Bytes of a pack, about: a new one is begun beyond. 64 KiB to 256 MiB. Default 16 MiB. */
  readonly packBytes?: number;
  /** Bytes that are written with one sync, about, at most. 4 KiB to 16 MiB. Default 1 MiB. */
  readonly batchBytes?: number;
  /** Milliseconds from the moment at which parts may be needed no more until they are looked for. Default 1000. */
  readonly collectAfterMs?: number;
  /**
   * Milliseconds after opening in which nothing is collected, so that a checkpoint that was being fetched when the
   * process ended can be gone on with. 0 to a day. Default 60,000.
   */
  readonly graceMs?: number;
  /** Bytes a second that are read and copied to collect what is needed no more, about. Default 8 MiB. */
  readonly collectBytesPerSecond?: number;
}

/** Options with nothing left open. */
export type CheckedOptions = Required<ChunksOptions>;

/** @throws SmaltiError `BAD_OPTION`. */
export function checkOptions(options: ChunksOptions): CheckedOptions {
  return {
    packBytes: whole('packBytes', options.packBytes ?? 16 * 1024 * 1024, 64 * 1024, 256 * 1024 * 1024),
    batchBytes: whole('batchBytes', options.batchBytes ?? 1024 * 1024, 4096, 16 * 1024 * 1024),
    collectAfterMs: whole('collectAfterMs', options.collectAfterMs ?? 1000, 0, 86_400_000),
    graceMs: whole('graceMs', options.graceMs ?? 60_000, 0, 86_400_000),
    collectBytesPerSecond: whole(
      'collectBytesPerSecond',
      options.collectBytesPerSecond ?? 8 * 1024 * 1024,
      4096,
      1e12,
    ),
  };
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new SmaltiError(
    'BAD_OPTION',
    `${name} must be a whole number from ${least} to ${most}, not ${value}`,
  );
}
