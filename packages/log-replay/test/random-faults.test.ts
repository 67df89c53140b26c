import { damaged, makeLog, sealed } from '@smalti/sync-bench';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bench } from './bench.ts';

const event = fc.record({
  at: fc.integer({ min: 0, max: 2_000 }),
  who: fc.integer({ min: 0, max: 3 }),
  what: fc.constantFrom(
    'leave',
    'restart',
    'pause',
    'resume',
    'wipe',
    'prune',
    'damage',
    'swap',
    'garble',
    'leader',
  ),
});

const world = fc.record({
  seed: fc.integer(),
  length: fc.integer({ min: 1, max: 3_000 }),
  batch: fc.constantFrom(1, 37, 100, 2_000),
  window: fc.constantFrom(64 * 1024, 1024 * 1024),
  jitterMs: fc.integer({ min: 0, max: 100 }),
  lost: fc.double({ min: 0, max: 0.2, noNaN: true }),
  doubled: fc.double({ min: 0, max: 0.2, noNaN: true }),
  lane: fc.constantFrom(null, 100_000),
  events: fc.array(event, { maxLength: 12 }),
});

it('appends what the source has and nothing else, through any faults, and all of it once they are over', () => {
  fc.assert(
    fc.property(world, ({ seed, length, batch, window, lane, events, ...conditions }) => {
      const third = Math.ceil(length / 3);
      const source = makeLog(length, { 1: 1, [1 + third]: 3, [2 + 2 * third]: 4 });
      const options = { batchEntries: batch, batchBytes: 16 * 1024, windowBytes: window };
      const bench = new Bench({ source, seed, conditions, options, leader: 'p0' });
      const providers = ['p0', 'p1', 'p2', 'p3'].map((name) => bench.add(name));
      for (const provider of providers) provider.lane = lane;
      bench.joiner.start();
      for (const { at, who, what } of events) {
        bench.sim.schedule(at, what, () => {
          const provider = providers[who] ?? bench.add('p0');
          if (what === 'leave') provider.leave();
          if (what === 'restart') provider.restart();
          if (what === 'pause') provider.pause();
          if (what === 'resume') provider.resume();
          if (what === 'leader') bench.leader = provider.id;
          // The leader keeps its log: there is always somebody who has all.
          if (what === 'prune' && who > 0) provider.prune(Math.ceil(length / 2));
          if (what === 'wipe' && who > 0) provider.wipe();
          if (what === 'damage') {
            provider.lie = (m) => (m.type === 'run' ? { ...m, frames: damaged(m.frames) } : m);
          }
          if (what === 'swap') {
            const joined = (first: number, last: number) =>
              Buffer.concat(sealed(first, Math.min(last, length), 2).map(({ frame }) => frame));
            provider.lie = (m) => (m.type === 'run' ? { ...m, frames: joined(m.first, m.first + 9) } : m);
          }
          if (what === 'garble') provider.garbled = true;
        });
      }
      bench.run(2_001);
      bench.conditions.lost = 0;
      bench.conditions.jitterMs = 0;
      for (const provider of providers) {
        provider.lie = null;
        provider.garbled = false;
        if (provider.paused) provider.resume();
        if (!provider.bonded) provider.restart();
      }
      bench.run(20_000);
      expect(bench.joiner.end).toEqual({ done: { index: length, term: source.at(-1)?.term } });
      expect(bench.joiner.appended.map(({ index }) => index)).toEqual(source.map(({ index }) => index));
    }),
    { numRuns: 40 },
  );
});
