import { SmaltiError } from '@smalti/core';
import { damaged, framer, makeLog, sealed } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';

const MIB = 1024 * 1024;

describe('availability', () => {
  it('H12: peers that had up to 90 are asked again, and the gap ends at 100', () => {
    const bench = new Bench({ source: makeLog(100) });
    const a = bench.add('a', { last: 90 });
    bench.joiner.start();
    bench.runTo(90);
    bench.sim.schedule(3_000, 'the rest comes', () => {
      a.log.write({ entries: bench.source.slice(90) }, () => {
        a.committed = { ...a.log.last };
      });
    });
    bench.run(5_000);
    expect(bench.joiner.end).toEqual({ done: { index: 100, term: 1 } });
  });

  it('H12: a ceiling that rises beyond what peers said is asked for anew', () => {
    const bench = new Bench({
      source: makeLog(9_000),
      position: 90,
      ceiling: 90,
      options: { batchEntries: 10 },
    });
    const a = bench.add('a', { last: 90 });
    bench.joiner.start();
    bench.runTo(50);
    bench.joiner.position = 9_000;
    bench.joiner.raise(9_000);
    a.log.write({ entries: bench.source.slice(90) }, () => {
      a.committed = { ...a.log.last };
    });
    bench.run(30_000);
    expect(bench.joiner.end).toEqual({ done: { index: 9_000, term: 1 } });
  });

  it('waits with nobody there, and goes on when somebody comes', () => {
    const bench = new Bench({ source: makeLog(100) });
    bench.joiner.start();
    bench.run(20_000);
    expect(bench.joiner.end).toBeNull();
    bench.add('a');
    bench.run(1_000);
    expect(bench.joiner.end).not.toBeNull();
  });
});

describe('answers', () => {
  it('H13: an empty run costs the peer the run, and is filed nowhere', () => {
    const bench = new Bench({ source: makeLog(5_000), options: { batchEntries: 100 } });
    const a = bench.add('a');
    bench.add('b');
    a.lie = (m) => (m.type === 'run' ? { ...m, frames: new Uint8Array(0) } : m);
    bench.joiner.start();
    bench.run(5_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 5_000 } });
    expect(bench.joiner.sources()).toEqual({ b: 5_000 });
    // After three faults at most those that were in flight already.
    expect(bench.fetches('a')).toBeLessThanOrEqual(6);
  });

  it('H13: a run for another place, or longer than asked for, is refused', () => {
    for (const shift of ['elsewhere', 'said elsewhere', 'inside', 'longer']) {
      const bench = new Bench({ source: makeLog(1_000), options: { batchEntries: 100 } });
      const a = bench.add('a');
      bench.add('b');
      a.lie = (m) => {
        if (m.type !== 'run') return m;
        if (shift === 'said elsewhere') return { ...m, first: m.first + 1 };
        const from = shift === 'longer' ? m.first - 1 : m.first;
        const to = shift === 'longer' ? m.first + 100 : m.first + 50;
        const first = shift === 'inside' ? m.first + 1 : m.first;
        return { ...m, first, frames: Buffer.concat(bench.source.slice(from, to).map(({ frame }) => frame)) };
      };
      bench.joiner.start();
      bench.run(5_000);
      expect(bench.joiner.end).toMatchObject({ done: { index: 1_000 } });
      // Where the log ends even the longer run is as long as was asked for.
      expect(bench.joiner.sources().a ?? 0).toBeLessThanOrEqual(shift === 'longer' ? 100 : 0);
    }
  });

  it('H13: an answer to what was asked of another costs the one who gives it', () => {
    const bench = new Bench({ source: makeLog(2_000), options: { batchEntries: 100 } });
    const a = bench.add('a');
    const b = bench.add('b');
    b.lie = (m) => {
      const other = bench.delivered.findLast(({ to, message }) => to === 'a' && message.type === 'fetch');
      return m.type === 'run' && other?.message.type === 'fetch' ? { ...m, id: other.message.id } : m;
    };
    bench.joiner.start();
    bench.pass(11);
    a.extraMs = 30;
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 2_000 } });
    expect(bench.joiner.sources()).toEqual({ a: 2_000 });
    // The other is not blamed for it, and goes on.
    expect(bench.sim.now).toBeLessThan(500);
  });

  it('H13: a peer that has just pruned says so, and others are asked', () => {
    const bench = new Bench({ source: makeLog(4_000), options: { batchEntries: 100 } });
    const a = bench.add('a');
    bench.add('b');
    bench.joiner.start();
    bench.runTo(500);
    a.prune(3_900);
    bench.run(5_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 4_000 } });
  });

  it('H14: what is fetched again overlaps what came meanwhile, and is trimmed', () => {
    const bench = new Bench({ source: makeLog(2_050), options: { batchEntries: 50, requestsPerPeer: 2 } });
    const a = bench.add('a');
    bench.add('b');
    let late = 0;
    // The first answers of one peer come after they were asked for elsewhere, in other pieces.
    a.extraMs = 700;
    bench.joiner.start();
    bench.sim.schedule(600, 'faster', () => {
      a.extraMs = 0;
      late++;
    });
    bench.run(10_000);
    expect(late).toBeLessThanOrEqual(1);
    expect(bench.joiner.end).toMatchObject({ done: { index: 2_050 } });
    expect(bench.joiner.refusals).toEqual([]);
  });

  it('H14: a hole of 50 is fetched as a hole of 50, whatever the size of a batch', () => {
    const bench = new Bench({ source: makeLog(6_000), options: { batchEntries: 2_000 } });
    const a = bench.add('a');
    bench.add('b');
    const c = bench.add('c');
    // One run comes short by its last 50.
    let shortened = false;
    a.lie = (m) => {
      if (m.type !== 'run' || shortened) return m;
      shortened = true;
      const short = bench.source.slice(m.first - 1, m.first + 1_949);
      return { ...m, frames: Buffer.concat(short.map(({ frame }) => frame)) };
    };
    bench.joiner.start();
    bench.run(5_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 6_000 } });
    const spans = bench.delivered.flatMap(({ message }) => (message.type === 'fetch' ? [message] : []));
    expect(spans.some(({ first, last }) => last - first + 1 === 50)).toBe(true);
    expect(c.reads).toBeGreaterThan(0);
    const total = spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    expect(total).toBe(6_050);
  });

  it('H17: an answer to an older session is never taken', () => {
    // When the second session begins, answers to questions of the first are on their way, or its requests, or runs.
    for (const at of [7, 12, 17]) {
      const bench = new Bench({ source: makeLog(3_000), options: { batchEntries: 100 } });
      bench.add('a');
      bench.joiner.start();
      bench.pass(at);
      bench.joiner.stop();
      bench.joiner.start();
      const old = bench.delivered.find(({ message }) => message.type === 'ask')?.message.nonce ?? 0;
      const before = bench.joiner.verifiedBytes;
      bench.run(5_000);
      expect(bench.joiner.end).toMatchObject({ done: { index: 3_000 } });
      const late = bench.delivered.filter(({ to, message }) => to === 'joiner' && message.nonce === old);
      expect(late.length).toBeGreaterThan(0);
      expect(before).toBe(0);
      const size = bench.source.reduce((sum, { frame }) => sum + frame.length, 0);
      expect(bench.joiner.verifiedBytes).toBe(size);
    }
  });

  it('H17: a run with the nonce of another session is dropped unseen, and blamed on nobody', () => {
    const bench = new Bench({ source: makeLog(300), options: { batchEntries: 100 } });
    const a = bench.add('a');
    bench.joiner.start();
    let stale = 0;
    a.lie = (m) =>
      m.type === 'run' && stale++ < 2 ? { ...m, nonce: m.nonce + 1, frames: damaged(m.frames) } : m;
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 300 } });
    expect(bench.joiner.refusals).toEqual([]);
  });
});

