import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePart } from '../../src/checkpoint/part-codec.ts';
import {
  CheckpointCutter,
  DamagedPart,
  DEFAULT_CHECKPOINT_FORMAT,
  decodeFormat,
  decodeRoot,
  encodeFormat,
  encodeRoot,
  itemSource,
  MAX_ROOT_BYTES,
  type PartName,
  PartPlan,
  reach,
  type SnapshotItem,
  textCodec,
  toPartName,
  verifyCheckpoint,
  walkTree,
} from '../../src/index.ts';
import { nodeHasher } from '../node-hasher.ts';
import {
  bytesOf,
  cutAll,
  cutTree,
  drive,
  FORMAT,
  header,
  item,
  noise,
  type Parts,
  SMALL,
  show,
} from './parties.ts';

const items = Array.from({ length: 3000 }, (_, i) => item(i));
const sessions = [{ key: textCodec.encode('c1'), value: noise(9000, 4) }];

function fetchAll(root: PartName, from: Parts, have: Parts, whole: (name: PartName) => boolean): PartPlan {
  const plan = new PartPlan({ root, hasher: nodeHasher, whole });
  while (!plan.done) {
    // Answers come in another order than they were asked for.
    for (const name of [...plan.take(7)].reverse()) {
      const bytes = from.get(name) as Uint8Array;
      have.set(name, bytes);
      expect(plan.add(name, bytes)).toBe(true);
    }
  }
  return plan;
}

function reached(root: PartName, parts: Parts): { names: PartName[]; read: number } {
  const names: PartName[] = [];
  let read = 0;
  const search = reach(root, nodeHasher, () => false);
  for (let step = search.next(); step.done !== true; ) {
    if ('names' in step.value) {
      names.push(...step.value.names);
      step = search.next();
    } else {
      read += step.value.get.length;
      step = search.next(step.value.get.map((name) => parts.get(name) ?? null));
    }
  }
  return { names, read };
}

