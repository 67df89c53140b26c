import type { KvInteger } from './kv-types.ts';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** Every number of so many characters, with or without a sign, is exact. */
const EXACT_LENGTH = 15;
/** `-9223372036854775808`. */
const LONGEST = 20;

/** The only way to write an integer: no leading zeros, no plus, no blanks, no minus zero. */
const CANONICAL = /^(?:0|-?[1-9][0-9]*)$/;

/** Reads an integer as Redis does, or gives null for what is not one or is out of range. */
export function parseInteger(text: string): KvInteger | null {
  if (text.length > LONGEST || !CANONICAL.test(text)) return null;
  if (text.length <= EXACT_LENGTH) return Number(text);
  const value = BigInt(text);
  return inRange(value) ? compact(value) : null;
}

/** The sum, or null if it is beyond 64 bits. */
export function addIntegers(a: KvInteger, b: KvInteger): KvInteger | null {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const sum = BigInt(a) + BigInt(b);
  return inRange(sum) ? compact(sum) : null;
}

/** True if the value has 64 bits or fewer, sign included. */
export function inRange(value: bigint): boolean {
  return value >= MIN && value <= MAX;
}

/** A number where that is exact: one value has one form. */
export function compact(value: bigint): KvInteger {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
