import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePart, PartKind, writeChild, writeEntry } from '../../src/checkpoint/part-codec.ts';
import { nameToBytes } from '../../src/checkpoint/part-name.ts';
import { ByteWriter } from '../../src/codec/byte-writer.ts';
import {
  type CutPart,
  compareBytes,
  type PartName,
  ReusedPartMemory,
  SEGMENT_BOUNDS,
  type SnapshotItem,
  TreeBuilder,
  textCodec,
} from '../../src/index.ts';
import { nodeHasher } from '../node-hasher.ts';
import { bytesOf, cutTree, FORMAT, item, itemsOf, newBytes, noise, SMALL, show } from './parties.ts';

/** Items of all lengths, those that are split among them, in canonical order. */
const states = fc
  .uniqueArray(
    fc.record({
      key: fc.oneof(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ minLength: 500, maxLength: 700 })),
      length: fc.oneof(fc.nat(80), fc.nat(80), fc.nat(80), fc.integer({ min: 380, max: 20_000 })),
    }),
    { maxLength: 120, selector: ({ key }) => String(key) },
  )
  .map((list) =>
    list
      .map(({ key, length }, i) => ({ key, value: noise(length, i) }))
      .sort((a, b) => compareBytes(a.key, b.key)),
  );

/** A part as it would be written by what was read of it. */
function rewritten(bytes: Uint8Array): Uint8Array {
  const part = decodePart(bytes);
  const writer = new ByteWriter();
  switch (part.kind) {
    case 'leaf':
      writer.u8(PartKind.leaf);
      for (const entry of part.entries) writeEntry(writer, entry);
      return writer.finish();
    case 'inner':
      writer.u8(PartKind.inner).u8(part.level);
      for (const child of part.children) writeChild(writer, child);
      return writer.finish();
    case 'segment':
      return writer.u8(PartKind.segment).raw(part.bytes).finish();
    case 'segments':
      writer.u8(PartKind.segments);
      for (const name of part.names) writer.raw(nameToBytes(name));
      return writer.finish();
    case 'root':
      return part.bytes;
  }
}

