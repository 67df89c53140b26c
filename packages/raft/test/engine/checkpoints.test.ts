import type { Anchor, Entry, Index } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/engine/io.ts';
import { ack, append, at, Bench, heartbeat, messages, persists, to } from './support/bench.ts';
import { catchUp, over, refusal, refusalOf } from './support/catch-up.ts';
import { anchorAt, command, configuration, genesis, key, logOf, shapeOf } from './support/members.ts';

const voters = configuration(['a', 'b', 'c']);
/** Entry 1, then 2 to 5 of term 1, 6 to 9 of term 2, 10 to 12 of term 3. */
const LOG = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3];

function entriesOf(first: number, last: number): Entry[] {
  return logOf(voters, LOG).slice(first - 1, last);
}

function resets(effects: readonly Effect[]): Extract<Effect, { type: 'reset' }>[] {
  return effects.flatMap((effect) => (effect.type === 'reset' ? [effect] : []));
}

function commits(effects: readonly Effect[]): number[] {
  return effects.flatMap((effect) => (effect.type === 'commit' ? [effect.index] : []));
}

function install(bench: Bench, anchor: Anchor, epoch = 1): readonly Effect[] {
  return bench.step({ type: 'session-install', epoch, anchor, configuration: genesis(voters), stamp: 77 });
}

describe('checkpoints, at a leader', () => {
  /** It leads term 4 with 13 entries, all committed, and b has never answered. */
  function leads(): Bench {
    const bench = new Bench({ log: LOG });
    bench.lead('c');
    bench.sync();
    bench.hear('c', ack(4, 13));
    return bench;
  }

  function prune(bench: Bench, through: number): void {
    bench.step({ type: 'prune', through: through as Index });
  }

  it('H41: the log is pruned no further than the checkpoint that it announced, and what is committed', () => {
    const bench = leads();
    prune(bench, 9);
    expect(bench.engine.base).toEqual(at(0, 0));
    bench.step({ type: 'anchor', anchor: anchorAt(7, 2) });
    prune(bench, 9);
    expect(bench.engine.base).toEqual(at(7, 2));
    bench.step({ type: 'propose', drafts: [command('x')] });
    bench.step({ type: 'anchor', anchor: anchorAt(14, 4) });
    prune(bench, 14);
    expect(bench.engine.base).toEqual(at(13, 4));
    expect(bench.engine.termAt(12 as Index)).toBeUndefined();
    expect(bench.engine.view.everNamed(bench.engine.view.leader ?? ('' as never))).toBe(true);
  });

  it('names it to a follower that lacks what the log begins after, once for each question', () => {
    const bench = new Bench();
    bench.lead('c');
    for (let i = 3; i <= 12; i++) bench.step({ type: 'propose', drafts: [command(`${i}`)] });
    bench.sync();
    bench.hear('c', ack(2, 12));
    bench.step({ type: 'anchor', anchor: anchorAt(9, 2) });
    prune(bench, 7);
    bench.step({ type: 'bonded', peer: key('b'), boot: '2' });
    // What follows is in memory: still no append can follow what b has.
    const question = to(bench.hear('b', refusal(2, 12, at(1, 1))), 'b');
    expect(question).toMatchObject([{ type: 'append', prev: at(7, 2) }]);
    const asked = to(bench.hear('b', refusal(2, 7, at(1, 1))), 'b');
    expect(asked).toMatchObject([
      {
        type: 'catch-up',
        since: at(9, 2),
        position: at(9, 2),
        rows: [{ first: 10, term: 2 }],
        entries: [{ index: 10 }, { index: 11 }, { index: 12 }],
        anchor: anchorAt(9, 2),
      },
    ]);
    expect(to(bench.hear('b', refusal(2, 7, at(1, 1))), 'b')).toEqual([]);
    expect(to(bench.hear('b', refusal(2, 9, at(1, 1))), 'b')).toEqual([]);
  });

  it('names it also if the log ends where it begins', () => {
    const bench = leads();
    bench.step({ type: 'anchor', anchor: anchorAt(13, 4) });
    prune(bench, 13);
    const [asked] = to(bench.hear('b', refusal(4, 13, at(3, 1))), 'b');
    // The question was older than the pruning, and says as much as a newer one.
    expect(asked).toMatchObject({
      type: 'catch-up',
      since: at(13, 4),
      position: at(13, 4),
      rows: [{ first: 14, term: 4 }],
      entries: [],
    });
    const follower = new Bench();
    follower.hear('b', asked ?? heartbeat(4));
    expect(follower.engine.session).toMatchObject({ mustInstall: true, position: at(13, 4) });
  });

  it('tells whoever still fetches of a younger one, and nobody else', () => {
    const bench = leads();
    bench.step({ type: 'anchor', anchor: anchorAt(9, 2) });
    prune(bench, 9);
    bench.hear('b', refusal(4, 12, at(3, 1)));
    const [first] = to(bench.hear('b', refusal(4, 9, at(3, 1))), 'b');
    const effects = bench.step({ type: 'anchor', anchor: anchorAt(12, 3) });
    expect(messages(effects)).toHaveLength(1);
    const [moved] = to(effects, 'b');
    expect(moved).toMatchObject({ type: 'catch-up', since: at(12, 3), anchor: { at: at(12, 3) } });
    expect(first).not.toMatchObject({ ticket: moved?.type === 'catch-up' ? moved.ticket : 0 });
    // It has installed the younger one: what is left comes as usual.
    bench.hear('b', {
      type: 'append-reply',
      term: 4 as never,
      match: 13 as Index,
      refused: null,
      session: 0,
    });
    expect(messages(bench.step({ type: 'anchor', anchor: anchorAt(13, 4) }))).toEqual([]);
  });

  it('knows after a restart that what its agreed checkpoint covers is committed', () => {
    const bench = new Bench({ log: LOG, commit: 6, base: 5 });
    expect(commits(bench.step({ type: 'anchor', anchor: anchorAt(9, 2) }))).toEqual([9]);
    expect(commits(bench.step({ type: 'anchor', anchor: anchorAt(20, 3) }))).toEqual([]);
    expect(bench.engine.view).toMatchObject({ commit: 9, verified: 9, last: at(12, 3) });
    bench.lead('c');
    bench.sync();
    expect(commits(bench.hear('c', ack(4, 13)))).toEqual([13]);
  });
});

