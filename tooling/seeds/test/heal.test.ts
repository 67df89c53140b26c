import { describe, expect, it } from 'vitest';
import { slowDisk } from '../src/faults/slow-disk.ts';
import { draw } from '../src/run/plan.ts';
import { heal } from '../src/world/heal.ts';
import { World } from '../src/world/world.ts';

const SLOW_MS = 400;

/** A world, how its n1 gets a slow disk, and the longest of many syncs there. */
function worldOf() {
  const world = new World(draw(1).settings, []);
  const { disk } = world.member('n1').sim;
  const usualMs = world.settings.syncMs[1];
  const strike = (): (() => void) => slowDisk.strike(world, { target: 'n1', mostMs: SLOW_MS }) ?? (() => {});
  const longest = (): number => {
    const sync = { sequence: 1, kind: 'sync', path: 'a', offset: 0, length: 0 } as const;
    return Math.max(...Array.from({ length: 200 }, () => disk.latency(sync)));
  };
  return { world, usualMs, strike, longest };
}

describe('a slow disk', () => {
  it('is slow, and then as it was', () => {
    const { usualMs, strike, longest } = worldOf();
    const end = strike();
    expect(longest()).toBeGreaterThan(SLOW_MS / 2);
    end();
    expect(longest()).toBeLessThanOrEqual(usualMs);
  });

  it('is as it was once all that made it slow has ended, in whatever order', () => {
    const { usualMs, strike, longest } = worldOf();
    const ends = [strike(), strike()];
    for (const end of ends) end();
    expect(longest()).toBeLessThanOrEqual(usualMs);
  });

  it('is as it was when everything has healed, and stays so', () => {
    const { world, usualMs, strike, longest } = worldOf();
    const ends = [strike(), strike()];
    heal(world);
    expect(longest()).toBeLessThanOrEqual(usualMs);
    for (const end of ends) end();
    expect(longest()).toBeLessThanOrEqual(usualMs);
  });
});
