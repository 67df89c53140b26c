import { type Index, joinFrames, type SmaltiError, type Term } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { describe, expect, it } from 'vitest';
import { CatchUpCluster } from '../../src/catch-up-cluster.ts';
import { Diary } from '../../src/copy-strategy.ts';
import { BadStrategy, type Misdeed } from '../../src/misdeeds.ts';

const GAP = 60;

interface Scene {
  readonly cluster: CatchUpCluster;
  readonly bad: BadStrategy;
  readonly joiner: string;
  /** What the joiner had when it was killed. */
  readonly held: number;
}

/** A node whose first strategy is bad lacks many entries. */
async function scene(misdeed: Misdeed, others = true): Promise<Scene> {
  const bad = new BadStrategy(misdeed);
  const more = others ? [logReplay()] : [];
  const cluster = await new CatchUpCluster({ sync: () => [bad.strategy, ...more] }).ready();
  const leader = await cluster.untilLeader();
  bad.cluster = leader.group.status().cluster ?? '';
  const [victim] = await cluster.followers();
  await cluster.grow(leader, 2);
  await cluster.converge();
  const held = victim.group.status().log.last;
  cluster.kill(victim.id);
  await cluster.grow(leader, GAP);
  return { cluster, bad, joiner: victim.id, held };
}

/** The node is as it should be, and was served by the next strategy. */
async function expectUnharmed({ cluster, bad, joiner, held }: Scene): Promise<void> {
  await cluster.write(await cluster.untilLeader(), [1]);
  await cluster.converge();
  cluster.expectEqual();
  const { session, failure, totals } = cluster.sync(joiner);
  expect({ session, failure }).toEqual({ session: null, failure: null });
  expect(totals).toMatchObject({ sessions: 2, done: 1, failed: 1 });
  // All of it came from log replay.
  expect(totals.entries).toBeGreaterThanOrEqual(GAP);
  expect(totals.entries).toBeLessThanOrEqual(GAP + 2);
  expect(cluster.member(joiner).group.status().log.last).toBeGreaterThan(held + GAP);
  expect(cluster.member(joiner).faults).toEqual([]);
  expect(cluster.member(joiner).group.status().trouble).toBeNull();
  expect(bad.closed).toBe(1);
}

const refusals: readonly (readonly [name: string, misdeed: Misdeed, why: RegExp])[] = [
  [
    'a write above the ceiling',
    (cx, { entry, done }) => {
      const { verified, ceiling, position } = cx;
      const run = Array.from({ length: ceiling - verified.index + 1 }, (_, i) =>
        entry(verified.index + 1 + i, position.term),
      );
      cx.append(run, done);
      return undefined;
    },
    /above the ceiling/,
  ],
  [
    'a write of a term that no leader gave',
    (cx, { entry, done }) => {
      cx.append([entry(cx.verified.index + 1, cx.position.term + 1)], done);
      return undefined;
    },
    /is of term \d+, and the committed one is of term \d+/,
  ],
  [
    'a write of an older term',
    (cx, { entry, done }) => {
      cx.append([entry(cx.verified.index + 1, cx.position.term - 1)], done);
      return undefined;
    },
    /is of term \d+, and the committed one is of term \d+/,
  ],
  [
    'a write that does not join',
    (cx, { entry, done }) => {
      cx.append([entry(cx.verified.index + 2, cx.position.term)], done);
      return undefined;
    },
    /does not join/,
  ],
  [
    'a write with a hole',
    (cx, { entry, done }) => {
      const { verified, position } = cx;
      cx.append([entry(verified.index + 1, position.term), entry(verified.index + 3, position.term)], done);
      return undefined;
    },
    /not chained/,
  ],
  [
    'a write over what is committed here',
    (cx, { entry, done }) => {
      cx.append([entry(cx.committed.index, cx.committed.term + 1)], done);
      return undefined;
    },
    /is of term/,
  ],
  [
    'a damaged entry',
    (cx, { entry, done }) => {
      const frame = entry(cx.verified.index + 1, cx.position.term).frame.slice();
      frame[4] = (frame[4] ?? 0) ^ 1;
      cx.append([{ ...entry(cx.verified.index + 1, cx.position.term), frame }], done);
      return undefined;
    },
    /the checksum of entry \d+ does not hold/,
  ],
  [
    'an entry that says something else than its frame',
    (cx, { entry, done }) => {
      const { verified, position } = cx;
      const other = entry(verified.index + 1, position.term + 1);
      cx.append([{ ...other, term: position.term as Term }], done);
      return undefined;
    },
    /is of term/,
  ],
  [
    'bytes that are no entries',
    (cx) => {
      cx.verify(new Uint8Array(50).fill(7));
      return undefined;
    },
    /not whole frames/,
  ],
  [
    'a commit of what it does not hold',
    (cx) => {
      cx.setCommitted({ index: (cx.verified.index + 1) as Index, term: cx.position.term });
      return undefined;
    },
    /is not verified/,
  ],
  [
    'a commit above the ceiling',
    (cx) => {
      cx.setCommitted({ index: (cx.ceiling + 1) as Index, term: cx.position.term });
      return undefined;
    },
    /above the ceiling/,
  ],
  [
    'a checkpoint where none are kept',
    (cx, { done }) => {
      cx.install({ at: cx.position, root: 'ab'.repeat(32) as never }, done);
      return undefined;
    },
    /keeps no checkpoints/,
  ],
];

