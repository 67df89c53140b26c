import type { Entry, Index, Term } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { CatchUp, Message } from '../../src/engine/messages.ts';
import { ack, append, at, Bench, beat, heartbeat, messages, persists, to } from './support/bench.ts';
import { catchUp, over, refusal, refusalOf } from './support/catch-up.ts';
import { Cluster } from './support/cluster.ts';
import { command, configuration, logOf, shapeOf } from './support/members.ts';

const voters = configuration(['a', 'b', 'c']);

/** What is committed: terms of entries from 2 on. */
function entriesOf(terms: readonly number[], first: number, last: number): Entry[] {
  return logOf(voters, terms).slice(first - 1, last);
}

/** A follower that lacks 2 to 9, of the terms 1, 1, 1, 1, 2, 2, 2, 2; the leader of term 3 has 10 to 12 at hand. */
const LOG = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3];

function inSession(log: readonly number[] = []): Bench {
  const bench = new Bench({ log });
  bench.hear('b', catchUp({ term: 3, log: LOG, position: 9, commit: 10 }));
  return bench;
}

function ask(bench: Bench, entries: readonly Entry[], epoch = 1): string | null {
  return refusalOf(bench.step({ type: 'session-append', epoch, entries }));
}

describe('the catch-up gate, at a leader', () => {
  /** Leads with a log that nobody has but its disk: nothing of it is in memory. */
  function leads(commit: number): Bench {
    const bench = new Bench({ log: [1, 1, 2, 2, 2], commit: 1, tune: { windowBytes: 600 } });
    bench.lead();
    bench.sync();
    bench.hear('c', ack(3, commit));
    return bench;
  }

  it('asks for what is committed and not at hand to be fetched, with its table of terms', () => {
    const bench = leads(7);
    const [asked] = to(bench.hear('b', { ...refusal(3, 6, at(1, 1)), match: 1 as Index }), 'b');
    expect(asked).toMatchObject({
      type: 'catch-up',
      since: at(1, 1),
      position: at(6, 2),
      leaderCommit: 7,
      rows: [
        { first: 2, term: 1 },
        { first: 4, term: 2 },
        { first: 7, term: 3 },
      ],
      through: null,
      entries: [{ index: 7 }],
    });
  });

  it('H10: reads what is not committed from its disk, and sends it itself', () => {
    const bench = new Bench({ log: [1, 1, 2, 2, 2], commit: 1, tune: { windowBytes: 600 } });
    bench.lead();
    bench.sync();
    const effects = bench.hear('b', { ...refusal(3, 6, at(1, 1)), match: 1 as Index });
    expect(effects).toMatchObject([{ type: 'read-log', first: 2, last: 6 }]);
  });

  it('streams what comes after the position meanwhile, within its bound, and waits for the session', () => {
    const bench = leads(7);
    bench.hear('b', { ...refusal(3, 6, at(1, 1)), match: 1 as Index });
    const sent = to(bench.step({ type: 'propose', drafts: [command('x')] }), 'b');
    expect(sent).toMatchObject([{ type: 'append', prev: at(7, 3), entries: [{ index: 8 }] }]);
    // What it refuses meanwhile is what it could not keep.
    expect(to(bench.hear('b', { ...refusal(3, 7, at(3, 1)), session: 1 }), 'b')).toEqual([]);
    expect(to(bench.hear('b', { ...ack(3, 4), session: 1 } as Message), 'b')).toEqual([]);
    bench.hear('b', { ...ack(3, 8), session: 0 } as Message);
    const [next] = to(bench.step({ type: 'propose', drafts: [command('y')] }), 'b');
    expect(next).toMatchObject({ type: 'append', prev: at(8, 3), entries: [{ index: 9 }] });
  });

  it('asks again if the request was lost, or its session ended short', () => {
    const bench = leads(7);
    const [first] = to(bench.hear('b', { ...refusal(3, 6, at(1, 1)), match: 1 as Index }), 'b');
    const beatOf = (): number => {
      bench.now += 20;
      const [sent] = to(bench.tick(), 'b');
      return sent?.type === 'heartbeat' ? sent.round : 0;
    };
    const round = beatOf();
    expect(to(bench.hear('b', { ...beat(3, round, 3), session: 1 } as Message), 'b')).toEqual([]);
    const [again] = to(bench.hear('b', beat(3, beatOf(), 3)), 'b');
    expect(again).toMatchObject({ type: 'catch-up', since: at(3, 1), position: at(6, 2) });
    expect((again as CatchUp).ticket).not.toBe((first as CatchUp).ticket);
  });

  it('H44: tells of so many terms only as fit, and of no position beyond them', () => {
    const terms = Array.from({ length: 5000 }, (_, i) => i + 2);
    const bench = new Bench({ log: terms, commit: 1, tune: { windowBytes: 600 } });
    bench.lead();
    bench.sync();
    bench.hear('c', ack(5002, 5002));
    const refused = { ...refusal(5002, 5001, at(1, 1)), match: 1 as Index };
    const [asked] = to(bench.hear('b', refused), 'b');
    expect(asked).toMatchObject({ type: 'catch-up', position: at(4097, 4097), through: 4097, entries: [] });
    expect((asked as CatchUp).rows).toHaveLength(4096);
  });
});

