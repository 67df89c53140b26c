import { toPeerId } from '@smalti/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunAssembler } from '../src/index.ts';

/** Item n is worth n % 7 + 1 bytes. */
const sizeOf = (item: number) => (item % 7) + 1;
const source = toPeerId('a');
const items = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
const run = (first: number, count: number) => ({ first, items: items(first, count), source });

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ first: fc.integer({ min: 1, max: 80 }), count: fc.integer({ min: 1, max: 25 }) }),
  },
  { weight: 3, arbitrary: fc.constantFrom('take' as const, 'release' as const) },
  { weight: 1, arbitrary: fc.record({ moveTo: fc.integer({ min: -10, max: 10 }) }) },
);

describe('the assembler', () => {
  it('loses, doubles and reorders nothing, and keeps within its budget', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.array(step, { maxLength: 60 }), (budget, steps) => {
        const runs = new RunAssembler<number>(1, budget, sizeOf);
        const taken: number[] = [];
        const unreleased: number[] = [];
        for (const each of steps) {
          const held = runs.spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);
          if (each === 'take') {
            const got = runs.take();
            if (got === undefined) continue;
            // Nothing is taken but what comes next.
            expect(got.run.items).toEqual(items(taken.length + 1, got.run.items.length));
            taken.push(...got.run.items);
            unreleased.push(got.bytes);
          } else if (each === 'release') {
            runs.release(unreleased.shift() ?? 0);
          } else if ('moveTo' in each) {
            const next = Math.max(1, runs.next + each.moveTo);
            runs.moveTo(next);
            taken.splice(next - 1);
            taken.push(...items(taken.length + 1, next - 1 - taken.length));
          } else {
            const added = runs.offer(run(each.first, each.count));
            const after = runs.spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);
            expect(after).toBeLessThanOrEqual(held + added);
          }
          expect(runs.next).toBe(taken.length + 1);
          const spans = runs.spans;
          for (const [i, { first, last }] of spans.entries()) {
            expect(first).toBeGreaterThanOrEqual(runs.next);
            expect(first).toBeGreaterThan(spans[i - 1]?.last ?? 0);
            for (let at = first; at <= last; at++) expect(runs.at(at)).toBe(at);
          }
          const bytes = spans.flatMap(({ first, last }) => items(first, last - first + 1)).map(sizeOf);
          const all = [...bytes, ...unreleased].reduce((sum, size) => sum + size, 0);
          expect(runs.bytes).toBe(all);
          // A single item that comes next is let in whatever it weighs.
          const alone = all - Math.max(0, ...bytes, ...unreleased) === 0;
          expect(all <= budget || alone).toBe(true);
          expect(runs.mostBytes).toBeGreaterThanOrEqual(all);
          expect(runs.mostBytes).toBeLessThanOrEqual(Math.max(budget, sizeOf(6)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gets everything in the end, whatever comes first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat(99)), (budget, chance) => {
        const runs = new RunAssembler<number>(1, budget, sizeOf);
        for (let tries = 0; runs.next <= 50 && tries < 5_000; tries++) {
          const first = tries % 2 === 0 ? runs.next : 1 + ((chance.next().value as number) % 50);
          runs.offer(run(first, Math.min(10, 51 - first)));
          for (let got = runs.take(); got !== undefined; got = runs.take()) runs.release(got.bytes);
        }
        expect(runs.next).toBe(51);
      }),
    );
  });

  it('drops what is farthest when what is nearer comes', () => {
    const runs = new RunAssembler<number>(1, 10, () => 1);
    expect(runs.offer(run(21, 10))).toBe(10);
    expect(runs.offer(run(41, 5))).toBe(0);
    expect(runs.offer(run(11, 5))).toBe(5);
    expect(runs.spans).toEqual([{ first: 11, last: 15 }]);
  });

  it('lets go of a run that turns out to be none', () => {
    const runs = new RunAssembler<number>(1, 100, sizeOf);
    runs.offer(run(1, 3));
    expect(runs.peek()?.items).toEqual([1, 2, 3]);
    runs.discard();
    expect(runs.peek()).toBeUndefined();
    expect([runs.next, runs.bytes]).toEqual([1, 0]);
  });
});