describe('a bad strategy is refused, by name, and the next one serves the node', () => {
  it.each(refusals)('%s', async (_, misdeed, why) => {
    const at = await scene(misdeed);
    await at.cluster.boot(at.joiner);
    await expectUnharmed(at);
    expect(at.bad.accepted).toBe(0);
    const [error] = at.bad.errors;
    expect(error).toMatchObject({ code: 'SYNC_REFUSED', details: { strategy: 'bad' } });
    expect(error?.message).toMatch(/^bad: /);
    expect(error?.message).toMatch(why);
  });

  it.each([
    ['says that it is done, and is not', (cx) => ({ done: cx.position })],
    ['says that it is done where the log ends, short of the position', (cx) => ({ done: cx.log.last })],
    [
      'throws',
      () => {
        throw new Error('a bug of its author');
      },
    ],
    ['answers nonsense', () => 'perhaps' as never],
    ['answers a promise', () => Promise.resolve('pending') as never],
  ] as const satisfies readonly (readonly [string, Misdeed])[])('a session that %s', async (_, misdeed) => {
    const at = await scene(misdeed);
    await at.cluster.boot(at.joiner);
    await expectUnharmed(at);
  });

  it('a context that is used after its session’s end', async () => {
    const at = await scene(() => ({ failed: new Error('it gives up') as SmaltiError }));
    const { bad, cluster, joiner } = at;
    await cluster.boot(joiner);
    const uses = (): void => {
      const [old] = bad.contexts;
      if (old === undefined) throw new Error('it never began');
      bad.attempt(() => old.append([], () => {}));
      bad.attempt(() => old.setCommitted({ index: 1 as Index, term: 1 as Term }));
      bad.attempt(() => old.verify(joinFrames([])));
      bad.attempt(() => old.verified);
      bad.attempt(() => old.sendTo('n1' as never, new Uint8Array(1)));
      bad.attempt(() => old.leader());
      bad.attempt(() => old.log.last);
      bad.attempt(() => old.machine.query(undefined));
      bad.attempt(() => old.wakeAfter(1));
    };
    // While the next session is open, under the same gap, and after that.
    await cluster.sim.runUntil(() => cluster.sync(joiner).session?.strategy === 'log-replay', 10_000);
    uses();
    await expectUnharmed(at);
    uses();
    expect(bad.accepted).toBe(0);
    expect(bad.errors).toHaveLength(18);
    for (const error of bad.errors) {
      expect(error).toMatchObject({
        code: 'CONTEXT_REVOKED',
        details: { strategy: 'bad', owner: 'session' },
      });
    }
  });

  it('a session whose epoch is over, because its node was elected', async () => {
    const diary = new Diary();
    diary.hold = true;
    const cluster = await new CatchUpCluster({ sync: (id) => [diary.strategy(id), logReplay()] }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [joiner, other] = await cluster.followers();
    for (const { id } of [joiner, other]) cluster.kill(id);
    // The other one is slow to stand for election.
    await cluster.boot(other.id, { timing: { electionMinMs: 15_000, electionMaxMs: 20_000 } });
    await cluster.grow(leader, GAP);
    await cluster.boot(joiner.id);
    const { group } = cluster.member(joiner.id);
    const { last } = leader.group.status().log;
    await sim.runUntil(() => cluster.sync(joiner.id).session?.verified.index === last, 10_000);
    await sim.runFor(200);
    expect(cluster.sync(joiner.id).session).toMatchObject({ strategy: 'copy', epoch: 1 });
    cluster.kill(leader.id);
    await sim.runUntil(() => group.status().role === 'leader', 20_000);
    expect(group.status().role, cluster.show()).toBe('leader');
    expect(cluster.sync(joiner.id)).toMatchObject({ session: null, failure: null });
    expect(diary.of(joiner.id, 'session.close')).toHaveLength(1);
    const [old] = diary.sessions;
    for (const use of [() => old?.append([], () => {}), () => old?.setCommitted(group.status().committed)]) {
      expect(use).toThrow(expect.objectContaining({ code: 'CONTEXT_REVOKED' }));
    }
    await cluster.write(cluster.member(joiner.id), [5]);
    await cluster.boot(leader.id);
    diary.hold = false;
    await cluster.converge();
    cluster.expectEqual();
    expect(diary.of(joiner.id).at(-1)?.what).not.toMatch(/^session/);
  });

  it('a session that makes no progress, and one of a process that is gone', async () => {
    const at = await scene(() => 'pending');
    const { bad, cluster, joiner } = at;
    const { sim } = cluster;
    await cluster.boot(joiner);
    await sim.runUntil(() => cluster.sync(joiner).session?.strategy === 'bad', 10_000);
    const [old] = bad.contexts;
    const before = cluster.sync(joiner).session?.epoch;
    cluster.kill(joiner);
    await cluster.boot(joiner);
    await sim.runUntil(() => cluster.sync(joiner).session?.strategy === 'bad', 10_000);
    expect(before).toBe(1);
    const { log } = cluster.member(joiner).group.status();
    bad.attempt(() => old?.append([], () => {}));
    await sim.runFor(1000);
    expect(cluster.member(joiner).group.status().log).toEqual(log);
    // It makes no progress: its deadline ends it, and the next one serves.
    await sim.runFor(35_000);
    await cluster.converge();
    cluster.expectEqual();
    expect(cluster.sync(joiner).totals).toMatchObject({ sessions: 2, done: 1, failed: 1 });
  });
});

describe('a node without a good strategy', () => {
  it('says why it cannot catch up, votes on, and asks again later', async () => {
    const at = await scene((cx, { entry, done }) => {
      cx.append([entry(cx.verified.index + 2, cx.position.term)], done);
      return undefined;
    }, false);
    const { cluster, joiner } = at;
    const { sim } = cluster;
    await cluster.boot(joiner);
    await sim.runUntil(() => cluster.sync(joiner).failure !== null, 10_000);
    expect(cluster.sync(joiner)).toMatchObject({
      session: null,
      failure: {
        code: 'CANNOT_SYNC',
        strategy: 'bad',
        message: expect.stringMatching(/^bad: .*does not join/),
      },
    });
    const { group } = cluster.member(joiner);
    expect(group.status().trouble).toMatch(/^cannot catch up: bad: /);
    const { sessions } = cluster.sync(joiner).totals;
    await sim.runFor(20_000);
    // Again and again, with pauses that double.
    expect(cluster.sync(joiner).totals.sessions).toBeGreaterThan(sessions);
    expect(cluster.sync(joiner).totals.sessions).toBeLessThan(sessions + 8);
    // It hears its leader, and counts for its vote: one more may go.
    const leader = await cluster.untilLeader();
    expect(group.status()).toMatchObject({ role: 'follower', leader: leader.id, voter: true });
    const [other] = cluster.others(leader).filter(({ id }) => id !== joiner);
    cluster.kill(leader.id);
    const { term } = leader.group.status();
    await sim.runUntil(() => (cluster.leader?.group.status().term ?? 0) > term, 20_000);
    expect(cluster.leader?.id).toBe(other?.id);
  });
});
