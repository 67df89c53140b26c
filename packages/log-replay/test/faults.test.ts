import { SmaltiError } from '@smalti/core';
import { type BenchProvider, damaged, makeLog, TIMING } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import type { LogReplayMessage } from '../src/messages.ts';
import { Bench } from './bench.ts';

const LENGTH = 10_000;

function bench() {
  return new Bench({ source: makeLog(LENGTH, { 1: 1, 2500: 2, 7500: 4 }), options: { batchEntries: 100 } });
}

/** What can happen to a provider. Of these only a liar goes on harming. */
const FAULTS: Readonly<Record<string, (provider: BenchProvider<LogReplayMessage>) => void>> = {
  killed: (provider) => provider.leave(),
  restarted: (provider) => {
    provider.leave();
    provider.restart();
  },
  paused: (provider) => provider.pause(),
  wiped: (provider) => provider.wipe(),
  pruned: (provider) => provider.prune(9_900),
  lying: (provider) => {
    provider.lie = (m) => (m.type === 'run' ? { ...m, frames: damaged(m.frames) } : m);
  },
  garbling: (provider) => {
    provider.garbled = true;
  },
};

describe.each(Object.keys(FAULTS))('with a provider that is %s', (fault) => {
  it.each([10, 50, 90])('at %i percent, the others finish soon', (percent) => {
    const world = bench();
    const a = world.add('a');
    world.add('b');
    world.add('leader');
    world.joiner.start();
    world.runTo((LENGTH * percent) / 100);
    FAULTS[fault]?.(a);
    const since = world.sim.now;
    world.run();
    expect(world.joiner.end).toEqual({ done: { index: LENGTH, term: 4 } });
    expect(world.joiner.appended).toHaveLength(LENGTH);
    // Who leaves loses its runs at once: others do not wait until these would be hedged.
    const left = fault === 'killed' || fault === 'restarted';
    const soon = left && percent === 90 ? 2 * TIMING.heartbeatMs : TIMING.electionMs;
    expect(world.sim.now - since).toBeLessThan(soon);
  });

  it('and is the only one, ends when it is back', () => {
    const world = bench();
    const a = world.add('a');
    world.joiner.start();
    world.runTo(LENGTH / 2);
    FAULTS[fault]?.(a);
    world.run(3_000);
    if (fault !== 'restarted') expect(world.joiner.end === null || 'failed' in world.joiner.end).toBe(true);
    if (fault === 'wiped' || fault === 'pruned') return;
    a.lie = null;
    a.garbled = false;
    if (fault === 'paused') a.resume();
    if (fault === 'killed') a.restart();
    world.run(10_000);
    expect(world.joiner.end).toEqual({ done: { index: LENGTH, term: 4 } });
  });
});

describe('entries that nobody has any more', () => {
  it.each([
    ['that is as far behind', (world: Bench) => world.add('b', { last: 500 })],
    ['that is further behind', (world: Bench) => world.add('b', { last: 300 })],
    ['that has nothing', (world: Bench) => world.add('b').wipe()],
  ])('end the session, and are not awaited from a node %s', (_, other) => {
    const source = makeLog(1_000);
    const world = new Bench({ source, held: source.slice(0, 500) });
    world.add('a', { first: 700 });
    other(world);
    world.joiner.start();
    world.run(10 * TIMING.electionMs);
    expect(world.joiner.end).toEqual({ failed: expect.objectContaining({ code: 'CANNOT_SYNC' }) });
  });

  it('are awaited from a node that may get them, while nobody has pruned them', () => {
    const source = makeLog(1_000);
    const world = new Bench({ source, held: source.slice(0, 500) });
    world.add('b', { last: 500 });
    world.joiner.start();
    world.run(10 * TIMING.electionMs);
    expect(world.joiner.end).toBeNull();
  });
});

