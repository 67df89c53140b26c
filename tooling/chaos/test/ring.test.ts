import { expect, it } from 'vitest';
import { seeEachOther } from '../src/nemeses/ring.ts';

it.each([3, 4, 5])('in a ring of %d everybody sees a majority, and not everybody sees all', (count) => {
  const places = Array.from({ length: count }, (_, i) => i);
  const seen = places.map((a) => places.filter((b) => seeEachOther(count, a, b)));
  for (const [a, those] of seen.entries()) {
    expect(those).toContain(a);
    expect(those.length).toBeGreaterThan(count / 2);
    for (const b of those) expect(seen[b]).toContain(a);
  }
  expect(seen.some((those) => those.length < count)).toBe(true);
  expect(new Set(seen.map(String)).size).toBe(count);
});