describe('the tree of a checkpoint', () => {
  it('is the same whatever memory its parts are put into, if they are taken before it is used again', () => {
    fc.assert(
      fc.property(states, (items) => {
        const { tree, parts } = cutTree(items, SMALL);
        const memory = new ReusedPartMemory();
        const copies = new Map<PartName, Uint8Array>();
        let open: CutPart[] = [];
        const builder = new TreeBuilder(SMALL, nodeHasher, (part) => open.push(part), memory);
        const take = (): void => {
          for (const { name, bytes } of open) copies.set(name, Uint8Array.from(bytes));
          open = [];
          memory.reuse();
        };
        for (const [i, each] of items.entries()) {
          for (const _ of builder.add(each));
          if (i % 5 === 0) take();
        }
        expect(builder.finish()).toEqual(tree);
        take();
        expect(copies).toEqual(parts);
      }),
    );
  });

  it('holds the items that were cut, every part within its bounds', () => {
    fc.assert(
      fc.property(states, (items) => {
        const cut = cutTree(items, SMALL);
        expect(show(itemsOf(cut, SMALL))).toEqual(show(items));
        for (const part of cut.parts.values()) {
          const bounds = decodePart(part).kind === 'segment' ? SEGMENT_BOUNDS : 1;
          expect(part.length).toBeLessThanOrEqual(bounds * SMALL.maxBytes);
        }
        expect(cut.tree.items).toBe(items.length);
        expect(cut.tree.bytes).toBeGreaterThanOrEqual(bytesOf(cut.parts));
      }),
    );
  });

  it('has names that stand for exactly one encoding', () => {
    fc.assert(
      fc.property(
        states,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (items, where, xor, cut) => {
          for (const bytes of cutTree(items, SMALL).parts.values()) {
            expect(Buffer.from(rewritten(bytes)).equals(bytes)).toBe(true);
            const other = cut ? bytes.slice(0, where % bytes.length) : Uint8Array.from(bytes);
            if (!cut) other[where % other.length] = (other[where % other.length] as number) ^ xor;
            let read: Uint8Array;
            try {
              read = rewritten(other);
            } catch {
              continue;
            }
            expect(Buffer.from(read).equals(other)).toBe(true);
          }
        },
      ),
    );
  });

  it('gives other names for other items', () => {
    const items = Array.from({ length: 200 }, (_, i) => item(i));
    const tops = new Set([cutTree(items).tree.top]);
    for (let i = 0; i < 200; i += 20) {
      tops.add(cutTree(items.with(i, item(i, 1))).tree.top);
      tops.add(cutTree(items.filter((_, n) => n !== i)).tree.top);
    }
    expect(tops.size).toBe(21);
  });

  it('is nothing for no items, a leaf for one, and an item with nothing in it counts', () => {
    expect(cutTree([])).toEqual({ tree: { top: null, items: 0, bytes: 0 }, parts: new Map() });
    const nothing = { key: new Uint8Array(0), value: new Uint8Array(0) };
    const cut = cutTree([nothing]);
    expect([cut.tree.items, cut.tree.bytes, cut.parts.size]).toEqual([1, 3, 1]);
    expect(itemsOf(cut)).toEqual([nothing]);
  });

  it('refuses items out of order, and twice the same key', () => {
    for (const [a, b] of [
      [2, 1],
      [1, 1],
    ]) {
      expect(() => cutTree([item(a as number), item(b as number)])).toThrow(/in the order of their keys/);
    }
    const unsigned = [Uint8Array.of(0x7f), Uint8Array.of(0x80), Uint8Array.of(0x80, 0)];
    const items = unsigned.map((key) => ({ key, value: key }));
    expect(show(itemsOf(cutTree(items)))).toEqual(show(items));
  });

  it('splits what exceeds a part, at exactly the bound', () => {
    // A key of 4 bytes and a value of two bytes of length: 7 bytes besides the value, and 1 for the leaf.
    const key = textCodec.encode('edge');
    const fits: SnapshotItem = { key, value: noise(FORMAT.maxBytes - 8, 1) };
    const exceeds: SnapshotItem = { key, value: noise(FORMAT.maxBytes - 7, 1) };
    expect([...cutTree([fits]).parts.values()].map(({ length }) => length)).toEqual([FORMAT.maxBytes]);
    expect(cutTree([exceeds]).parts.size).toBeGreaterThan(1);
    for (const each of [fits, exceeds]) expect(show(itemsOf(cutTree([each])))).toEqual(show([each]));
  });

  it('splits items of megabytes, whose keys may be as long, and shares what of them stays', () => {
    const value = noise(3_000_000, 5);
    const long: SnapshotItem[] = [
      { key: noise(700_000, 3).fill(1, 0, 1), value: noise(10, 1) },
      { key: textCodec.encode('long'), value },
    ];
    const before = cutTree(long);
    expect(show(itemsOf(before))).toEqual(show(long));
    const changed = value.slice();
    changed[1_500_000] = (changed[1_500_000] as number) ^ 1;
    const after = cutTree([long[0] as SnapshotItem, { key: textCodec.encode('long'), value: changed }]);
    // A segment, the two lists above it, and the leaf.
    expect(newBytes(before.parts, after.parts)).toBeLessThanOrEqual((SEGMENT_BOUNDS + 3) * FORMAT.maxBytes);
  });

  it('keeps an item in one segment as long as that can hold it', () => {
    // Its key's length is in front of it, and the kind of the part.
    const most = SEGMENT_BOUNDS * FORMAT.maxBytes - 5;
    for (const [length, parts] of [
      [most, 2],
      [most + 1, 4],
    ] as const) {
      const each = { key: textCodec.encode('one'), value: noise(length - 3, 1) };
      const cut = cutTree([each]);
      expect(cut.parts.size).toBe(parts);
      expect(show(itemsOf(cut))).toEqual(show([each]));
    }
  });

  it('holds no more than the open nodes: parts come while items do', () => {
    const lengths: number[] = [];
    let out = 0;
    const builder = new TreeBuilder(FORMAT, nodeHasher, ({ bytes }) => {
      out += bytes.length;
    });
    let given = 0;
    for (let i = 0; i < 20_000; i++) {
      for (const _ of builder.add(item(i))) out += 0;
      given += 100;
      lengths.push(given - out);
    }
    // At most what fits into one open node of each of three levels waits.
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3 * FORMAT.maxBytes);
  });
});