describe('memory', () => {
  it('H20: no more is fetched than the window holds, while the disk is slow', () => {
    const bench = new Bench({
      source: makeLog(4_000, { 1: 1 }, 1_000),
      options: { windowBytes: MIB, batchBytes: 100_000 },
    });
    for (const name of ['a', 'b', 'leader']) bench.add(name);
    bench.joiner.stalled = true;
    bench.joiner.start();
    bench.run(10_000);
    expect(bench.joiner.verifiedBytes).toBeGreaterThan(MIB / 3);
    expect(bench.joiner.verifiedBytes).toBeLessThanOrEqual(MIB);
    bench.joiner.release();
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 4_000 } });
  });

  it('H20: no more is handed over than the runtime takes, while the disk is slow and the runs are short', () => {
    const bench = new Bench({
      source: makeLog(6_000, { 1: 1 }),
      options: { batchEntries: 2, requestsPerPeer: 64 },
    });
    for (const name of ['a', 'b', 'leader']) bench.add(name);
    bench.joiner.stalled = true;
    bench.joiner.start();
    bench.run(10_000);
    expect(bench.joiner.refusals).toEqual([]);
    bench.joiner.release();
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 6_000 } });
  });

  it('H20: nor more bytes, however large the window', () => {
    const bench = new Bench({
      source: makeLog(90, { 1: 1 }, 1_000_000),
      options: { windowBytes: 256 * MIB, batchBytes: 2 * MIB },
    });
    for (const name of ['a', 'b', 'leader']) bench.add(name);
    bench.joiner.stalled = true;
    bench.joiner.start();
    bench.run(10_000);
    expect(bench.joiner.refusals).toEqual([]);
    bench.joiner.release();
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 90 } });
  });

  it('H20: nor while the first run is missing, and the rest does not wait for ever for it', () => {
    const bench = new Bench({
      source: makeLog(4_000, { 1: 1 }, 1_000),
      options: { windowBytes: MIB, batchBytes: 100_000 },
    });
    const a = bench.add('a');
    bench.add('b', { first: 300 });
    a.extraMs = 1_000;
    bench.joiner.start();
    bench.run(1_900);
    expect(bench.joiner.appended).toHaveLength(0);
    expect(bench.joiner.verifiedBytes).toBeLessThanOrEqual(MIB);
    bench.run(20_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 4_000 } });
  });

  it('H20: a provider reads no more ahead than it may hold, however slow the peer', () => {
    const bench = new Bench({
      source: makeLog(4_000, { 1: 1 }, 1_000),
      options: { batchBytes: 100_000, servedBytes: 200_000 },
    });
    const a = bench.add('a');
    a.lane = 150_000;
    bench.joiner.start();
    bench.run(60_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 4_000 } });
  });
});

