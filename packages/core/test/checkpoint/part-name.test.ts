import { describe, expect, it } from 'vitest';
import { isNameOf, nameOfPart, type PartName } from '../../src/index.ts';
import { nodeHasher } from '../node-hasher.ts';
import { cutTree, item, noise } from './parties.ts';

/** Counts what is hashed. */
function counted() {
  let hashed = 0;
  const hasher = {
    ...nodeHasher,
    sha256: (...parts: readonly Uint8Array[]) => {
      hashed += 1;
      return nodeHasher.sha256(...parts);
    },
  };
  return { hasher, count: () => hashed };
}

describe('the name of a part', () => {
  it('is found out once for the same bytes in memory, and each time for others that are equal', () => {
    const { hasher, count } = counted();
    const bytes = noise(2_000, 1);
    const name = nameOfPart(bytes, nodeHasher);
    for (let i = 0; i < 3; i++) expect(isNameOf(name, bytes, hasher)).toBe(true);
    expect(count()).toBe(1);
    // What is read from a disk is another array, whatever was put there.
    const read = bytes.slice();
    expect(isNameOf(name, read, hasher)).toBe(true);
    expect(count()).toBe(2);
    read[7] = (read[7] as number) ^ 1;
    expect(isNameOf(name, read.slice(), hasher)).toBe(false);
    expect(isNameOf(name, read.subarray(), hasher)).toBe(false);
  });

  it('is no other than that one, however often it is asked', () => {
    const { hasher } = counted();
    const bytes = noise(100, 2);
    const other = nameOfPart(noise(100, 3), nodeHasher);
    expect(isNameOf(other, bytes, hasher)).toBe(false);
    expect(isNameOf(nameOfPart(bytes, nodeHasher), bytes, hasher)).toBe(true);
    expect(isNameOf(other, bytes, hasher)).toBe(false);
  });

  it('is known of what was cut here', () => {
    const { hasher, count } = counted();
    const { parts } = cutTree([item(1), item(2, 0, 50_000)]);
    for (const [name, bytes] of parts as ReadonlyMap<PartName, Uint8Array>) {
      expect(isNameOf(name, bytes, hasher)).toBe(true);
    }
    expect(parts.size).toBeGreaterThan(3);
    expect(count()).toBe(0);
  });
});