describe('checkpoints, at a follower', () => {
  /** It has 1 to 3 and two entries of a deposed leader; the leader of term 3 has nothing before 9. */
  function behind(log: readonly number[] = [1, 1, 2, 2], term?: number): Bench {
    const bench = new Bench({ log, commit: 3, ...(term === undefined ? {} : { term }) });
    bench.hear('b', asks());
    return bench;
  }

  function asks(changes: Partial<Parameters<typeof catchUp>[0]> = {}): ReturnType<typeof catchUp> {
    const asked = { term: 3, log: LOG, since: at(8, 2), position: 10, commit: 12, more: 2 };
    return catchUp({ ...asked, anchor: anchorAt(9, 2), ...changes });
  }

  it('must install what bridges the gap: nothing else is taken, and the session is not done', () => {
    const bench = behind();
    expect(bench.engine.session).toMatchObject({
      mustInstall: true,
      lacks: true,
      anchor: anchorAt(9, 2),
      end: at(3, 1),
      position: at(10, 3),
      ceiling: 12,
    });
    const ask = (entries: readonly Entry[]): string | null =>
      refusalOf(bench.step({ type: 'session-append', epoch: 1, entries }));
    expect(ask(entriesOf(4, 6))).toMatch(/gave no term for entry 4/);
    expect(ask(entriesOf(9, 10))).toMatch(/does not follow 3/);
    expect(refusalOf(bench.step({ type: 'session-finish', epoch: 1, at: at(5, 2) }))).not.toBeNull();
  });

  it('refuses, with a hint, if nothing bridges the gap', () => {
    for (const anchor of [undefined, anchorAt(7, 2), anchorAt(11, 3)]) {
      const bench = new Bench({ log: [1, 1] });
      const message = { ...asks(), anchor: anchor ?? null };
      expect(messages(bench.hear('b', message))).toMatchObject([{ refused: { prev: 8, hint: at(3, 1) } }]);
      expect(bench.engine.session).toBeNull();
    }
  });

  it('refuses a checkpoint that cannot be one', () => {
    for (const anchor of [anchorAt(9, 3), anchorAt(13, 3)]) {
      const bench = new Bench();
      const effects = bench.hear('b', { ...asks(), anchor });
      expect(bench.engine.session).toBeNull();
      expect(effects.filter((effect) => effect.type === 'note')).toHaveLength(1);
    }
  });

  it('H39: installs by one write, which alone makes the checkpoint committed', () => {
    const bench = behind([1, 1, 2, 2], 3);
    const effects = install(bench, anchorAt(9, 2));
    expect(refusalOf(effects)).toBeNull();
    expect(resets(effects)).toMatchObject([
      {
        cursor: at(9, 2),
        hardState: { term: 3, vote: null, commit: 9, doubt: false },
        configuration: { index: 1 },
      },
    ]);
    expect(persists(effects)).toEqual([]);
    expect(commits(effects)).toEqual([]);
    expect(bench.engine.view).toMatchObject({ commit: 3, durable: 3, last: at(9, 2) });
    expect(bench.engine.base).toEqual(at(9, 2));
    expect(refusalOf(install(bench, anchorAt(9, 2)))).toMatch(/is being installed/);
    const done = bench.sync();
    expect(commits(done)).toEqual([9]);
    expect(messages(done)).toMatchObject([{ type: 'append-reply', match: 9, session: 7 }]);
    expect(bench.engine.session).toMatchObject({ mustInstall: false, end: at(9, 2) });
    // What follows is fetched as usual, and what the leader sent meanwhile joins.
    bench.step({ type: 'session-append', epoch: 1, entries: entriesOf(10, 10) });
    bench.sync();
    const finished = bench.step({ type: 'session-finish', epoch: 1, at: at(10, 3) });
    expect(refusalOf(finished)).toBeNull();
    expect(persists(finished)).toMatchObject([{ entries: [{ index: 11 }, { index: 12 }] }]);
  });

  it('keeps what the leader sent if a checkpoint beyond the position is installed', () => {
    const bench = behind();
    bench.hear('b', asks({ ticket: 8, since: at(10, 3), position: 11, more: 1, anchor: anchorAt(11, 3) }));
    install(bench, anchorAt(11, 3));
    bench.sync();
    const finished = bench.step({ type: 'session-finish', epoch: 1, at: at(11, 3) });
    expect(refusalOf(finished)).toBeNull();
    expect(persists(finished)).toMatchObject([{ entries: [{ index: 12 }] }]);
  });

  it('group time does not go back behind what was installed', () => {
    const bench = behind();
    install(bench, anchorAt(9, 2));
    bench.sync();
    const [first] = bench.lead().flatMap((effect) => (effect.type === 'persist' ? effect.entries : []));
    expect(first).toMatchObject({ index: 10, stamp: Math.max(77, Math.floor(bench.now)) });
  });

  it('H38, H45: a write under way vouches for nothing that the install cut', () => {
    const bench = new Bench({ log: [1, 1], commit: 3 });
    // 4 and 5 of term 2 are being written when the leader of term 3 shows that it knows better.
    bench.hear('b', append(2, at(3, 1), [2, 2]), 'slow');
    bench.hear('c', asks(), 'slow');
    expect(refusalOf(install(bench, anchorAt(9, 2)))).toBeNull();
    const last = bench.writes.at(-1) ?? 0;
    const before = bench.writes.slice(0, -1).flatMap(() => bench.complete());
    for (const message of messages(before)) expect(message).not.toMatchObject({ match: 5 });
    expect(bench.engine.view.durable).toBe(3);
    expect(bench.writes).toEqual([last]);
    bench.complete();
    expect(bench.engine.view).toMatchObject({ durable: 9, commit: 9 });
  });

  it('H36: keeps what it acknowledged beyond the checkpoint', () => {
    // Restarted: it knows only of 3 that it is committed, and holds all that the leader has.
    const bench = new Bench({ log: [...LOG.slice(0, 9)], commit: 3 });
    bench.hear('b', asks({ since: at(3, 1), position: 11, commit: 12, more: 0 }));
    expect(bench.engine.session).toMatchObject({ mustInstall: false, end: at(10, 3) });
    const effects = install(bench, anchorAt(9, 2));
    expect(resets(effects)).toHaveLength(1);
    expect(bench.engine.view).toMatchObject({ last: at(10, 3), durable: 10, verified: 10 });
    const done = bench.sync();
    expect(commits(done)).toEqual([9]);
    expect(bench.engine.session).toMatchObject({ end: at(10, 3) });
    expect(bench.engine.termAt(10 as Index)).toBe(3);
  });

  it('H22: installs nothing that it has already', () => {
    const bench = new Bench({ log: [...LOG.slice(0, 8)], commit: 9 });
    bench.hear('b', asks({ since: at(9, 2), position: 11, more: 0, anchor: anchorAt(9, 2) }));
    expect(bench.engine.session?.mayInstall(anchorAt(9, 2))).toMatch(/committed here, up to 9/);
    expect(resets(install(bench, anchorAt(9, 2)))).toEqual([]);
  });

  it('takes the last three that were announced, by index and root, and moves to the youngest', () => {
    const bench = behind();
    for (const [i, index] of [10, 11, 12].entries()) {
      const since = at(index, 3);
      bench.hear('b', asks({ ticket: 8 + i, since, position: index, more: 0, anchor: anchorAt(index, 3) }));
    }
    expect(bench.engine.session).toMatchObject({ anchor: anchorAt(12, 3), position: at(12, 3) });
    const may = (anchor: Anchor): string | null => bench.engine.mayInstall(1, anchor);
    expect(may(anchorAt(9, 2))).toMatch(/none of those/);
    for (const index of [10, 11, 12]) expect(may(anchorAt(index, 3))).toBeNull();
    expect(may({ ...anchorAt(12, 3), root: anchorAt(9, 2).root })).toMatch(/none of those/);
    expect(bench.engine.mayInstall(2, anchorAt(12, 3))).toMatch(/session 2 is over/);
    // After an older one the table of an older request goes on.
    install(bench, anchorAt(10, 3));
    bench.sync();
    expect(
      refusalOf(bench.step({ type: 'session-append', epoch: 1, entries: entriesOf(11, 12) })),
    ).toBeNull();
    expect(bench.engine.session).toMatchObject({ mustInstall: false, end: at(12, 3) });
  });

  it('H24: a new leader whose log reaches further back needs no install any more', () => {
    const bench = behind();
    const log = [...LOG, 4];
    bench.hear(
      'c',
      catchUp({ term: 4, log, since: at(1, 1), position: 12, commit: 12, anchor: anchorAt(5, 1) }),
    );
    expect(bench.engine.session).toMatchObject({ epoch: 1, mustInstall: false, anchor: anchorAt(9, 2) });
    expect(refusalOf(bench.step({ type: 'session-append', epoch: 1, entries: entriesOf(4, 6) }))).toBeNull();
    expect(persists(bench.step({ type: 'turn-end' }))).toEqual([]);
    expect(bench.engine.session?.end).toEqual(at(6, 2));
  });

  it('H32: a reset for which there is no room leaves the log as the store has it', () => {
    const bench = behind();
    const [reset] = resets(install(bench, anchorAt(9, 2)));
    const shape = shapeOf(bench.entries);
    const effects = bench.step({ type: 'disk-full', seq: reset?.seq ?? 0, shape });
    expect(over(effects)).toEqual(['disk-full']);
    expect(commits(effects)).toEqual([]);
    expect(bench.engine.view).toMatchObject({ last: at(5, 2), commit: 3, durable: 5, full: true });
    expect(bench.engine.base).toEqual(at(0, 0));
    // The completion of what was refused means nothing.
    expect(commits(bench.sync())).toEqual([]);
    bench.step({ type: 'space-back' });
    bench.hear('b', asks({ ticket: 9 }));
    expect(refusalOf(install(bench, anchorAt(9, 2), 2))).toBeNull();
  });

  it('H39: begins again from a log that was reset, and takes what follows', () => {
    const bench = new Bench({ log: LOG.slice(0, 8), base: 9, commit: 0 });
    expect(bench.engine.view).toMatchObject({ commit: 9, last: at(9, 2), durable: 9, configurationIndex: 1 });
    // An old append that ends below the base changes nothing, and is acknowledged.
    expect(messages(bench.hear('b', append(3, at(2, 1), [1, 1])))).toMatchObject([
      { match: 9, refused: null },
    ]);
    const next = { ...append(3, at(9, 2), [], 10), entries: entriesOf(10, 11), logEnd: 12 as Index };
    expect(commits(bench.hear('b', next))).toEqual([10]);
    expect(bench.engine.view.last).toEqual(at(11, 3));
  });

  it('goes by the configuration of the checkpoint at once, and by no other kind of entry', () => {
    const bench = behind();
    const [other] = entriesOf(2, 2);
    if (other === undefined) throw new Error('there is an entry 2');
    const wrong = { type: 'session-install', epoch: 1, anchor: anchorAt(9, 2), stamp: 0 } as const;
    expect(refusalOf(bench.step({ ...wrong, configuration: other }))).toMatch(/brings no configuration/);
    expect(bench.engine.base).toEqual(at(0, 0));
    const grown = { ...genesis(configuration(['a', 'b', 'c', 'd'])), index: 4 as Index };
    const effects = bench.step({ ...wrong, configuration: grown });
    expect(effects).toContainEqual(
      expect.objectContaining({ type: 'configuration', index: 4, committed: false }),
    );
    expect(bench.engine.view.configuration.voters).toHaveLength(4);
    expect(bench.sync()).toContainEqual(
      expect.objectContaining({ type: 'configuration', index: 4, committed: true }),
    );
  });
});
