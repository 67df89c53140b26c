import type { Index } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Core } from '../../src/engine/core.ts';
import type { Append, Heartbeat, Vote } from '../../src/engine/messages.ts';
import { TermTable } from '../../src/engine/term-table.ts';
import { Chaos, type ChaosOptions } from './support/chaos.ts';
import { engineWith } from './support/engine-with.ts';
import { figure8 } from './support/figure-8.ts';
import { restartedVoter, slowAnswers } from './support/lease-stories.ts';
import type { EngineMaker } from './support/test-node.ts';

const MOST_SEEDS = 150;
const ROUGH = { rough: true, events: 200 } as const;

/** What the random histories say to such an engine; the rough ones alone, if a session has to meet much. */
function verdict(engine: EngineMaker, histories: Partial<ChaosOptions> = {}): string {
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    for (const size of [3, 5]) {
      try {
        new Chaos({ size, seed, engine, ...histories });
      } catch (error) {
        return (error as Error).message;
      }
    }
  }
  return 'nothing was found';
}

/** What a story comes to with such an engine. */
function told(story: (engine: EngineMaker, seed: number) => void, engine: EngineMaker): string {
  for (let seed = 1; seed <= 50; seed++) {
    try {
      story(engine, seed);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return 'nothing was found';
}

type Persistence = typeof import('../../src/engine/persistence.ts');
type CoreModule = typeof import('../../src/engine/core.ts');
type Lease = typeof import('../../src/engine/lease.ts');
type Commit = typeof import('../../src/engine/commit.ts');
type FreshnessModule = typeof import('../../src/engine/freshness.ts');
type Follower = typeof import('../../src/engine/follower.ts');
type Election = typeof import('../../src/engine/election.ts');
type Reads = typeof import('../../src/engine/reads.ts');
type SessionRequests = typeof import('../../src/engine/session-requests.ts');
type Session = typeof import('../../src/engine/session.ts');
type SessionState = typeof import('../../src/engine/session-state.ts');
type Quorum = typeof import('../../src/engine/quorum.ts');

describe('the tests find', () => {
  it('H5: a vote that is not written', async () => {
    const engine = await engineWith<Persistence>('persistence', (original) => ({
      flushWrites(core: Core): void {
        original.flushWrites(core);
        const write = core.effects.at(-1);
        if (write?.type !== 'persist' || write.hardState === null) return;
        core.effects.splice(-1, 1, { ...write, hardState: { ...write.hardState, vote: null } });
      },
    }));
    expect(verdict(engine)).toMatch(/on its disk it votes null/);
  });

  it('H5: a message that leaves before its term and vote are on disk', async () => {
    const engine = await engineWith<Persistence>('persistence', () => ({
      flushOutbox(core: Core): void {
        for (const { to, message } of core.outbox) core.effects.push({ type: 'send', to, message });
        core.outbox = [];
      },
    }));
    expect(verdict(engine)).toMatch(/on its disk/);
  });

  it('H23: entries that are acknowledged before they are on disk', async () => {
    const engine = await engineWith<Follower>('follower', (original) => ({
      acknowledge(core: Core): void {
        const { durable } = core.disk;
        core.disk.durable = core.log.last.index;
        original.acknowledge(core);
        core.disk.durable = durable;
      },
    }));
    expect(verdict(engine)).toMatch(/on its disk are/);
  });

  it('H8: an older term that is committed by counting', async () => {
    const engine = await engineWith<Commit>('commit', (original) => ({
      advanceCommit(core: Core): void {
        const { termStart } = core;
        core.termStart = 0 as Index;
        original.advanceCommit(core);
        core.termStart = termStart;
      },
    }));
    // Chance hardly ever plays this out: it has a story of its own.
    expect(() => figure8(engine)).toThrow(/leads term \d+ without 2\.2/);
  });

  it('H38, H45: a completion that vouches for what was cut meanwhile', async () => {
    const engine = await engineWith<Persistence>('persistence', (original) => ({
      completeWrite(core: Core, seq: number): boolean {
        for (const write of core.disk.pending) write.vouches = write.last;
        return original.completeWrite(core, seq);
      },
    }));
    expect(verdict(engine)).toMatch(/takes \d+ for durable|on its disk|holds another entry/);
  });

  it('H4: a commit by fewer than a majority', async () => {
    const engine = await engineWith<Quorum>('quorum', () => ({
      quorumIndex: (configuration, matchOf) => {
        const matches = configuration.voters.map((voter) =>
          matchOf(`${voter.id}@${voter.incarnation}` as never),
        );
        return Math.max(...matches) as Index;
      },
    }));
    expect(verdict(engine)).toMatch(/no majority has on disk/);
  });

  it('H9: a strong read that is answered without a round', async () => {
    const engine = await engineWith<Reads>('reads', (original) => ({
      handleRead(core: Core, id: number): void {
        if (core.role === 'leader')
          core.effects.push({ type: 'read-ready', id, index: core.commit, stamp: 0 });
        else original.handleRead(core, id);
      },
    }));
    expect(verdict(engine)).toMatch(/misses what was committed/);
  });

  it('a vote for a candidate whose log is behind', async () => {
    const engine = await engineWith<Election>('election', (original) => ({
      handleVote(core: Core, from, message: Vote): void {
        const { last } = core.log;
        original.handleVote(core, from, { ...message, last: { ...last, index: (last.index + 1) as Index } });
      },
      handlePreVote(core, from, message): void {
        const { last } = core.log;
        original.handlePreVote(core, from, {
          ...message,
          last: { ...last, index: (last.index + 1) as Index },
        });
      },
    }));
    expect(verdict(engine)).toMatch(/leads term \d+ without|committed/);
  });

  it('H1: a probe that cuts', async () => {
    const { stageTruncation } = await import('../../src/engine/persistence.ts');
    const engine = await engineWith<Follower>('follower', (original) => ({
      handleAppend(core: Core, from, message: Append): void {
        const end = message.prev.index + message.entries.length;
        original.handleAppend(core, from, message);
        const cuts = core.disk.staged.entries.length === 0 && end < core.log.last.index && end > core.commit;
        if (cuts && end >= core.log.base.index) stageTruncation(core, (end + 1) as Index);
      },
    }));
    expect(verdict(engine)).not.toBe('nothing was found');
  });

  it('H1: agreement with one leader that is taken for agreement with the next', async () => {
    const engine = await engineWith<Election>('election', (original) => ({
      becomeFollower(core: Core, term, leader): void {
        const { verified } = core;
        original.becomeFollower(core, term, leader);
        core.verified = Math.max(verified, core.verified) as Index;
      },
    }));
    expect(verdict(engine)).toMatch(/holds another entry|was committed of term|received|committed/);
  });

  it('H44: a session that takes whatever it is given', async () => {
    const engine = await engineWith<SessionRequests>('session-requests', (original) => ({
      appendCommitted(core: Core, epoch, entries): string | null {
        const { session } = core;
        const last = entries.at(-1);
        if (session !== null && last !== undefined) {
          const rows = entries.map(({ index, term }) => ({ first: index, term }));
          session.table = new TermTable(session.end, rows, last.index);
        }
        return original.appendCommitted(core, epoch, entries);
      },
    }));
    expect(verdict(engine)).toMatch(
      /holds another entry|was committed of term|what precedes|begins at|for committed|the table of/,
    );
  });

  it('H1: a session that takes the whole of its log for committed', async () => {
    const engine = await engineWith<Session>('session', (original) => ({
      takeCatchUp(core: Core, message, table, joins): boolean {
        const opened = original.takeCatchUp(core, message, table, joins);
        if (core.session !== null) core.session.end = core.log.last;
        return opened;
      },
    }));
    expect(verdict(engine)).toMatch(
      /holds another entry|was committed of term|what precedes|cuts what|contradicts|for committed/,
    );
  });

  it('H17: a session that may write when it is over', async () => {
    const engine = await engineWith<SessionRequests>('session-requests', (original) => ({
      appendCommitted: (core: Core, _, entries): string | null =>
        original.appendCommitted(core, core.session?.epoch ?? 0, entries),
    }));
    expect(verdict(engine)).toMatch(/is over, and still writes/);
  });

  it('a session that is done before what it fetched is on disk', async () => {
    const engine = await engineWith<SessionRequests>('session-requests', (original) => ({
      finishSession(core: Core, epoch, at): string | null {
        const { durable } = core.disk;
        core.disk.durable = Math.max(durable, at.index) as Index;
        const answer = original.finishSession(core, epoch, at);
        core.disk.durable = durable;
        return answer;
      },
    }));
    expect(verdict(engine)).toMatch(/is done before|which is not on its disk|on its disk is/);
  });

  it('a ceiling that any leader raises', async () => {
    const engine = await engineWith<SessionState>('session-state', (original) => ({
      raiseCeiling(core: Core, term, leaderCommit): void {
        original.raiseCeiling(core, core.session?.term ?? term, leaderCommit);
      },
    }));
    expect(verdict(engine)).toMatch(/the table of/);
  });

  it('a session that stays open in a node that leads', async () => {
    const engine = await engineWith<SessionState>('session-state', (original) => ({
      endSession(core: Core, why): void {
        if (why !== 'elected') original.endSession(core, why);
      },
    }));
    expect(verdict(engine, ROUGH)).toMatch(/is open, and it leads/);
  });

  it('nothing in the engine as it is', async () => {
    const engine = await engineWith<Reads>('reads', () => ({}));
    for (let seed = 1000; seed < 1010; seed++) new Chaos({ size: 3, seed, engine });
  });

  it('a follower that counts freshness from when it heard of a round, and not from an answer before it', async () => {
    const engine = await engineWith<FreshnessModule>('freshness', (original) => ({
      hearRound(core: Core, message: Heartbeat): void {
        const { since } = core.freshness;
        if (message.round > (since.at(-1)?.round ?? 0)) since.push({ round: message.round, at: core.now });
        original.hearRound(core, message);
      },
    }));
    expect(verdict(engine)).toMatch(/for all as of/);
  });

  it('a follower that counts freshness from a later answer than its first', async () => {
    const engine = await engineWith<FreshnessModule>('freshness', (original) => ({
      hearRound(core: Core, message: Heartbeat): void {
        original.hearRound(core, message);
        const { freshness } = core;
        freshness.answered = freshness.answered.map((answer) =>
          answer.round === message.round ? { ...answer, at: core.now } : answer,
        );
      },
    }));
    expect(verdict(engine, ROUGH)).toMatch(/for all as of/);
  });

  it('a follower that forgets its answers when it loses sight of its leader', async () => {
    const engine = await engineWith<Election>('election', (original) => ({
      campaign(core: Core): void {
        original.campaign(core);
        core.freshness.answered = [];
      },
    }));
    expect(verdict(engine, ROUGH)).toMatch(/for all as of/);
  });

  it('a leader that counts freshness before it has committed anything of its term', async () => {
    const engine = await engineWith<FreshnessModule>('freshness', (original) => ({
      beginRound(core: Core): void {
        const { termStart } = core;
        core.termStart = 0 as Index;
        original.beginRound(core);
        core.termStart = termStart;
      },
    }));
    expect(verdict(engine)).toMatch(/for all as of/);
  });

  it('H9: a lease that is longer than voters wait', async () => {
    const engine = await engineWith<Lease>('lease', (original) => ({
      renewLease: (core: Core, since: number): void => original.renewLease(core, since + 150),
    }));
    expect(told(slowAnswers, engine)).toMatch(/misses what was committed/);
  });

  it('H9: a lease of which a voter forgets when it restarts', async () => {
    const engine = await engineWith<CoreModule>('core', (original) => ({
      newCore(...given: Parameters<CoreModule['newCore']>): Core {
        const core = original.newCore(...given);
        core.leaderHeardAt = Number.NEGATIVE_INFINITY;
        return core;
      },
    }));
    expect(told(restartedVoter, engine)).toMatch(/misses what was committed/);
  });
});
