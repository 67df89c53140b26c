import { makeLog, TIMING } from '@smalti/sync-bench';
import { Courtesy } from '@smalti/sync-kit';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../src/options.ts';
import { Bench } from './bench.ts';

const MIB = 1024 * 1024;

/** A joiner that lacks 10,000 entries of about a kilobyte, while the leader announces more every 20 ms, or nothing. */
function lacking(commits: number, busyBytesPerSecond: number): Bench {
  const length = 10_000 + commits;
  const bench = new Bench({
    source: makeLog(length, { 1: 1 }, 1_000),
    options: { busyBytesPerSecond },
    position: 10_000,
    ceiling: 10_000,
  });
  for (const name of ['a', 'leader']) bench.add(name);
  bench.joiner.start();
  for (let i = 1; i <= commits; i++) {
    bench.sim.schedule(20 * i, 'commit', () => {
      bench.joiner.ceiling = Math.max(bench.joiner.ceiling, 10_000 + i);
      bench.joiner.wake();
    });
  }
  return bench;
}

describe('while the group commits', () => {
  it('entries are fetched at a bounded rate, and from both who have them', () => {
    const bench = lacking(400, MIB);
    bench.run(4_000);
    const bytes = bench.joiner.verifiedBytes;
    expect(bytes).toBeGreaterThan(3.5 * MIB);
    expect(bytes).toBeLessThan(4.5 * MIB);
    const sources = [...(bench.joiner.reports.at(-1)?.sources.keys() ?? [])];
    expect(sources.sort()).toEqual(['a', 'leader']);
  });

  it('a little at a time', () => {
    const bench = lacking(100, MIB);
    bench.run(2_000);
    for (const { message } of bench.delivered) {
      if (message.type === 'run') expect(message.frames.length).toBeLessThanOrEqual(64 * 1024);
    }
  });

  it('slowly at first, and twice as fast every tenth of a second', () => {
    const bench = lacking(400, MIB);
    const at: number[] = [];
    for (let tenth = 0; tenth < 20; tenth++) {
      bench.run(100);
      at.push(bench.joiner.verifiedBytes);
    }
    // The first entries came within the first tenth; at the full rate a tenth brings 100 KiB.
    expect(at[1]).toBeGreaterThan(0);
    expect(at[1]).toBeLessThan(64 * 1024);
    expect((at[3] ?? 0) - (at[2] ?? 0)).toBeGreaterThan((at[1] ?? 0) - (at[0] ?? 0));
    expect((at[19] ?? 0) - (at[9] ?? 0)).toBeGreaterThan(0.9 * MIB);
  });

  it('and a long entry at the beginning costs hardly more than at any time', () => {
    const courtesy = new Courtesy(settingsOf({ busyBytesPerSecond: MIB }), 100, TIMING, 0);
    courtesy.received(1, 2 * MIB, 0);
    expect(courtesy.waitMs(0)).toBeGreaterThan(2_000);
    expect(courtesy.waitMs(0)).toBeLessThan(2_500);
  });

  it('never more slowly than it can be overtaken', () => {
    const courtesy = new Courtesy(settingsOf({ busyBytesPerSecond: 1_000 }), 100, TIMING, 0);
    courtesy.received(10, 1_000, 0);
    for (let ms = 1; ms <= 1_000; ms++) courtesy.notice(100 + ms, ms);
    // A thousand entries of a hundred bytes a second are committed: four times as much is let through.
    const before = courtesy.waitMs(1_000);
    courtesy.received(4_000, 400_000, 1_000);
    expect(courtesy.waitMs(1_000) - before).toBeGreaterThan(900);
    expect(courtesy.waitMs(1_000) - before).toBeLessThan(1_100);
  });
});

describe('in a quiet group', () => {
  it('entries come as fast as they can, after two heartbeats', () => {
    const bench = lacking(0, MIB);
    bench.run(2 * TIMING.heartbeatMs);
    expect(bench.joiner.verifiedBytes).toBeLessThan(MIB);
    bench.run(400);
    expect(bench.joiner.end).toMatchObject({ done: { index: 10_000 } });
  });

  it('or after an election timeout, once it was seen at work: a disk that stands still is no rest', () => {
    const courtesy = new Courtesy(settingsOf({ busyBytesPerSecond: MIB }), 100, TIMING, 0);
    courtesy.notice(101, 50);
    expect(courtesy.isBusy(49 + TIMING.electionMs)).toBe(true);
    expect(courtesy.isBusy(50 + TIMING.electionMs)).toBe(false);
  });

  it('and so they do in a busy one that was told to', () => {
    const bench = lacking(400, 0);
    bench.run(600);
    expect(bench.joiner.verified.index).toBeGreaterThanOrEqual(10_000);
  });
});
