import { makeLog, TIMING } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { checkpointAt } from './checkpoint-at.ts';
import type { Provider } from './provider.ts';

const SOURCE = makeLog(1_000);
const CHECKPOINT = checkpointAt(SOURCE[499], 15_000);

/** Three providers on links of 5 MB/s each, so that a fetch takes some time. */
function world(): { readonly bench: Bench; readonly a: Provider } {
  const bench = new Bench({ source: SOURCE, checkpoints: [CHECKPOINT] });
  const a = bench.add('a');
  for (const each of [a, bench.add('b'), bench.add('leader')]) each.bytesPerMs = 5_000;
  bench.joiner.start();
  return { bench, a };
}

function damaged(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}

/** What can happen to a provider. Of these only a liar goes on harming. */
const FAULTS: Readonly<Record<string, (provider: Provider) => void>> = {
  killed: (provider) => provider.leave(),
  restarted: (provider) => {
    provider.leave();
    provider.restart();
  },
  paused: (provider) => provider.pause(),
  wiped: (provider) => provider.wipe(),
  lying: (provider) => {
    provider.lie = (m) => (m.type === 'parts' ? { ...m, parts: m.parts.map(damaged) } : m);
  },
  garbling: (provider) => {
    provider.garbled = true;
  },
};

describe.each(Object.keys(FAULTS))('with a provider that is %s', (fault) => {
  it.each([10, 50, 90])('H24: at %i percent, the others finish soon, and little comes twice', (percent) => {
    const { bench, a } = world();
    bench.runTo(percent / 100);
    FAULTS[fault]?.(a);
    const since = bench.sim.now;
    bench.run();
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
    expect(bench.sim.now - since).toBeLessThan(2 * TIMING.electionMs);
    // What was in flight at the time, and what a liar has sent.
    expect(bench.partBytes()).toBeLessThan(CHECKPOINT.bytes + 1_600_000);
  });

  it('and is the only one, ends when it is back', () => {
    const bench = new Bench({ source: SOURCE, checkpoints: [CHECKPOINT] });
    const a = bench.add('a');
    a.bytesPerMs = 5_000;
    bench.joiner.start();
    bench.runTo(0.5);
    FAULTS[fault]?.(a);
    bench.run(3_000);
    if (fault === 'wiped') return;
    a.lie = null;
    a.garbled = false;
    if (fault === 'paused') a.resume();
    if (fault === 'killed') a.restart();
    bench.run(20_000);
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
  });
});

describe('a joiner', () => {
  it.each([10, 50, 90])(
    'H24: that is killed at %i percent fetches again what was in flight, at most',
    (percent) => {
      const { bench } = world();
      bench.runTo(percent / 100);
      const stored = bench.joiner.storedBytes;
      const before = bench.partBytes();
      bench.joiner.crash();
      // What is on its way to the old process is lost with its bonds.
      for (const provider of bench.providers.values()) {
        provider.leave();
        provider.restart();
      }
      bench.pass(200);
      bench.joiner.start();
      bench.run();
      expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
      expect(bench.partBytes() - before).toBe(CHECKPOINT.bytes - stored);
      expect(bench.joiner.reports.at(-1)?.partsReused).toBeGreaterThan(0);
    },
  );

  it('H24: that is killed again and again gets there', () => {
    const { bench } = world();
    for (let crashes = 0; crashes < 60 && bench.joiner.end === null; crashes++) {
      bench.run(60);
      if (bench.joiner.end !== null) break;
      bench.joiner.crash();
      for (const provider of bench.providers.values()) {
        provider.leave();
        provider.restart();
      }
      bench.joiner.start();
    }
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
  });

  it('H24: goes on while the leader changes every second', () => {
    const checkpoint = checkpointAt(SOURCE[499], 60_000);
    const bench = new Bench({ source: SOURCE, checkpoints: [checkpoint] });
    for (const name of ['a', 'b', 'c']) bench.add(name).bytesPerMs = 500;
    bench.joiner.start();
    let changes = 0;
    const change = (): void => {
      changes += 1;
      bench.leader = ['a', 'b', 'c', 'gone'][changes % 4] as never;
      bench.joiner.wake();
      bench.sim.schedule(1_000, 'another leader', change);
    };
    change();
    bench.run();
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
    expect(changes).toBeGreaterThan(3);
    expect(bench.partBytes()).toBeLessThan(1.1 * checkpoint.bytes);
  });
});