describe('who is asked', () => {
  it('is the leader last: for nothing while the others have room', () => {
    const world = new Bench({ source: makeLog(800), options: { batchEntries: 100 } });
    for (const name of ['a', 'b', 'leader']) world.add(name);
    world.joiner.start();
    world.run();
    expect(world.joiner.sources()).toEqual({ a: 400, b: 400 });
  });

  it('is the leader with one request at a time while others serve', () => {
    const world = bench();
    for (const name of ['a', 'leader']) world.add(name);
    world.joiner.start();
    world.run();
    const sources = world.joiner.sources();
    expect(sources.leader).toBeGreaterThan(0);
    expect(sources.a).toBeGreaterThanOrEqual(3 * (sources.leader ?? 0));
    let open = 0;
    let most = 0;
    for (const { from, to, message } of world.delivered) {
      if (to === 'leader' && message.type === 'fetch') most = Math.max(most, ++open);
      if (from === 'leader' && message.type === 'run') open--;
    }
    expect(most).toBe(1);
  });

  it('is the leader with all requests where nobody else can serve', () => {
    const world = bench();
    world.add('leader');
    world.add('a', { last: 0 });
    world.joiner.start();
    world.run();
    expect(world.joiner.sources()).toEqual({ leader: LENGTH });
    expect(world.sim.now).toBeLessThan(500);
  });

  it('are two providers in parts that are alike', () => {
    const world = bench();
    for (const name of ['a', 'b']) world.add(name);
    world.joiner.start();
    world.run();
    const { a = 0, b = 0 } = world.joiner.sources();
    expect(a + b).toBe(LENGTH);
    expect(Math.min(a, b)).toBeGreaterThan(LENGTH / 3);
  });

  it('is a second peer after two heartbeats, and the slow one is not at fault', () => {
    const world = new Bench({ source: makeLog(300), options: { batchEntries: 100 } });
    const a = world.add('a');
    world.add('b');
    world.joiner.start();
    world.pass(11);
    a.extraMs = 300;
    world.run();
    expect(world.joiner.sources()).toEqual({ b: 300 });
    expect(world.sim.now).toBeGreaterThanOrEqual(2 * TIMING.heartbeatMs);
    expect(world.sim.now).toBeLessThan(3 * TIMING.heartbeatMs);
    expect(world.joiner.refusals).toEqual([]);
  });

  it('are those with room: a full lane is nobody’s fault and is tried again', () => {
    const world = new Bench({ source: makeLog(3_000, { 1: 1 }, 200), options: { batchBytes: 20_000 } });
    for (const name of ['a', 'b']) world.add(name).lane = 25_000;
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toMatchObject({ done: { index: 3_000 } });
    expect(world.sim.now).toBeLessThan(3_000);
  });
});

describe('the end', () => {
  it('comes while a steady load goes on', () => {
    const world = new Bench({ source: makeLog(20_000), position: 10_000, ceiling: 10_000 });
    for (const name of ['a', 'b']) world.add(name);
    world.joiner.start();
    const load = () => {
      if (world.joiner.ceiling < 20_000) world.joiner.raise(world.joiner.ceiling + 50);
      world.sim.schedule(5, 'load', load);
    };
    load();
    world.run();
    expect(world.joiner.end).toHaveProperty('done');
    expect(world.joiner.ceiling).toBeLessThan(15_000);
    expect(world.joiner.verified.index).toBeGreaterThanOrEqual(10_000);
  });

  it('comes at once when only an install fills the gap, and blames nobody for it', () => {
    const world = bench();
    world.add('a');
    world.joiner.toldFrom = 100;
    world.joiner.start();
    world.run(1_000);
    // A leader may tell them yet.
    expect(world.joiner.end).toBeNull();
    world.joiner.mustInstall = true;
    world.run(3_000);
    expect(world.joiner.end).toMatchObject({ failed: { code: 'CANNOT_SYNC', details: { first: 1 } } });
    expect(String((world.joiner.end as { failed: Error }).failed.message)).toContain(
      'begins after some of them',
    );
    expect(world.joiner.refusals).toEqual([]);
  });

  it('goes on when a leader has told the terms', () => {
    const world = bench();
    world.add('a');
    world.joiner.toldFrom = 100;
    world.joiner.start();
    world.run(1_000);
    world.joiner.toldFrom = 1;
    world.run(10_000);
    expect(world.joiner.end).toHaveProperty('done');
  });

  it('comes with a reason when the log takes no more', () => {
    const world = bench();
    world.add('a');
    world.joiner.refuseNext = [new SmaltiError('STORAGE_FAILED', 'planted')];
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toMatchObject({ failed: { code: 'CANNOT_SYNC' } });
  });

  it('comes in spite of appends that the runtime refused', () => {
    const world = bench();
    world.add('a');
    const refused = () => new SmaltiError('SYNC_REFUSED', 'planted');
    world.joiner.refuseNext = [refused(), refused(), refused()];
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toEqual({ done: { index: LENGTH, term: 4 } });
  });

  it('has reported what was done, by whom, and what is left', () => {
    const world = bench();
    for (const name of ['a', 'b']) world.add(name);
    world.joiner.start();
    world.run();
    const { reports } = world.joiner;
    expect(reports[0]).toMatchObject({ phase: 'asking', bytesDone: 0, bytesTotal: null, remainingMs: null });
    const size = world.source.reduce((sum, { frame }) => sum + frame.length, 0);
    expect(reports.at(-1)).toMatchObject({
      phase: 'fetching',
      bytesDone: size,
      bytesTotal: size,
      remainingMs: 0,
    });
    expect(reports.some(({ remainingMs, peers }) => (remainingMs ?? 0) > 0 && peers.length === 2)).toBe(true);
  });
});