describe('leaders', () => {
  it('H24: what was fetched survives changes of leader', () => {
    const bench = new Bench({ source: makeLog(20_000), options: { batchEntries: 100 } });
    for (const name of ['a', 'b', 'c']) bench.add(name);
    bench.joiner.start();
    for (const [i, leader] of ['a', 'b', 'c', 'gone', 'a'].entries()) {
      bench.runTo(3_000 * (i + 1));
      bench.leader = leader as typeof bench.leader;
      bench.joiner.wake();
    }
    bench.run(20_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 20_000 } });
    const asked = bench.delivered.flatMap(({ message }) =>
      message.type === 'fetch' ? [message.last - message.first + 1] : [],
    );
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(20_000);
  });

  it('H24: a slow peer does not hold up the head of the line', () => {
    const bench = new Bench({ source: makeLog(5_000), options: { batchEntries: 100 } });
    bench.add('a').extraMs = 450;
    bench.add('b');
    bench.joiner.start();
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 5_000 } });
    // Hedged after two heartbeats, long before the slow peer has answered.
    expect(bench.sim.now).toBeLessThan(400);
  });

  it('H44: genuine entries of a deposed leader are refused, and their server is asked no more', () => {
    const source = makeLog(1_000, { 1: 1, 501: 3 });
    const bench = new Bench({ source, options: { batchEntries: 50 } });
    bench.add('stale', { entries: [...source.slice(0, 500), ...sealed(501, 1_000, 2)] });
    bench.add('b');
    bench.joiner.start();
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 1_000, term: 3 } });
    expect(bench.joiner.refusals.length).toBeGreaterThan(0);
    expect(bench.joiner.appended).toHaveLength(1_000);
  });

  it('H44: a claim about the entry before a run is checked when that entry comes', () => {
    const bench = new Bench({ source: makeLog(1_000, { 1: 1, 101: 2 }), options: { batchEntries: 100 } });
    const a = bench.add('a');
    bench.add('b').extraMs = 20;
    a.lie = (m) => (m.type === 'run' && m.first > 1 ? { ...m, prevTerm: 7 } : m);
    bench.joiner.start();
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 1_000, term: 2 } });
    expect(bench.joiner.sources().a ?? 0).toBeLessThanOrEqual(100);
  });

  it('makes the phantoms of a deposed leader give way to the first append', () => {
    const source = makeLog(20, { 1: 1, 11: 2 });
    const bench = new Bench({ source, held: source.slice(0, 10), phantoms: sealed(11, 15, 1) });
    bench.add('a');
    bench.joiner.start();
    bench.run(1_000);
    expect(bench.joiner.end).toEqual({ done: { index: 20, term: 2 } });
    expect(bench.joiner.log.termAt(bench.source[10]?.index ?? (0 as never))).toBe(2);
  });

  it('takes damaged frames from nobody', () => {
    const bench = new Bench({ source: makeLog(1_000), options: { batchEntries: 100 } });
    bench.add('a').lie = (m) => (m.type === 'run' ? { ...m, frames: damaged(m.frames) } : m);
    bench.add('b').garbled = true;
    bench.add('leader');
    bench.joiner.start();
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ done: { index: 1_000 } });
    expect(bench.joiner.sources()).toEqual({ leader: 1_000 });
    expect(() => framer.open(damaged(bench.source[0]?.frame ?? new Uint8Array(0)))).toThrow();
  });

  it('fails with what everybody has when it was pruned everywhere', () => {
    const bench = new Bench({ source: makeLog(100) });
    bench.add('a', { first: 40 });
    bench.add('b', { first: 60 });
    bench.joiner.start();
    bench.run(10_000);
    expect(bench.joiner.end).toMatchObject({ failed: { code: 'CANNOT_SYNC' } });
    const { failed } = bench.joiner.end as { failed: SmaltiError };
    expect(failed).toBeInstanceOf(SmaltiError);
    expect(failed.message).toContain('a has 40 to 100, b has 60 to 100');
  });
});
