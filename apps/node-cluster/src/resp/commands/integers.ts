import type { KvInteger } from '../../machine/index.ts';
import { failure } from '../reply.ts';

export const NOT_AN_INTEGER = failure('ERR value is not an integer or out of range');

const MAX = 2n ** 63n - 1n;
/** The most and the least seconds whose milliseconds have 64 bits. */
const MAX_SECONDS = MAX / 1_000n;

/** A time in milliseconds, or null if that is beyond 64 bits. */
export function toMilliseconds(time: KvInteger, unit: 'seconds' | 'milliseconds'): KvInteger | null {
  if (unit === 'milliseconds') return time;
  if (time > MAX_SECONDS || time < -MAX_SECONDS) return null;
  const milliseconds = BigInt(time) * 1_000n;
  const number = Number(milliseconds);
  return Number.isSafeInteger(number) ? number : milliseconds;
}

/** Redis' words for a time that is no time, or too far away. */
export function invalidExpiry(command: string): string {
  return failure(`ERR invalid expire time in '${command}' command`);
}
