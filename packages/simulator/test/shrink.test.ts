import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrink } from '../src/index.ts';

/** A predicate that keeps what it was asked. */
function watched<Item>(fails: (items: readonly Item[]) => boolean) {
  const asked: (readonly Item[])[] = [];
  return {
    asked,
    fails: async (items: readonly Item[]): Promise<boolean> => {
      asked.push(items);
      return fails(items);
    },
  };
}

const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i);
const needs =
  (...wanted: readonly number[]) =>
  (items: readonly number[]): boolean =>
    wanted.every((item) => items.includes(item));

/** Deterministic, and as far from monotone as can be: a hash of the list decides. */
function arbitraryFailure(seed: number, whole: readonly number[]): (items: readonly number[]) => boolean {
  return (items) => {
    if (items.length === whole.length) return true;
    let hash = seed;
    for (const item of items) hash = Math.imul(hash ^ (item + 1), 0x01000193);
    return ((hash ^ (hash >>> 15)) & 3) === 0;
  };
}

describe('shrink', () => {
  it('finds the few items that are needed, wherever they are', async () => {
    const { fails, asked } = watched(needs(17, 300, 801));
    const { items, minimal, runs } = await shrink(upTo(1000), { fails });
    expect([items, minimal]).toEqual([[17, 300, 801], true]);
    expect(runs).toBe(asked.length);
    expect(runs).toBeLessThan(200);
  });

  it('first drops what came after the failure, then the tail that is not needed', async () => {
    const { fails, asked } = watched(needs(3));
    const failure = { at: 70, timeOf: (item: number) => item * 10 };
    expect((await shrink(upTo(100), { fails, failure })).items).toEqual([3]);
    expect(asked.slice(0, 3).map(({ length }) => length)).toEqual([100, 8, 3]);
    expect(asked.slice(1).every(({ length }) => length <= 8)).toBe(true);
  });

  it('is not misled by a wrong moment of the failure', async () => {
    const failure = { at: 1, timeOf: (item: number) => item };
    expect((await shrink(upTo(10), { fails: async (items) => needs(8)(items), failure })).items).toEqual([8]);
  });

  it('needs no items for what fails anyway', async () => {
    expect(await shrink(upTo(9), { fails: async () => true })).toMatchObject({ items: [], minimal: true });
    expect(await shrink([], { fails: async () => true })).toMatchObject({
      items: [],
      minimal: true,
      runs: 1,
    });
  });

  it('makes items simpler, and removes those that are then needless', async () => {
    // A pause of 5 is enough with a cut, and one of 20 without; but a short pause is what the cut was needed for.
    const fails = async (
      items: readonly { readonly what: string; readonly lasts: number }[],
    ): Promise<boolean> => {
      const pause = items.find(({ what }) => what === 'pause')?.lasts ?? 0;
      const cut = items.some(({ what }) => what === 'cut');
      return pause === 0 ? false : pause <= 8 || cut;
    };
    const given = [
      { what: 'noise', lasts: 3 },
      { what: 'cut', lasts: 40 },
      { what: 'pause', lasts: 40 },
    ];
    const simpler = ({ what, lasts }: { readonly what: string; readonly lasts: number }) =>
      lasts <= 1 ? [] : [{ what, lasts: Math.floor(lasts / 2) }];
    expect(await shrink(given, { fails, simpler })).toMatchObject({
      items: [{ what: 'pause', lasts: 1 }],
      minimal: true,
    });
  });

  it('tries the simplest item first', async () => {
    const fails = async ([item = 0]: readonly number[]): Promise<boolean> => item >= 4;
    const { items } = await shrink([64], { fails, simpler: (item) => upTo(item) });
    expect(items).toEqual([4]);
  });

  it('stops when the runs are used up, with what fails and without a claim', async () => {
    for (let maxRuns = 1; maxRuns < 40; maxRuns++) {
      const { fails, asked } = watched(needs(17, 30, 81));
      const { items, minimal, runs } = await shrink(upTo(100), { fails, maxRuns });
      expect([needs(17, 30, 81)(items), asked.length <= maxRuns, runs]).toEqual([true, true, asked.length]);
      expect(minimal ? items : [17, 30, 81]).toEqual([17, 30, 81]);
      if (maxRuns < 10) expect(minimal).toBe(false);
    }
  });

  it('refuses what does not fail, and no runs at all', async () => {
    await expect(shrink([1], { fails: async () => false })).rejects.toThrow('does not fail');
    await expect(shrink([1], { fails: async () => true, maxRuns: 0 })).rejects.toThrow(
      'at least 1 run, not 0',
    );
    const broken = async (): Promise<boolean> => Promise.reject(new Error('broken'));
    await expect(shrink([1], { fails: broken })).rejects.toThrow('broken');
  });

  it('keeps the order, still fails, needs each item and runs no list twice, whatever the failure depends on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.integer(),
        fc.boolean(),
        async (length, seed, monotone) => {
          const given = upTo(length);
          const wanted = given.filter((item) => ((seed >> (item % 31)) & 3) === 1);
          const rule = monotone ? needs(...wanted) : arbitraryFailure(seed, given);
          const { fails, asked } = watched(rule);
          const { items, minimal, runs } = await shrink(given, { fails, maxRuns: 5000 });
          expect(minimal).toBe(true);
          expect(rule(items)).toBe(true);
          expect(items).toEqual(given.filter((item) => items.includes(item)));
          for (const item of items) expect(rule(items.filter((other) => other !== item))).toBe(false);
          if (monotone) expect(items).toEqual(wanted);
          expect(new Set(asked.map((list) => list.join())).size).toBe(asked.length);
          expect(runs).toBe(asked.length);
          const again = watched(rule);
          await shrink(given, { fails: again.fails, maxRuns: 5000 });
          expect(again.asked).toEqual(asked);
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });
});
