import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePart, PartKind, writeChild, writeEntry } from '../../src/checkpoint/part-codec.ts';
import { nameOfPart } from '../../src/checkpoint/part-name.ts';
import { ByteWriter, compareBytes, DamagedPart, walkTree } from '../../src/index.ts';
import { nodeHasher } from '../node-hasher.ts';
import { cutTree, drive, item, SMALL } from './parties.ts';

const short = fc.uint8Array({ max: 3 });

describe('items', () => {
  it('of a leaf are in the order of their keys, or it is refused', () => {
    const of = fc.array(fc.record({ key: short, value: short }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(of, (items) => {
        const writer = new ByteWriter().u8(PartKind.leaf);
        for (const one of items) writeEntry(writer, one);
        const inOrder = items.every(
          (one, i) => i === 0 || compareBytes(items[i - 1]?.key ?? one.key, one.key) < 0,
        );
        const read = (): unknown => decodePart(writer.finish());
        if (inOrder) expect(read()).toMatchObject({ kind: 'leaf', items: items.length });
        else expect(read).toThrow('not in the order of their keys');
      }),
    );
  });

  it('are made of a leaf when they are asked for, by what all leaves have in common', () => {
    const writer = new ByteWriter().u8(PartKind.leaf);
    writeEntry(writer, item(1));
    const leaf = decodePart(writer.finish());
    if (leaf.kind !== 'leaf') throw new Error('it is no leaf');
    // A getter of its own would be kept, and with it the bytes, long after the leaf has gone.
    expect(Object.getOwnPropertyDescriptor(leaf, 'entries')).toBeUndefined();
    expect(leaf.entries).toEqual([item(1)]);
  });

  it('of leaves that follow each other are in order, too, whatever their names are', () => {
    const items = Array.from({ length: 9 }, (_, i) => item(i));
    const { tree, parts } = cutTree(items, SMALL);
    const top = decodePart(parts.get(tree.top as never) as Uint8Array);
    if (top.kind !== 'inner') throw new Error('the items fit into one leaf');
    const writer = new ByteWriter().u8(PartKind.inner).u8(top.level);
    for (const child of [...top.children].reverse()) writeChild(writer, child);
    const bytes = writer.finish();
    const name = nameOfPart(bytes, nodeHasher);
    const turned = new Map([...parts, [name, bytes]]);
    const walk = walkTree({ ...tree, top: name }, SMALL, nodeHasher);
    let error: unknown = null;
    try {
      drive(walk, (part) => turned.get(part) ?? null);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(DamagedPart);
    expect((error as DamagedPart).message).toContain('not in the order of their keys');
  });
});