describe('a walk over items that are split', () => {
  it('asks for many parts at a time, and gives few long items at once, whatever their lengths', () => {
    const lengths = fc.array(fc.oneof(fc.nat(300), fc.integer({ min: 4_000, max: 400_000 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(lengths, (all) => {
        const given = all.map((length, i) => ({
          key: textCodec.encode(`${1_000 + i}`),
          value: noise(length, i),
        }));
        const cut = cutTree(given, DEFAULT_CHECKPOINT_FORMAT);
        const seen: SnapshotItem[] = [];
        let gets = 0;
        const walk = walkTree(cut.tree, DEFAULT_CHECKPOINT_FORMAT, nodeHasher);
        for (let step = walk.next(); step.done !== true; ) {
          if ('items' in step.value) {
            const long = step.value.items.filter(({ value }) => value.length > 4_096);
            const bytes = long.reduce((sum, { value }) => sum + value.length, 0);
            expect(long.length < 2 || bytes <= 256 * 1024).toBe(true);
            seen.push(...step.value.items);
            step = walk.next(undefined);
          } else {
            gets += 1;
            expect(step.value.get.length).toBeLessThanOrEqual(64);
            step = walk.next(step.value.get.map((name) => cut.parts.get(name) ?? null));
          }
        }
        expect(show(seen)).toEqual(show(given));
        // A few rounds for each group, and one for as many segments as are asked for together.
        const bytes = all.reduce((sum, length) => sum + length, 0);
        expect(gets).toBeLessThan(8 + 4 * Math.ceil(bytes / (128 * 1024)) + all.length / 4);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a checkpoint', () => {
  it('is the same whatever the steps, and whatever the items come in', () => {
    const whole = cutAll({ machine: items, sessions }, SMALL, () => 1e9);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 20 }), (steps) => {
        let turn = 0;
        const cut = cutAll({ sessions, machine: items }, SMALL, () => steps[turn++ % steps.length] as number);
        expect(cut.checkpoint).toEqual(whole.checkpoint);
        expect(cut.order).toEqual(whole.order);
      }),
      { numRuns: 10 },
    );
  });

  it('is cut in steps that do not do much more than they are told to, long items included', () => {
    const asked: number[] = [];
    const long = Array.from({ length: 40 }, (_, i) => item(i, 0, 40_000));
    const source = {
      length: long.length,
      items: (from: number, to: number) => {
        asked.push(to - from);
        return long.slice(from, to);
      },
    };
    const cutter = new CheckpointCutter({
      header: header(),
      sections: new Map([['machine', source]]),
      hasher: nodeHasher,
    });
    let largest = 0;
    while (cutter.result === null) {
      largest = Math.max(
        largest,
        cutter.step(10_000).reduce((sum, { bytes }) => sum + bytes.length, 0),
      );
    }
    // The last of it may be a segment, and then the lists and leaves above it.
    expect(largest).toBeLessThanOrEqual(10_000 + 4 * FORMAT.maxBytes);
    expect(Math.max(...asked)).toBe(1);
  });

  it('gives children before parents, and the root last', () => {
    const { checkpoint, parts, order } = cutAll({ machine: items, sessions });
    expect(order.at(-1)).toBe(checkpoint.name);
    const { names } = reached(checkpoint.name, parts);
    expect(new Set(names)).toEqual(new Set(parts.keys()));
    const place = new Map(order.map((name, i) => [name, i]));
    for (const [name, bytes] of parts) {
      const part = decodePart(bytes);
      if (part.kind !== 'inner') continue;
      for (const child of part.children) {
        expect(place.get(child.name)).toBeLessThan(place.get(name) as number);
      }
    }
    expect(checkpoint.bytes).toBe(bytesOf(parts));
  });

  it('verifies, and says which part does not', () => {
    const { checkpoint, parts } = cutAll({ machine: items.slice(0, 700), sessions });
    const { result, items: all } = drive(
      verifyCheckpoint(checkpoint.name, nodeHasher),
      (name) => parts.get(name) ?? null,
    );
    expect(result).toEqual(checkpoint.root);
    expect(show(all)).toEqual(show([...items.slice(0, 700), ...sessions]));
    for (const damaged of parts.keys()) {
      for (const bytes of [null, new Uint8Array(3), parts.get(checkpoint.name) as Uint8Array]) {
        if (bytes === parts.get(damaged)) continue;
        const walk = verifyCheckpoint(checkpoint.name, nodeHasher);
        let error: unknown = null;
        try {
          drive(walk, (name) => (name === damaged ? bytes : (parts.get(name) ?? null)));
        } catch (caught) {
          error = caught;
        }
        expect(error).toBeInstanceOf(DamagedPart);
        expect((error as DamagedPart).part).toBe(damaged);
      }
    }
  });

  it('is refused where its numbers do not add up, or where it is cut elsewhere', () => {
    const { checkpoint, parts } = cutAll({ machine: items });
    const [section] = checkpoint.root.sections;
    if (section === undefined) throw new Error('no section');
    const get = (name: PartName): Uint8Array | null => parts.get(name) ?? null;
    for (const wrong of [{ items: section.items + 1 }, { bytes: section.bytes - 1 }]) {
      expect(() => drive(walkTree({ ...section, ...wrong }, FORMAT, nodeHasher), get)).toThrow(
        /were announced/,
      );
    }
    // The same items, cut with other bounds, under a root that says otherwise.
    const other = cutAll({ machine: items }, { ...FORMAT, targetBytes: 3000 });
    const lie = encodeRoot({ ...other.checkpoint.root, format: FORMAT });
    const name = toPartName(Buffer.from(nodeHasher.sha256(lie)).toString('hex'));
    other.parts.set(name, lie);
    expect(() => drive(verifyCheckpoint(name, nodeHasher), (each) => other.parts.get(each) ?? null)).toThrow(
      /cut at other places/,
    );
  });

  it('is reached by reading some hundredths of it', () => {
    const long: SnapshotItem[] = [...items.slice(0, 1000), item(2000, 0, 600_000), ...items.slice(2001)];
    for (const machine of [items, long]) {
      const { checkpoint, parts } = cutAll({ machine, sessions });
      const { names, read } = reached(checkpoint.name, parts);
      expect(new Set(names)).toEqual(new Set(parts.keys()));
      expect(read).toBeLessThan(parts.size / 10);
    }
  });
});

describe('a plan of parts', () => {
  const old = cutAll({ machine: items, sessions });
  const next = cutAll({ machine: items.with(1500, item(1500, 1)).toSpliced(100, 1), sessions });

  it('takes exactly what is missing', () => {
    const have: Parts = new Map();
    const all = fetchAll(old.checkpoint.name, old.parts, have, () => false);
    expect(new Set(have.keys())).toEqual(new Set(old.parts.keys()));
    expect(all.bytes).toEqual({ total: bytesOf(old.parts), added: bytesOf(old.parts), reused: 0 });

    const fetched: Parts = new Map();
    const plan = fetchAll(next.checkpoint.name, next.parts, fetched, (name) => old.parts.has(name));
    const missing = [...next.parts.keys()].filter((name) => !old.parts.has(name));
    expect(new Set(fetched.keys())).toEqual(new Set(missing));
    expect(plan.bytes.added + plan.bytes.reused).toBe(plan.bytes.total);
    expect(bytesOf(fetched)).toBeLessThan(plan.bytes.total / 5);
  });

  it('says how long the parts are that it takes: exactly where an item is split, and otherwise about', () => {
    const long = [item(1, 0, 1_000), item(2, 0, 2_000), item(3, 0, 90_000)];
    const { checkpoint, parts } = cutAll({ machine: long }, SMALL);
    const plan = new PartPlan({ root: checkpoint.name, hasher: nodeHasher, whole: () => false });
    const kinds: string[] = [];
    for (let [name] = plan.take(1); name !== undefined; [name] = plan.take(1)) {
      const bytes = parts.get(name) as Uint8Array;
      const { kind } = decodePart(bytes);
      const ofItem = kind === 'segment' || kind === 'segments';
      if (kind !== 'root') expect(plan.likelyBytes(name)).toBe(ofItem ? bytes.length : SMALL.targetBytes);
      kinds.push(kind);
      plan.add(name, bytes);
    }
    expect([...new Set(kinds)].sort()).toEqual(['leaf', 'root', 'segment', 'segments']);
    expect(plan.done).toBe(true);
  });

  it('finds exactly what is missing between any two states', () => {
    const subset = fc.subarray(items.slice(0, 400), { minLength: 0 });
    fc.assert(
      fc.property(subset, subset, (a, b) => {
        const [from, to] = [cutAll({ machine: a }, SMALL), cutAll({ machine: b }, SMALL)];
        const fetched: Parts = new Map();
        fetchAll(to.checkpoint.name, to.parts, fetched, (name) => from.parts.has(name));
        const missing = [...to.parts.keys()].filter((name) => !from.parts.has(name));
        // The root is always asked for: what it names may be whole, and it says what that is.
        expect(new Set(fetched.keys())).toEqual(new Set([to.checkpoint.name, ...missing]));
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what is wrong or was not asked for, and takes again what did not come', () => {
    const plan = new PartPlan({ root: old.checkpoint.name, hasher: nodeHasher, whole: () => false });
    const get = (name: PartName): Uint8Array => old.parts.get(name) as Uint8Array;
    const [root] = plan.take(10) as [PartName];
    expect(plan.take(10)).toEqual([]);
    expect(() => plan.add(root, new Uint8Array(9))).toThrow(DamagedPart);
    plan.giveBack(root);
    expect(plan.take(10)).toEqual([root]);
    expect(plan.add(root, get(root))).toBe(true);
    expect(plan.add(root, get(root))).toBe(false);
    const tops = plan.take(10);
    expect(tops.length).toBe(2);
    expect(plan.underWay).toBe(2);
    const [top, other] = tops as [PartName, PartName];
    expect(() => plan.add(top, get(other))).toThrow(DamagedPart);
    expect(plan.add(toPartName('00'.repeat(32)), get(top))).toBe(false);
    plan.giveBack(top);
    expect(plan.take(1)).toEqual([top]);
    expect(plan.add(top, get(top))).toBe(true);
    expect(plan.done).toBe(false);
  });
});

describe('a root', () => {
  it('is read as it was written, and from nothing else', () => {
    const { root } = cutAll({ machine: items, sessions, empty: [] }).checkpoint;
    const bytes = encodeRoot(root);
    expect(decodeRoot(bytes)).toEqual(root);
    expect(root.sections.map(({ name }) => name)).toEqual(['empty', 'machine', 'sessions']);
    for (let at = 0; at < bytes.length; at++) {
      expect(() => decodeRoot(bytes.subarray(0, at))).toThrow();
      for (const xor of [1, 0x80]) {
        const other = Uint8Array.from(bytes);
        other[at] = (other[at] as number) ^ xor;
        let read: Uint8Array;
        try {
          read = encodeRoot(decodeRoot(other));
        } catch {
          continue;
        }
        expect(Buffer.from(read).equals(other)).toBe(true);
      }
    }
  });

  it('names everything that a checkpoint is of', () => {
    const { root } = cutAll({ machine: items }).checkpoint;
    const variants = [
      root,
      { ...root, time: root.time + 1 },
      { ...root, anchor: { ...root.anchor, term: (root.anchor.term + 1) as never } },
      { ...root, machine: { ...root.machine, version: 3 } },
      { ...root, configuration: textCodec.encode('others count') },
      { ...root, format: SMALL },
      { ...root, sections: [] },
    ];
    expect(new Set(variants.map((each) => Buffer.from(encodeRoot(each)).toString('hex'))).size).toBe(7);
  });

  it('has bounds', () => {
    const { root } = cutAll({ machine: items }).checkpoint;
    const [section] = root.sections as [(typeof root.sections)[0]];
    expect(() => encodeRoot({ ...root, configuration: new Uint8Array(MAX_ROOT_BYTES) })).toThrow(RangeError);
    expect(() => encodeRoot({ ...root, sections: [section, section] })).toThrow(RangeError);
    expect(() => encodeRoot({ ...root, sections: [{ ...section, name: 'No' }] })).toThrow(RangeError);
    expect(() => encodeRoot({ ...root, sections: [{ ...section, top: null }] })).toThrow(RangeError);
    expect(() => decodeRoot(new Uint8Array(MAX_ROOT_BYTES + 1))).toThrow(/bytes/);
  });

  it('is of a format that every replica can read from the marker', () => {
    expect(decodeFormat(encodeFormat(SMALL))).toEqual(SMALL);
    for (const wrong of [
      { version: 2 },
      { minBytes: 255 },
      { targetBytes: SMALL.minBytes },
      { maxBytes: SMALL.targetBytes },
      { maxBytes: 524_289 },
      { maxBytes: 500.5 },
    ]) {
      expect(() => encodeFormat({ ...SMALL, ...wrong })).toThrow(RangeError);
      expect(
        () =>
          new CheckpointCutter({
            header: header({ ...SMALL, ...wrong }),
            sections: new Map([['machine', itemSource(items)]]),
            hasher: nodeHasher,
          }),
      ).toThrow(RangeError);
    }
    expect(() => decodeFormat(Uint8Array.of(2, 1, 1, 1))).toThrow(/not known here/);
  });
});
