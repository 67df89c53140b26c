import type { Entry, Index } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/engine/io.ts';
import { append, at, Bench, heartbeat, messages } from './support/bench.ts';
import { catchUp, over, refusalOf } from './support/catch-up.ts';
import { Cluster } from './support/cluster.ts';
import { anchorAt, configuration, genesis, logOf } from './support/members.ts';

const voters = configuration(['a', 'b', 'c']);
const LOG = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3];

function entriesOf(first: number, last: number): Entry[] {
  return logOf(voters, LOG).slice(first - 1, last);
}

/** It holds 1 to 9, of which 8 are committed, and its state is damaged; its newest checkpoint is at 6. */
function damaged(): Bench {
  const bench = new Bench({ log: LOG.slice(0, 8), commit: 8, base: 4 });
  bench.hear('b', heartbeat(3, 0, 1, 12));
  expect(refusalOf(bench.step({ type: 'repair', anchor: anchorAt(6, 2) }))).toBeNull();
  return bench;
}

function install(bench: Bench, index: number, term: number): readonly Effect[] {
  const what = { epoch: 1, configuration: genesis(voters), stamp: 0 };
  return bench.step({ type: 'session-install', anchor: anchorAt(index, term), ...what });
}

describe('a repair', () => {
  it('opens a session without a word of a leader, in which nothing is fetched for the log', () => {
    const bench = damaged();
    expect(bench.engine.session).toMatchObject({
      mustInstall: true,
      lacks: false,
      position: at(6, 2),
      end: at(8, 2),
      ceiling: 8,
      anchor: anchorAt(6, 2),
    });
    expect(refusalOf(bench.step({ type: 'session-append', epoch: 1, entries: entriesOf(9, 10) }))).toMatch(
      /repairs the state/,
    );
    expect(refusalOf(bench.step({ type: 'session-finish', epoch: 1, at: at(8, 2) }))).toMatch(/damaged/);
  });

  it('leaves the log to replication, whose appends do not end it', () => {
    const bench = damaged();
    const effects = bench.hear('b', { ...append(3, at(9, 2), [], 10), entries: entriesOf(10, 11) });
    expect(over(effects)).toEqual([]);
    expect(messages(effects).at(-1)).toMatchObject({ match: 11, refused: null, session: 0 });
    expect(bench.engine.session).toMatchObject({ mustInstall: true, end: at(10, 3), ceiling: 10 });
    // What does not join is answered as ever.
    const question = { ...append(3, at(12, 3), []), logEnd: 14 as Index };
    expect(messages(bench.hear('b', question))).toMatchObject([{ refused: { prev: 12, hint: at(11, 3) } }]);
  });

  it('H36: installs what the log holds, keeps what follows, and is done when that is on disk', () => {
    const bench = damaged();
    const effects = install(bench, 6, 2);
    expect(effects).toContainEqual(expect.objectContaining({ type: 'reset', cursor: at(6, 2) }));
    expect(bench.engine.view).toMatchObject({ last: at(9, 2), commit: 8, durable: 9 });
    expect(bench.engine.base).toEqual(at(6, 2));
    bench.sync();
    expect(bench.engine.session).toMatchObject({ mustInstall: false, lacks: false });
    const finish = (index: number, term: number): string | null =>
      refusalOf(bench.step({ type: 'session-finish', epoch: 1, at: at(index, term) }));
    expect(finish(10, 3)).toMatch(/unknown/);
    expect(finish(8, 1)).toMatch(/of term 2, not of 1/);
    expect(finish(8, 2)).toBeNull();
    expect(bench.engine.session).toBeNull();
  });

  it('installs nothing that the log does not go on from', () => {
    const bench = new Bench({ log: LOG.slice(0, 8), commit: 8, base: 4 });
    expect(refusalOf(bench.step({ type: 'repair', anchor: anchorAt(3, 1) }))).toMatch(/begins after/);
    expect(refusalOf(bench.step({ type: 'repair', anchor: anchorAt(6, 1) }))).toMatch(/begins after/);
    expect(bench.engine.session).toBeNull();
  });

  it('waits until the node does not lead, and until an install is on disk', () => {
    const leader = new Bench({ log: LOG.slice(0, 8), commit: 8 });
    leader.lead();
    expect(refusalOf(leader.step({ type: 'repair', anchor: anchorAt(6, 2) }))).toMatch(/leads/);
    const bench = damaged();
    install(bench, 6, 2);
    expect(refusalOf(bench.step({ type: 'repair', anchor: anchorAt(6, 2) }))).toMatch(/is being installed/);
  });

  it('becomes part of a catch-up, is not over with it, and takes a younger checkpoint', () => {
    const bench = damaged();
    bench.hear('b', catchUp({ term: 3, log: LOG, since: at(8, 2), position: 11, anchor: anchorAt(11, 3) }));
    expect(bench.engine.session).toMatchObject({ epoch: 1, lacks: true, mustInstall: true, end: at(9, 2) });
    expect(
      refusalOf(bench.step({ type: 'session-append', epoch: 1, entries: entriesOf(10, 10) })),
    ).toBeNull();
    // The leader has at hand what is missing.
    const effects = bench.hear('b', { ...append(3, at(10, 3), [], 11), entries: entriesOf(11, 12) });
    expect(over(effects)).toEqual([]);
    expect(bench.engine.session).toMatchObject({ epoch: 1, lacks: false, mustInstall: true });
    expect(bench.engine.mayInstall(1, anchorAt(11, 3))).toBeNull();
    expect(refusalOf(install(bench, 11, 3))).toBeNull();
    bench.sync();
    expect(bench.engine.view).toMatchObject({ last: at(12, 3), commit: 11 });
    expect(refusalOf(bench.step({ type: 'session-finish', epoch: 1, at: at(11, 3) }))).toBeNull();
  });

  it('of a session that is open already makes one that must install', () => {
    const bench = new Bench({ log: [1, 1, 1, 1], commit: 5 });
    bench.hear('b', catchUp({ term: 3, log: LOG, since: at(5, 1), position: 9 }));
    expect(bench.engine.session).toMatchObject({ mustInstall: false });
    expect(refusalOf(bench.step({ type: 'repair', anchor: anchorAt(4, 1) }))).toBeNull();
    expect(bench.engine.session).toMatchObject({ mustInstall: true, anchor: anchorAt(4, 1) });
    expect(refusalOf(install(bench, 4, 1))).toBeNull();
    expect(bench.engine.session).toMatchObject({ mustInstall: false, lacks: true, end: at(5, 1) });
  });

  it('ends when the node is elected', () => {
    const bench = damaged();
    expect(over(bench.lead())).toEqual(['elected']);
  });
});