describe('the catch-up gate, at a follower', () => {
  it('opens a session, and says so in its answers until it is over', () => {
    const bench = new Bench();
    const effects = bench.hear('b', catchUp({ term: 3, log: LOG, position: 9, commit: 10, more: 2 }));
    expect(effects).toMatchObject([
      { type: 'session-opened', epoch: 1, position: at(9, 2), ceiling: 10, entries: [{ index: 10 }, {}] },
      { type: 'session-buffered', position: at(9, 2), count: 2 },
      { type: 'persist' },
      { type: 'role' },
    ]);
    expect(messages(bench.hear('b', heartbeat(3, 1, 5, 12)))).toMatchObject([
      { round: 5, match: 1, session: 7 },
    ]);
    expect(ask(bench, entriesOf(LOG, 2, 9))).toBeNull();
    expect(messages(bench.sync())).toMatchObject([{ type: 'append-reply', match: 9, session: 7 }]);
    const done = bench.step({ type: 'session-finish', epoch: 1, at: at(9, 2) });
    expect(refusalOf(done)).toBeNull();
    // What the leader sent meanwhile follows, and is acknowledged when it is on disk.
    expect(persists(done)).toMatchObject([{ truncateFrom: null, entries: [{ index: 10 }, { index: 11 }] }]);
    expect(messages(bench.sync())).toMatchObject([{ type: 'append-reply', match: 11, session: 0 }]);
  });

  it('opens none for what it has already', () => {
    const bench = new Bench({ log: LOG.slice(0, 8) });
    const effects = bench.hear('b', catchUp({ term: 3, log: LOG, position: 9, more: 1 }));
    expect(effects.some((effect) => effect.type === 'session-opened')).toBe(false);
    expect(bench.engine.view.last).toEqual(at(10, 3));
    expect(bench.engine.view.verified).toBe(10);
  });

  it('takes committed entries, keeps what it had of them, and commits as it is asked', () => {
    const bench = inSession([1, 1]);
    expect(bench.engine.session?.end).toEqual(at(3, 1));
    expect(ask(bench, entriesOf(LOG, 2, 6))).toBeNull();
    const commit = (index: number, term: number): string | null =>
      refusalOf(bench.step({ type: 'session-commit', epoch: 1, at: at(index, term) }));
    expect(commit(6, 2)).toMatch(/beyond what is verified, announced and durable: 3/);
    bench.sync();
    expect(commit(6, 1)).toMatch(/is of term 2/);
    expect(commit(6, 2)).toBeNull();
    expect(bench.engine.commit).toBe(6);
    expect(bench.engine.view.last).toEqual(at(6, 2));
  });

  it('H1: deletes a deposed leader’s entries where the committed run shows another term, from there on', () => {
    const bench = inSession([1, 1, 1, 1, 1, 1, 1]);
    expect(bench.engine.session?.end).toEqual(at(5, 1));
    expect(bench.engine.view.last).toEqual(at(8, 1));
    const effects = bench.step({ type: 'session-append', epoch: 1, entries: entriesOf(LOG, 4, 7) });
    expect(persists(effects)).toMatchObject([
      { truncateFrom: 6, entries: [{ index: 6, term: 2 }, { index: 7 }] },
    ]);
  });

  it('H1: deletes nothing when a session opens', () => {
    const bench = new Bench({ log: [1, 1, 1, 1, 1, 1, 1] });
    const effects = bench.hear('b', catchUp({ term: 3, log: LOG, position: 9 }));
    for (const write of persists(effects)) expect(write.truncateFrom).toBeNull();
  });

  it('H44: refuses genuine entries of a deposed leader', () => {
    const bench = inSession([1, 1, 1, 1]);
    const phantom = logOf(voters, [1, 1, 1, 1, 1, 1, 1, 1]).slice(5, 8);
    expect(ask(bench, phantom)).toMatch(/entry 6 is of term 1, and what is committed of 2/);
    expect(bench.engine.view.last).toEqual(at(5, 1));
  });

  it('refuses what is above the ceiling, does not follow, comes too late, or is nothing', () => {
    const bench = inSession();
    expect(ask(bench, entriesOf(LOG, 2, 12))).toMatch(/entry 11 is above the ceiling 10/);
    expect(ask(bench, entriesOf(LOG, 4, 6))).toMatch(/entry 4 does not follow 1/);
    const torn = entriesOf(LOG, 2, 6).filter((entry) => entry.index !== 4);
    expect(ask(bench, torn)).toMatch(/entry 5 does not follow 3/);
    expect(ask(bench, [])).toMatch(/no entries/);
    expect(ask(bench, entriesOf(LOG, 2, 3), 2)).toMatch(/session 2 is over, session 1 is open/);
    expect(bench.engine.view.last).toEqual(at(1, 1));
    bench.hear('b', append(3, at(1, 1), [3]));
    expect(ask(bench, entriesOf(LOG, 2, 3))).toMatch(/session 1 is over/);
  });

  it('is done only at the durable end of the log, at or beyond the position', () => {
    const bench = inSession();
    const finish = (index: number, term: number): string | null =>
      refusalOf(bench.step({ type: 'session-finish', epoch: 1, at: at(index, term) }));
    expect(finish(1, 1)).toMatch(/position to reach is 9/);
    ask(bench, entriesOf(LOG, 2, 9));
    expect(finish(8, 2)).toMatch(/log ends at 9/);
    expect(finish(9, 2)).toMatch(/durable up to 1 only/);
    bench.sync();
    expect(finish(9, 2)).toBeNull();
    expect(finish(9, 2)).toMatch(/session 1 is over/);
  });

  it('raises the ceiling at the word of the leader whose table has no end, and of no other', () => {
    const bench = inSession();
    const told = (term: number, commit: number): Message => ({
      ...(heartbeat(term, 1, 1, 30) as Extract<Message, { type: 'heartbeat' }>),
      leaderCommit: commit as Index,
    });
    expect(bench.hear('b', told(3, 12))).toContainEqual({ type: 'session-moved', epoch: 1 });
    expect(bench.engine.session?.ceiling).toBe(12);
    expect(bench.engine.session?.termAt(12 as Index)).toBe(3);
    bench.hear('b', told(3, 8));
    expect(bench.engine.session?.ceiling).toBe(12);
    // Another leader has another table: until it comes, what was announced stays all there is.
    bench.hear('c', told(4, 25));
    expect(bench.engine.session?.ceiling).toBe(12);
    expect(bench.engine.session?.termAt(13 as Index)).toBeUndefined();
  });

  it('H24: goes on under another leader, with what it has, up to what was announced', () => {
    const bench = inSession();
    ask(bench, entriesOf(LOG, 2, 5));
    bench.sync();
    bench.hear('c', heartbeat(4, 0, 1, 14));
    expect(bench.engine.session).toMatchObject({ epoch: 1, end: at(5, 1), ceiling: 10 });
    expect(messages(bench.hear('c', heartbeat(4, 0, 2, 14)))).toMatchObject([{ match: 5, session: 0 }]);
    expect(ask(bench, entriesOf(LOG, 6, 10))).toBeNull();
    bench.sync();
    const longer = [...LOG.slice(0, 9), 4, 4, 4];
    const moved = bench.hear(
      'c',
      catchUp({ term: 4, log: longer, since: at(5, 1), position: 11, commit: 12 }),
    );
    expect(moved).toContainEqual({ type: 'session-moved', epoch: 1 });
    expect(bench.engine.session).toMatchObject({
      epoch: 1,
      end: at(10, 3),
      ceiling: 12,
      position: at(11, 4),
    });
    expect(ask(bench, entriesOf(longer, 11, 12))).toBeNull();
  });

  it('H11: holds elections during a session, and is done with it when it is elected', () => {
    const bench = inSession();
    const asked = bench.tick();
    expect(messages(asked).map(({ type }) => type)).toEqual(['pre-vote', 'pre-vote']);
    expect(bench.engine.session).not.toBeNull();
    const elected = bench.lead();
    expect(over(elected)).toEqual(['elected']);
    expect(bench.engine.session).toBeNull();
  });

  it('gives the end of the log back when the leader has at hand what is missing', () => {
    const bench = inSession();
    const effects = bench.hear('b', append(3, at(1, 1), [1, 1]));
    expect(over(effects)).toEqual(['replication']);
    expect(bench.engine.view.last).toEqual(at(3, 1));
  });

  it('answers a question about what it has without ending the session', () => {
    const bench = inSession([1, 1]);
    const effects = bench.hear('b', append(3, at(3, 1), []));
    expect(over(effects)).toEqual([]);
    expect(messages(effects)).toMatchObject([{ match: 3, refused: null, session: 7 }]);
  });

  it('H20: keeps of what the leader sends only as much as its bound allows', () => {
    const bench = new Bench({ tune: { maxInflightBytes: 1500 } });
    bench.hear('b', catchUp({ term: 3, log: LOG, position: 9, commit: 9, more: 1 }));
    let kept = 0;
    const longer = [...LOG, ...Array.from({ length: 20 }, () => 3)];
    const all = logOf(voters, longer);
    let prev = 10;
    for (; prev < 25; prev++) {
      const entries = all.slice(prev, prev + 1);
      const effects = bench.hear('b', { ...append(3, at(prev, 3), []), entries, logEnd: 32 as Index });
      for (const effect of effects) if (effect.type === 'session-buffered') kept += effect.count;
    }
    expect(kept).toBeGreaterThan(1);
    expect(kept).toBeLessThan(8);
    // It is refused when it no longer follows, so that the leader knows.
    const late = { ...append(3, at(25, 3), []), entries: all.slice(25, 26) };
    expect(messages(bench.hear('b', late))).toMatchObject([
      { refused: { prev: 25, hint: at(1, 1) }, session: 7 },
    ]);
  });

  it('drops what it has kept when the term changes', () => {
    const bench = new Bench();
    bench.hear('b', catchUp({ term: 3, log: LOG, position: 9, commit: 9, more: 2 }));
    bench.hear('c', heartbeat(4, 0, 1, 14));
    ask(bench, entriesOf(LOG, 2, 9));
    bench.sync();
    const done = bench.step({ type: 'session-finish', epoch: 1, at: at(9, 2) });
    expect(refusalOf(done)).toBeNull();
    expect(persists(done)).toEqual([]);
    expect(bench.engine.view.last).toEqual(at(9, 2));
  });

  it('refuses a request that cannot be one, and opens nothing', () => {
    const good = catchUp({ term: 3, log: LOG, position: 9, commit: 10, more: 1 });
    const bad: CatchUp[] = [
      { ...good, ticket: 0 },
      { ...good, leaderCommit: 8 as Index },
      { ...good, position: at(9, 3) },
      { ...good, position: at(1, 1) },
      { ...good, rows: [] },
      { ...good, rows: good.rows.slice(1) },
      { ...good, rows: [...good.rows].reverse() },
      { ...good, rows: [...good.rows, { first: 13 as Index, term: 4 as Term }] },
      { ...good, through: 5 as Index },
      { ...good, entries: logOf(voters, LOG).slice(10, 11) },
    ];
    for (const message of bad) {
      const bench = new Bench();
      const effects = bench.hear('b', message);
      expect(bench.engine.session).toBeNull();
      expect(effects.filter((effect) => effect.type === 'note')).toHaveLength(1);
    }
  });

  it('refuses with a hint if it lacks what the table begins after', () => {
    const bench = new Bench({ log: [1] });
    const message = catchUp({ term: 3, log: LOG, since: at(5, 1), position: 9 });
    expect(messages(bench.hear('b', message))).toMatchObject([{ refused: { prev: 5, hint: at(2, 1) } }]);
    expect(bench.engine.session).toBeNull();
  });

  it('ends the session when the disk is full, and begins anew when it is asked again', () => {
    const bench = inSession();
    const effects = bench.step({ type: 'session-append', epoch: 1, entries: entriesOf(LOG, 2, 5) });
    const [write] = persists(effects);
    const shape = shapeOf(bench.entries);
    expect(over(bench.step({ type: 'disk-full', seq: write?.seq ?? 0, shape }))).toEqual(['disk-full']);
    expect(ask(bench, entriesOf(LOG, 2, 5))).toMatch(/session 1 is over/);
    bench.step({ type: 'space-back' });
    bench.hear('b', catchUp({ term: 3, log: LOG, position: 9, ticket: 8 }));
    expect(bench.engine.session).toMatchObject({ epoch: 2, end: at(1, 1) });
  });
});

