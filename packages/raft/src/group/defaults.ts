import { MAX_PAYLOAD_BYTES, SmaltiError } from '@smalti/core';
import type { Limits, ReadOptions, Timing } from './api.ts';

const MIB = 1024 * 1024;

/** How long a call waits if it does not say, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 10_000;
/** Entries in one proposal, at most. */
export const MAX_BATCH_ENTRIES = 16_384;
/** Bytes of commands in one proposal or one forward, but for a single larger one. */
export const MAX_BATCH_BYTES = 4 * MIB;

function bad(option: string, value: unknown, rule: string): never {
  throw new SmaltiError('BAD_OPTION', `option ${option} is ${String(value)}, and must be ${rule}`, {
    details: { option, value },
  });
}

/** @throws SmaltiError `BAD_OPTION` that names the option, its value and the rule. */
export function timingOf(given: Partial<Timing> = {}): Timing {
  const heartbeatMs = given.heartbeatMs ?? 100;
  const electionMinMs = given.electionMinMs ?? 1_000;
  const electionMaxMs = given.electionMaxMs ?? 2 * electionMinMs;
  const diskStallMs = given.diskStallMs ?? electionMaxMs;
  for (const [option, value] of Object.entries({ heartbeatMs, electionMinMs, electionMaxMs, diskStallMs })) {
    if (!Number.isFinite(value) || value < 1) bad(option, value, 'a number of milliseconds of at least 1');
  }
  if (electionMinMs < 3 * heartbeatMs)
    bad('electionMinMs', electionMinMs, 'at least three times heartbeatMs');
  if (electionMaxMs <= electionMinMs) bad('electionMaxMs', electionMaxMs, 'more than electionMinMs');
  return { heartbeatMs, electionMinMs, electionMaxMs, diskStallMs };
}

/** How long a lease is, in milliseconds; 0 for none. @throws SmaltiError `BAD_OPTION`. */
export function leaseOf(reads: ReadOptions = {}, { electionMinMs }: Timing): number {
  if (reads.lease === undefined) return 0;
  const { maxDriftRatio = 0.1 } = reads.lease;
  if (!(maxDriftRatio >= 0 && maxDriftRatio < 1))
    bad('maxDriftRatio', maxDriftRatio, 'at least 0 and less than 1');
  return electionMinMs * (1 - maxDriftRatio);
}

/** What of a message is left to what is around entries and commands, at most: a table of terms, most of all. */
const MESSAGE_HEAD_BYTES = 128 * 1024;
/** The same of short messages: no table is long enough there to need more. */
const MESSAGE_HEAD_SHARE = 1 / 16;
/** The part of the rest that entries may take by their frames: each has a tag and a length in the message besides. */
const FRAMES_SHARE = 0.8;

/** The bounds of a group, and what its transport carries. */
export interface GroupLimits extends Limits {
  /** Bytes of entries, or of commands in their envelopes, that have room in one message. */
  readonly carriedBytes: number;
}

/**
 * What no message can carry must not be in the log: nothing after it would ever be committed.
 *
 * @param maxMessageBytes of the transport.
 * @throws SmaltiError `BAD_OPTION` that names the option, its value and the rule.
 */
export function limitsOf(
  given: Partial<Limits> = {},
  maxMessageBytes: number = Number.MAX_SAFE_INTEGER,
): GroupLimits {
  const carriedBytes =
    maxMessageBytes - Math.min(MESSAGE_HEAD_BYTES, Math.ceil(maxMessageBytes * MESSAGE_HEAD_SHARE));
  const limits: Limits = {
    maxCommandBytes: given.maxCommandBytes ?? Math.min(4 * MIB, carriedBytes),
    maxPendingBytes: given.maxPendingBytes ?? 64 * MIB,
    maxPending: given.maxPending ?? 100_000,
    maxHandleBytes: given.maxHandleBytes ?? 16 * MIB,
    maxHandlePending: given.maxHandlePending ?? 1_024,
    maxAppendBytes: given.maxAppendBytes ?? MIB,
    maxInflightBytes: given.maxInflightBytes ?? 8 * MIB,
    windowBytes: given.windowBytes ?? 32 * MIB,
  };
  for (const [option, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) bad(option, value, 'an integer of at least 1');
  }
  const most = MAX_PAYLOAD_BYTES - 1024;
  if (limits.maxCommandBytes > most) bad('maxCommandBytes', limits.maxCommandBytes, `at most ${most}`);
  if (limits.maxCommandBytes > carriedBytes) {
    const why = `the transport carries messages of ${maxMessageBytes} bytes (its maxMessageBytes)`;
    bad('maxCommandBytes', limits.maxCommandBytes, `at most ${carriedBytes}, since ${why}`);
  }
  const maxAppendBytes = Math.min(limits.maxAppendBytes, Math.floor(carriedBytes * FRAMES_SHARE));
  return { ...limits, maxAppendBytes, carriedBytes };
}