describe('engines with checkpoints', () => {
  it('H10: a node that was away for the whole of the log comes back by a checkpoint', () => {
    const cluster = new Cluster();
    cluster.elect('a');
    cluster.crash('c');
    for (let i = 0; i < 30; i++) {
      cluster.propose('a', `${i}`);
      cluster.run(5);
    }
    for (const name of ['a', 'b']) {
      cluster.checkpoint(name, 25);
      cluster.prune(name, 25);
    }
    cluster.restart('c');
    cluster.runUntil(() => cluster.node('c').engine.commit === 32);
    const c = cluster.node('c');
    expect(c.engine.base.index).toBe(25);
    expect(c.fetchers.map(({ installs }) => installs)).toEqual([1]);
    // It holds what any joiner needs, and can lead.
    cluster.crash('a');
    cluster.elect('c');
    cluster.propose('c', 'on');
    cluster.run(50);
    expect(cluster.node('b').engine.commit).toBe(34);
  });

  it('a leader that prunes under a session names a younger checkpoint, and the session ends', () => {
    const cluster = new Cluster({ tune: { windowBytes: 600, maxAppendBytes: 200 } });
    cluster.elect('a');
    cluster.crash('c');
    for (let i = 0; i < 30; i++) {
      cluster.propose('a', `${i}`);
      cluster.run(5);
    }
    cluster.fetches = false;
    cluster.restart('c');
    const c = cluster.node('c');
    cluster.runUntil(() => c.engine.session !== null);
    expect(c.engine.session).toMatchObject({ mustInstall: false, anchor: null });
    for (const name of ['a', 'b']) {
      cluster.checkpoint(name, 28);
      cluster.prune(name, 28);
    }
    cluster.run(50);
    expect(c.engine.session).toMatchObject({ mustInstall: true, anchor: { at: { index: 28 } } });
    cluster.fetches = true;
    cluster.restart('c');
    cluster.runUntil(() => c.engine.commit === cluster.node('a').engine.commit);
  });
});