describe('engines together', () => {
  it('H23: a follower without room begins no session, and one as soon as there is room', () => {
    const cluster = new Cluster({ tune: { windowBytes: 600, maxAppendBytes: 200 } });
    cluster.elect('a');
    cluster.crash('c');
    for (let i = 0; i < 30; i++) cluster.propose('a', `command ${i}`);
    cluster.run(50);
    cluster.restart('c');
    const c = cluster.node('c');
    c.disk.full = true;
    cluster.run(2000);
    // One finds out that the disk is full, and that is known from there on.
    expect(c.fetchers.length).toBeLessThanOrEqual(1);
    cluster.spaceBack('c');
    cluster.run(400);
    expect(c.engine.commit).toBe(cluster.node('a').engine.commit);
  });

  it('H10: two that blinked get what is not committed from the leader, and it is committed', () => {
    const cluster = new Cluster({ tune: { windowBytes: 600 } });
    cluster.elect('a');
    for (let i = 0; i < 10; i++) {
      cluster.propose('a', `${i}`);
      cluster.run(5);
    }
    for (const other of ['b', 'c']) cluster.cut('a', other);
    for (let i = 0; i < 10; i++) cluster.propose('a', `tail ${i}`);
    cluster.run(30);
    cluster.heal();
    for (const other of ['b', 'c']) cluster.bond('a', other);
    cluster.run(60);
    for (const node of cluster.up) expect(node.engine.commit).toBe(22);
  });

  it('H11: elects another leader while two of three catch up', () => {
    const cluster = new Cluster({ size: 5, tune: { windowBytes: 600 } });
    cluster.elect('a');
    for (const other of ['d', 'e']) cluster.crash(other);
    for (let i = 0; i < 30; i++) {
      cluster.propose('a', `${i}`);
      cluster.run(5);
    }
    cluster.fetches = false;
    for (const other of ['d', 'e']) cluster.restart(other);
    cluster.run(60);
    for (const other of ['d', 'e']) expect(cluster.node(other).engine.session).not.toBeNull();
    cluster.crash('a');
    cluster.runUntil(() => cluster.leader !== undefined);
    const before = cluster.node(cluster.leader?.name ?? '').engine.commit;
    expect(before).toBeGreaterThanOrEqual(30);
  });

  it('pushes nothing that is committed from beyond the window', () => {
    const cluster = new Cluster({ tune: { windowBytes: 3000 } });
    cluster.elect('a');
    cluster.crash('c');
    for (let i = 0; i < 60; i++) {
      cluster.propose('a', `${i}`);
      cluster.run(5);
    }
    const windowFirst = 62 - 12;
    cluster.restart('c');
    const since = cluster.sent.length;
    cluster.run(300);
    expect(cluster.node('c').engine.commit).toBe(62);
    const pushed = cluster.sent.slice(since).flatMap(({ from, to: receiver, message }) => {
      if (from !== 'a' || receiver !== 'c') return [];
      return message.type === 'append' || message.type === 'catch-up' ? message.entries : [];
    });
    expect(pushed.length).toBeGreaterThan(0);
    for (const entry of pushed) expect(entry.index).toBeGreaterThanOrEqual(windowFirst);
    expect(cluster.node('c').fetchers).toHaveLength(1);
  });
});
