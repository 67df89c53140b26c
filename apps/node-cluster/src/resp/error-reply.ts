import type { ErrorCode } from '@smalti/core';
import { SmaltiError } from '@smalti/core';
import { failure, toLatin1 } from './reply.ts';

/** Trying the same again would fail again. */
const FOR_GOOD: ReadonlySet<ErrorCode> = new Set([
  'BAD_OPTION',
  'COMMAND_TOO_LARGE',
  'ENCODING',
  'REJECTED',
  'COMMAND_SKIPPED',
]);

/** The number that the client gave is used up. */
const USED_UP: ReadonlySet<ErrorCode> = new Set(['REJECTED', 'COMMAND_SKIPPED']);

/**
 * The reply to a command that the group did not carry out: `-TRYAGAIN CODE …` if it has not happened and will not,
 * `-UNKNOWN CODE …` if it may have happened, `-ERR CODE …` if it has not happened and never will. If the client gave the
 * command a number, and that is not used up, the last is `-NOEXEC CODE …`.
 */
export function errorReply(error: unknown, numbered = false): string {
  if (!(error instanceof SmaltiError)) {
    return failure(toLatin1(`ERR ${error instanceof Error ? error.message : String(error)}`));
  }
  const forGood = numbered && !USED_UP.has(error.code) ? 'NOEXEC' : 'ERR';
  const word = error.outcome === 'unknown' ? 'UNKNOWN' : FOR_GOOD.has(error.code) ? forGood : 'TRYAGAIN';
  return failure(toLatin1(`${word} ${error.code} ${error.message}`));
}
