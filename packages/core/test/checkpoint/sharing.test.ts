import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SnapshotItem } from '../../src/index.ts';
import { bytesOf, cutTree, FORMAT, item, newBytes } from './parties.ts';

const ITEMS = 30_000;
const base = Array.from({ length: ITEMS }, (_, i) => item(i));
const before = cutTree(base);
const total = bytesOf(before.parts);

/** What a change costs, of all bytes. */
function cost(items: readonly SnapshotItem[]): number {
  return newBytes(before.parts, cutTree(items).parts) / total;
}

describe('what two states have in common', () => {
  it('is all but a hundredth, and a little, when a hundredth changes at one place', () => {
    expect(cost(base.map((each, i) => (i >= 9000 && i < 9300 ? item(i, 1) : each)))).toBeLessThan(0.02);
    expect(cost(base.filter((_, i) => i < 9000 || i >= 9300))).toBeLessThan(0.02);
  });

  it('is 70 % and more when every hundredth changes, comes or goes', () => {
    expect(cost(base.map((each, i) => (i % 100 === 7 ? item(i, 1) : each)))).toBeLessThan(0.3);
    expect(cost(base.map((each, i) => (i % 100 === 7 ? item(i, 1, 60 + (i % 80)) : each)))).toBeLessThan(0.3);
    expect(cost(base.filter((_, i) => i % 100 !== 7))).toBeLessThan(0.3);
    const more = base.flatMap((each, i) =>
      i % 100 === 7 ? [each, { ...each, key: new Uint8Array([...each.key, 1]) }] : [each],
    );
    expect(cost(more)).toBeLessThan(0.3);
  });

  it('is all but a path and some neighbours when one item changes', () => {
    // Of each of the three levels the node that holds it, and those up to where the borders fall together again.
    const bytes = (items: readonly SnapshotItem[]): number => newBytes(before.parts, cutTree(items).parts);
    for (let i = 0; i < ITEMS; i += 3001) {
      expect(bytes(base.with(i, item(i, 1)))).toBeLessThanOrEqual(3 * FORMAT.maxBytes);
      expect(bytes(base.filter((_, n) => n !== i))).toBeLessThanOrEqual(12 * FORMAT.maxBytes);
    }
  });

  it('stays high through any sequence of changes', () => {
    const change = fc.record({
      at: fc.nat(2999),
      what: fc.constantFrom('update', 'delete', 'insert'),
      version: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 20, maxLength: 30 }), (changes) => {
        const state = new Map(base.slice(0, 3000).map((each, i) => [i * 2, each]));
        let last = cutTree([...state.values()]);
        let fresh = 0;
        let all = 0;
        for (const { at, what, version } of changes) {
          if (what === 'delete') state.delete(at * 2);
          else
            state.set(
              what === 'update' ? at * 2 : at * 2 + 1,
              item(at, version, what === 'update' ? 100 : 90),
            );
          // An item that was inserted stands behind the one whose number it shares.
          const items = [...state]
            .sort(([a], [b]) => a - b)
            .map(([n, each]) => (n % 2 === 0 ? each : { ...each, key: new Uint8Array([...each.key, 0]) }));
          const next = cutTree(items);
          fresh += newBytes(last.parts, next.parts);
          all += bytesOf(next.parts);
          last = next;
        }
        // A change of one of 3000 items renews a few nodes of about 160.
        expect(fresh / all).toBeLessThan(0.1);
      }),
      { numRuns: 15 },
    );
  });
});
