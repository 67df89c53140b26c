import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, holesOf, intersect, lengthOf, type Span } from '../src/index.ts';

const span = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
  .map(([first, length]): Span => ({ first, last: first + length - 1 }));

const positions = (spans: readonly Span[]) =>
  spans.flatMap(({ first, last }) =>
    Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i),
  );

describe('spans', () => {
  it('have the holes that others leave: disjoint, ascending, and all of them', () => {
    fc.assert(
      fc.property(span, fc.array(span), (whole, covered) => {
        const holes = holesOf(whole, covered);
        const taken = new Set(positions(covered));
        expect(positions(holes)).toEqual(positions([whole]).filter((at) => !taken.has(at)));
        expect(holes.every(({ first, last }) => first <= last)).toBe(true);
        for (const [i, hole] of holes.entries()) {
          const next = holes[i + 1];
          if (next !== undefined) expect(next.first).toBeGreaterThan(hole.last + 1);
        }
      }),
      { examples: [[{ first: 1, last: 9 }, [{ first: 5, last: 4 }]]], numRuns: 1_000 },
    );
  });

  it('have in common what both hold', () => {
    fc.assert(
      fc.property(span, span, (a, b) => {
        const both = intersect(a, b);
        expect(both === null ? [] : positions([both])).toEqual(positions([a]).filter((at) => holds(b, at)));
      }),
    );
  });

  it('may be empty', () => {
    expect(lengthOf({ first: 5, last: 4 })).toBe(0);
    expect(holds({ first: 5, last: 4 }, 5)).toBe(false);
  });
});
