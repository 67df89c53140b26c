import type { Codec } from '@smalti/core';
import type { SimRandom } from '@smalti/simulator';
import { check, same } from './expect.ts';

/** Bytes that are no message, or another one. */
export function damaged(bytes: Uint8Array, random: SimRandom): Uint8Array[] {
  const cuts = Array.from({ length: 12 }, (_, i) => (i < 6 ? i : random.below(bytes.length + 1)));
  const flipped = Array.from({ length: 12 }, (_, i) => {
    const copy = Uint8Array.from(bytes);
    // Where a message begins is what says how to read the rest.
    const at = i < 6 ? i : random.below(copy.length);
    if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    return copy;
  });
  return [
    ...cuts.map((length) => bytes.slice(0, length)),
    ...flipped,
    new Uint8Array([...bytes, ...random.bytes(3)]),
    random.bytes(random.below(60)),
    new Uint8Array(40).fill(0xff),
  ];
}

/** States that what was written is read, and written again as the same. */
export function roundTrips<T>(codec: Codec<T>, bytes: Uint8Array, what: string): void {
  same([...codec.encode(codec.decode(Uint8Array.from(bytes)))], [...bytes], `${what}, read and written`);
}

/** States that it throws an error, or gives something that is written and read again as the same. */
export function readsOrThrows<T>(codec: Codec<T>, bytes: Uint8Array): void {
  let value: T;
  try {
    value = codec.decode(bytes);
  } catch (error) {
    check(error instanceof Error, `decode threw ${String(error)}, which is no Error`);
    return;
  }
  const written = codec.encode(value);
  same([...codec.encode(codec.decode(written))], [...written], 'what was decoded, written and read again');
}

/** True if it takes the bytes for something that it would write otherwise. */
export function misreads<T>(codec: Codec<T>, bytes: Uint8Array): boolean {
  try {
    return String(codec.encode(codec.decode(bytes))) !== String(bytes);
  } catch {
    return false;
  }
}

/** States that random bytes are hardly ever taken for something else. */
export function refusesChance<T>(codec: Codec<T>, random: SimRandom): void {
  let misread = 0;
  for (let i = 0; i < 500; i++) if (misreads(codec, random.bytes(random.below(64)))) misread += 1;
  check(misread < 50, `decode took random bytes for something else, ${misread} times of 500`);
}
