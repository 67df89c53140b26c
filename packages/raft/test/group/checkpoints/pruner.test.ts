import type { Anchor, Index, SmaltiError } from '@smalti/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogLengths } from '../../../src/group/checkpoints/log-lengths.ts';
import { Pruner } from '../../../src/group/checkpoints/pruner.ts';

const NEVER = Number.POSITIVE_INFINITY;

function bench(keepBytes = 0) {
  const now = {
    anchor: null as Anchor | null,
    before: null as Anchor | null,
    applied: 1_000,
    safe: null as number | null,
    ms: 0,
  };
  const pruned: number[] = [];
  const faults: string[] = [];
  const answer = { error: null as SmaltiError | null };
  const pruner = new Pruner(keepBytes, {
    safeToPrune: () => now.safe as Index | null,
    anchor: () => now.anchor,
    before: () => now.before,
    applied: () => now.applied as Index,
    base: () => 0 as Index,
    prune: (through, done) => {
      pruned.push(through);
      done(answer.error);
    },
    fault: ({ code }) => faults.push(code),
    wake: () => {},
  });
  const anchor = (index: number, before = index): void => {
    now.anchor = { at: { index, term: 1 }, root: 'r' } as unknown as Anchor;
    now.before = { at: { index: before, term: 1 }, root: 'q' } as unknown as Anchor;
    pruner.soon();
  };
  const look = (): number => pruner.look(now.ms);
  return { now, pruner, pruned, faults, answer, anchor, look };
}

describe('pruning', () => {
  it('H41: goes no further than the checkpoint before the newest, what is applied, and what any strategy needs', () => {
    const cases = [
      { anchor: 500, applied: 1_000, safe: 900, through: 500 },
      { anchor: 500, before: 450, applied: 1_000, safe: 900, through: 450 },
      { anchor: 500, applied: 400, safe: 900, through: 400 },
      { anchor: 500, applied: 1_000, safe: 300, through: 300 },
    ];
    for (const { anchor: index, before, applied, safe, through } of cases) {
      const { now, pruned, anchor, look } = bench();
      now.applied = applied;
      now.safe = safe;
      anchor(index, before);
      look();
      expect(pruned).toEqual([through]);
    }
  });

  it('does not happen without two checkpoints, or if no strategy says that it can do without the log', () => {
    const { now, pruned, anchor, look } = bench();
    now.safe = 900;
    expect(look()).toBe(NEVER);
    anchor(500);
    now.before = null;
    expect(look()).toBe(NEVER);
    now.safe = null;
    anchor(500);
    expect(look()).toBe(NEVER);
    expect(pruned).toEqual([]);
  });

  it('goes on when a strategy needs less, and looks for that only while it can help', () => {
    const { now, pruned, anchor, look } = bench();
    now.safe = 100;
    anchor(500);
    const inMs = look();
    expect(pruned).toEqual([100]);
    now.safe = 700;
    expect(look()).toBe(inMs);
    expect(pruned).toEqual([100]);
    now.ms += inMs;
    look();
    now.ms += inMs;
    expect(look()).toBe(NEVER);
    expect(pruned).toEqual([100, 500]);
  });

  it('leaves so many bytes before the checkpoint, and not much more', () => {
    const { now, pruner, pruned, anchor, look } = bench(1_000_000);
    now.safe = 9_999;
    for (let index = 1; index <= 3_000; index++) pruner.passed(index as Index, 1_000);
    now.applied = 3_000;
    anchor(2_500);
    look();
    const kept = (2_500 - (pruned[0] ?? 0)) * 1_000;
    expect(kept).toBeGreaterThanOrEqual(1_000_000);
    expect(kept).toBeLessThan(1_200_000);
  });

  it('is tried again if the disk was full, and stops the node if it has failed', () => {
    const { now, pruned, faults, answer, anchor, look } = bench();
    now.safe = 900;
    answer.error = { code: 'STORAGE_FULL' } as SmaltiError;
    anchor(500);
    now.ms += look();
    answer.error = { code: 'STORAGE_FAILED' } as SmaltiError;
    look();
    expect(pruned).toEqual([500, 500]);
    expect(faults).toEqual(['STORAGE_FAILED']);
  });
});

describe('lengths of the log', () => {
  it('never say that there is more between two entries than there is', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 300 });
    void fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(5_000_000), (list, pick, bytes) => {
        const lengths = new LogLengths();
        for (const [i, size] of list.entries()) lengths.add((i + 1) as Index, size);
        const index = (1 + (pick % list.length)) as Index;
        const found = lengths.before(index, bytes);
        const between = list.slice(found, index).reduce((sum, size) => sum + size, 0);
        if (found > 0) expect(between).toBeGreaterThanOrEqual(bytes);
      }),
    );
  });

  it('take bounded memory, and stay useful however long the log becomes', () => {
    const lengths = new LogLengths();
    for (let index = 1; index <= 200_000; index++) lengths.add(index as Index, 60_000);
    const found = lengths.before(200_000 as Index, 1_000_000_000);
    const between = (200_000 - found) * 60_000;
    expect(between).toBeGreaterThanOrEqual(1_000_000_000);
    expect(between).toBeLessThan(1_100_000_000);
  });
});
