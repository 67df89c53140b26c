import { describe, expect, it } from 'vitest';
import { NEMESES, type NemesisName } from '../src/plan/nemesis-name.ts';
import {
  BRIEF,
  goTogether,
  type Pace,
  type Round,
  STEADY,
  schedule,
  VARIANTS,
} from '../src/plan/schedule.ts';
import { plannedRounds } from '../src/run/run-rounds.ts';

function rounds(
  seed: string,
  count: number,
  enabled: readonly NemesisName[] = NEMESES,
  pace: Pace = STEADY,
): Round[] {
  const endless = schedule(seed, enabled, pace);
  return Array.from({ length: count }, () => endless.next().value);
}

const namesOf = (all: readonly Round[]) =>
  all.flatMap(({ strikes }) => strikes.map(({ nemesis }) => nemesis));
const seeds = Array.from({ length: 30 }, (_, i) => String(i));

describe('the schedule of a seed', () => {
  it('is the same each time, and another for another seed', () => {
    expect(rounds('1', 40)).toEqual(rounds('1', 40));
    expect(rounds('1', 40)).not.toEqual(rounds('2', 40));
  });

  it('has every nemesis once before it has one twice, if a round has one', () => {
    for (const seed of seeds) {
      expect(namesOf(rounds(seed, NEMESES.length, NEMESES, BRIEF)).sort()).toEqual([...NEMESES].sort());
    }
  });

  it('has every nemesis in five minutes', () => {
    for (const seed of seeds) {
      // A round takes some seconds more than planned.
      const planned = plannedRounds(seed, NEMESES, STEADY, 5 * 60_000 * 0.4);
      expect(new Set(namesOf(planned)).size).toBe(NEMESES.length);
    }
  });

  it('has nothing but what is enabled', () => {
    const enabled = ['kill', 'clock'] as const;
    expect(new Set(namesOf(rounds('1', 60, enabled)))).toEqual(new Set(enabled));
  });

  it('puts only what may be in force together into one round, and does so now and then', () => {
    let together = 0;
    for (const { strikes } of seeds.flatMap((seed) => rounds(seed, 40))) {
      const names = strikes.map(({ nemesis }) => nemesis);
      if (names.length > 1) together++;
      for (const [i, a] of names.entries())
        for (const b of names.slice(i + 1)) expect(goTogether(a, b)).toBe(true);
    }
    expect(together).toBeGreaterThan(100);
  });

  it('fills a disk seldom, and more and more seldom, unless nothing else is enabled', () => {
    let since = Number.POSITIVE_INFINITY;
    let atLeast = 0;
    for (const { calmMs, holdMs, strikes } of rounds('3', 400)) {
      if (strikes.some(({ nemesis }) => nemesis === 'disk-full')) {
        expect(since).toBeGreaterThanOrEqual(atLeast);
        atLeast = Math.max(60_000, 2 * atLeast);
        since = 0;
      }
      since += calmMs + holdMs;
    }
    expect(namesOf(rounds('3', 5, ['disk-full']))).toEqual(Array(5).fill('disk-full'));
  });

  it('keeps to its pace, and comes to every variant', () => {
    const all = seeds.flatMap((seed) => rounds(seed, 60));
    for (const { calmMs, holdMs } of all) {
      expect(calmMs).toBeGreaterThanOrEqual(STEADY.calmMs[0]);
      expect(holdMs).toBeGreaterThanOrEqual(STEADY.holdMs[0]);
      expect(holdMs).toBeLessThanOrEqual(STEADY.holdMs[1]);
    }
    const seen = new Set(
      all.flatMap(({ strikes }) => strikes.map(({ nemesis, variant }) => `${nemesis} ${variant}`)),
    );
    for (const name of NEMESES)
      for (const variant of VARIANTS[name]) expect(seen).toContain(`${name} ${variant}`);
  });
});
