import type { Clock, MemberKey } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { Rests } from '../../src/group/rests.ts';

const EVERY_MS = 1000 / 6;

/** A group that rests, at time 0. */
function resting(): Rests {
  const pulse = { beat() {}, still() {}, confirm() {}, object() {}, heardAt: 0, answeredAt: 0 };
  const clock = { now: () => 0 } as unknown as Clock;
  const rests = new Rests(clock, EVERY_MS, 8_000, () => pulse);
  rests.beat('b' as MemberKey, 900);
  return rests;
}

describe('a group at rest', () => {
  it('is never looked at before what it is looked at for is due', () => {
    const rests = resting();
    const early: number[] = [];
    for (let k = 1; k < 20_000; k++) {
      const due = (k * EVERY_MS) / 2 + 750;
      if (rests.look(due) < due) early.push(k);
    }
    expect(early).toEqual([]);
  });

  it('is looked at together with others, but for what is due before the next pulse', () => {
    const rests = resting();
    expect(rests.look(1_001)).toBe(rests.look(1_080));
    expect(rests.look(10)).toBe(10);
    expect(rests.look(EVERY_MS - 1)).toBe(EVERY_MS - 1);
  });
});
