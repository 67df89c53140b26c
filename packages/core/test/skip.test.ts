import { describe, expect, it } from 'vitest';
import { DecodeError } from '../src/codec/byte-reader.ts';
import { EntryKind } from '../src/entry/entry.ts';
import { Framer } from '../src/entry/frame.ts';
import {
  decodeSkip,
  encodeSkip,
  isSkipReason,
  MAX_SKIP_REASON_BYTES,
  nameOfEntry,
  type Skip,
  sameEntry,
} from '../src/entry/skip.ts';
import { toIndex, toTerm } from '../src/vocabulary/cursor.ts';
import { type ClusterId, toPeerId } from '../src/vocabulary/ids.ts';
import { nodeHasher } from './node-hasher.ts';

const SKIP: Skip = {
  entry: { index: toIndex(700), term: toTerm(9), checksum: 0xfedcba98 },
  by: toPeerId('n2'),
  reason: 'Störung 17: zu groß',
};

describe('a skip', () => {
  it('is read as it was written', () => {
    expect(decodeSkip(encodeSkip(SKIP))).toEqual(SKIP);
  });

  it('is refused if it is damaged, or says what cannot be', () => {
    const bytes = encodeSkip(SKIP);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeSkip(bytes.subarray(0, end)), `${end} bytes`).toThrow(DecodeError);
    }
    expect(() => decodeSkip(Uint8Array.from([2, ...bytes.subarray(1)]))).toThrow(/layout 2/);
    const wrong: Partial<Skip>[] = [
      { entry: { ...SKIP.entry, index: toIndex(0) } },
      { reason: '' },
      { reason: 'x'.repeat(MAX_SKIP_REASON_BYTES + 1) },
      { by: 'no peer' as never },
    ];
    for (const each of wrong) expect(() => decodeSkip(encodeSkip({ ...SKIP, ...each }))).toThrow(DecodeError);
  });

  it('has a reason of so many bytes, and not of blanks', () => {
    expect(isSkipReason('x'.repeat(MAX_SKIP_REASON_BYTES))).toBe(true);
    expect(isSkipReason('ä'.repeat(MAX_SKIP_REASON_BYTES / 2 + 1))).toBe(false);
    expect(isSkipReason(' \n')).toBe(false);
  });

  it('names an entry by its place, its term and its bytes', () => {
    const framer = new Framer('c'.repeat(32) as ClusterId, nodeHasher);
    const entryOf = (index: number, term: number, text: string) =>
      framer.seal(
        [{ kind: EntryKind.command, payload: new TextEncoder().encode(text) }],
        toIndex(index),
        toTerm(term),
        5,
      )[0] as never;
    const name = nameOfEntry(entryOf(7, 2, 'one'));
    expect(name).toMatchObject({ index: 7, term: 2 });
    expect(sameEntry(name, nameOfEntry(entryOf(7, 2, 'one')))).toBe(true);
    for (const other of [entryOf(8, 2, 'one'), entryOf(7, 3, 'one'), entryOf(7, 2, 'two')]) {
      expect(sameEntry(name, nameOfEntry(other))).toBe(false);
    }
  });
});