describe('who is asked', () => {
  it('is a second peer after two heartbeats, when the first is slow', () => {
    const { bench, a } = world();
    bench.runTo(0.3);
    a.extraMs = 400;
    bench.run();
    expect(bench.joiner.end).toHaveProperty('done');
    expect(bench.sim.now).toBeLessThan(1_000);
    expect(bench.warnings).toEqual([]);
  });

  it('is the leader last', () => {
    const { bench } = world();
    bench.run();
    const [a, b, leader] = [bench.partBytes('a'), bench.partBytes('b'), bench.partBytes('leader')];
    expect(a + b).toBeGreaterThan(3 * leader);
    expect(Math.min(a, b)).toBeGreaterThan((a + b) / 4);
  });

  it('is the leader alone where nobody else has the checkpoint', () => {
    const bench = new Bench({ source: SOURCE, checkpoints: [CHECKPOINT] });
    bench.add('a', { checkpoints: [], first: 501 });
    bench.add('leader');
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toHaveProperty('done');
    expect(bench.partBytes('a')).toBe(0);
  });

  it('are those with room: a full lane is nobody’s fault and is tried again', () => {
    const bench = new Bench({ source: SOURCE, checkpoints: [CHECKPOINT] });
    for (const name of ['a', 'b']) bench.add(name).lane = 300_000;
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toHaveProperty('done');
    expect(bench.warnings).toEqual([]);
  });
});

describe('the end', () => {
  it('does not come while the disk is slow, though each peer lacked a part once', () => {
    const bench = new Bench({
      source: SOURCE,
      checkpoints: [CHECKPOINT],
      options: { windowBytes: 64 * 1024, batchBytes: 4096 },
    });
    const a = bench.add('a');
    const b = bench.add('b');
    bench.joiner.start();
    bench.runTo(0.3);
    for (const each of [a, b]) {
      each.lie = (m) => {
        if (m.type !== 'parts') return m;
        each.lie = null;
        return { ...m, parts: m.parts.with(0, new Uint8Array(0)) };
      };
    }
    bench.runTo(0.4);
    expect([a.lie, b.lie]).toEqual([null, null]);
    // What has come is not on the disk: nothing is asked for, for much longer than nobody's having a part is put up with.
    bench.joiner.putMs = 20 * TIMING.electionMs;
    bench.pass(15 * TIMING.electionMs);
    expect(bench.joiner.end).toBe(null);
    bench.joiner.putMs = 0;
    bench.run();
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
  });

  it('comes with a reason when nobody has the checkpoint', () => {
    const bench = new Bench({ source: SOURCE, checkpoints: [CHECKPOINT] });
    bench.add('a', { checkpoints: [] });
    bench.add('b', { checkpoints: [checkpointAt(SOURCE[99], 10)] });
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toMatchObject({ failed: { code: 'CANNOT_SYNC' } });
    const { failed } = bench.joiner.end as { failed: Error };
    expect(failed.message).toContain('the checkpoint at 500 is on no peer that answers');
    expect(failed.message).toContain('a has none, b has 100');
  });

  it('comes with a reason when a checkpoint is needed and no leader has announced one', () => {
    const bench = new Bench({ source: SOURCE });
    bench.add('a');
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toMatchObject({
      failed: { code: 'CANNOT_SYNC', message: expect.stringContaining('no leader has announced one') },
    });
  });

  it('needs no checkpoint where none was announced and the log is there', () => {
    const bench = new Bench({ source: SOURCE, mustInstall: false });
    bench.add('a');
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
    expect(bench.joiner.reports.at(-1)?.phase).toBe('replaying');
  });

  it('comes by a checkpoint where the log turns out to be missing', () => {
    const bench = new Bench({ source: SOURCE, checkpoints: [CHECKPOINT], mustInstall: false });
    const announced = bench.anchor;
    bench.anchor = null;
    bench.add('a');
    bench.joiner.start();
    bench.pass(1_000);
    bench.anchor = announced;
    bench.run();
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
    expect(bench.joiner.installs).toHaveLength(1);
  });

  it('has reported what was done, by whom, and what is left', () => {
    const { bench } = world();
    bench.run();
    const { reports } = bench.joiner;
    expect(reports[0]).toMatchObject({ phase: 'asking', bytesDone: 0, bytesTotal: null, remainingMs: null });
    const phases = new Set(reports.map(({ phase }) => phase));
    expect([...phases]).toEqual(['asking', 'fetching', 'installing', 'replaying']);
    const { bytesDone, bytesTotal } = reports.findLast(({ phase }) => phase === 'installing') ?? {};
    expect(bytesDone).toBe(bytesTotal);
    expect(reports.some(({ remainingMs, peers }) => (remainingMs ?? 0) > 0 && peers.length > 1)).toBe(true);
    for (const [i, report] of reports.entries()) {
      expect(report.bytesDone).toBeGreaterThanOrEqual(reports[i - 1]?.bytesDone ?? 0);
    }
  });
});
