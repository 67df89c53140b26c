import type { EntryDraft, Index, MemberKey, SessionKey, Term } from '@smalti/core';
import { decodeEnvelope, type Entry, sessionIdOf } from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import type { GroupBody } from '@smalti/wire';
import { describe, expect, it } from 'vitest';
import { CallOrder } from '../../src/group/call-order.ts';
import { HandleSession } from '../../src/group/client-session.ts';
import { Credits } from '../../src/group/credits.ts';
import { limitsOf } from '../../src/group/defaults.ts';
import { Intake } from '../../src/group/intake.ts';
import { Requests } from '../../src/group/requests.ts';

const TERM = 5 as Term;
const LEADER = 'leader@1' as MemberKey;
const FOLLOWER = 'follower@1' as MemberKey;

type Forward = Extract<GroupBody, { type: 'forward' }>;

function bench() {
  const { clock } = new Simulation().node('n').ports;
  const limits = limitsOf();
  const forwards: Forward[] = [];
  const replies: Extract<GroupBody, { type: 'forward-reply' }>[] = [];
  const log: number[] = [];
  const terms = { leader: TERM };
  const handing = { over: false };
  const lane = { full: false };
  const common = { term: () => TERM, decode: () => {}, note: () => {} };
  const port = { clock, drawKey: () => '8 chars.' as SessionKey, applied: () => 0 as Index, queue: () => {} };
  const requests = new Requests('00'.repeat(8), limits, new Credits(clock, limits), port);
  const follower = new Intake(
    {
      ...common,
      leads: () => false,
      leader: () => LEADER,
      propose: () => null,
      send: (_, body) => forwards.push(body as Forward) > 0,
      retryLater: () => {},
    },
    requests,
  );
  const leader = new Intake(
    {
      ...common,
      term: () => terms.leader,
      leads: () => true,
      leader: () => null,
      propose: (drafts: readonly EntryDraft[]) => {
        if (handing.over) return null;
        const first = log.length + 1;
        for (const { payload } of drafts) {
          const envelope = decodeEnvelope(payload);
          log.push('command' in envelope ? (envelope.command[0] ?? 0) : 0);
        }
        return drafts.map((_, i) => ({ index: first + i, term: TERM }) as Entry);
      },
      send: (_, body) => !lane.full && replies.push(body as (typeof replies)[number]) > 0,
      retryLater: () => {},
    },
    new Requests('11'.repeat(8), limits, new Credits(clock, limits), port),
  );
  const order = new CallOrder();
  const line = new HandleSession();
  /** The leader gets the next forward, with room for so many bytes. */
  const arrive = (room = 1_000_000): void => {
    const forward = forwards.shift();
    if (forward !== undefined) leader.receive(FOLLOWER, TERM, forward.id, forward.envelopes, room);
  };
  /** The follower gets every reply. */
  const answer = (): void => {
    for (const { id, first } of replies.splice(0)) follower.answered(LEADER, TERM, id, first as Index);
  };
  return {
    follower,
    leader,
    forwards,
    replies,
    log,
    requests,
    terms,
    handing,
    lane,
    send: (value: number, feed = false, settle = (): void => {}): void => {
      follower.add(
        requests.open(
          [new Uint8Array([value])],
          { type: feed ? 'feed' : 'session' },
          line,
          order,
          {},
          settle,
        ),
      );
      follower.flush(false);
    },
    arrive,
    answer,
    /** So many times: the follower gets every reply, sends again what was refused, and the leader takes all of it. */
    goOn: (rounds = 1): void => {
      for (let round = 0; round < rounds; round++) {
        answer();
        follower.release();
        follower.flush(false);
        while (forwards.length > 0) arrive();
        leader.flush(false);
      }
    },
  };
}

describe('what is forwarded', () => {
  it('H6: is taken in the term that it names and in no other, whenever the leader gets to it', () => {
    // The follower may have told its caller that the command is lost, since an entry of a later term was applied.
    for (const when of ['before it came', 'while it waited'] as const) {
      const { send, arrive, leader, replies, log, terms } = bench();
      const later = (TERM + 2) as Term;
      send(1);
      if (when === 'before it came') terms.leader = later;
      arrive();
      terms.leader = later;
      leader.flush(false);
      expect(log, when).toEqual([]);
      expect(
        replies.map(({ term, first }) => ({ term, first })),
        when,
      ).toEqual([{ term: TERM, first: 0 }]);
    }
  });

  it('is never overtaken by what was forwarded after it, though the leader had no room for the first alone', () => {
    const { send, arrive, answer, follower, leader, forwards, log } = bench();
    send(1);
    send(2);
    arrive(1);
    arrive();
    send(3);
    arrive();
    leader.flush(false);
    expect(log).toEqual([]);
    answer();
    send(4);
    follower.release();
    follower.flush(false);
    expect(forwards).toHaveLength(1);
    arrive();
    leader.flush(false);
    expect(log).toEqual([1, 2, 3, 4]);
  });

  it('can be refused again and again, and comes in its order in the end', () => {
    const { send, arrive, answer, goOn, follower, leader, log } = bench();
    for (let value = 1; value <= 20; value++) {
      send(value);
      arrive(value % 3 === 0 ? 1_000_000 : 1);
      if (value % 2 === 0) answer();
      follower.release();
      follower.flush(false);
      leader.flush(false);
    }
    goOn(5);
    expect(log).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('H7: is in the log once when a leader refuses it while it hands over, and takes what came after it', () => {
    const { send, arrive, answer, goOn, leader, log, handing } = bench();
    handing.over = true;
    send(1);
    arrive();
    leader.flush(false);
    // The transfer comes to nothing: it leads on, before the follower knows what was refused.
    handing.over = false;
    send(2);
    arrive();
    leader.flush(false);
    answer();
    send(3);
    goOn();
    expect(log).toEqual([1, 2, 3]);
  });

  it('comes in its order after a refusal that found no room on its way back', () => {
    const { send, arrive, goOn, leader, log, lane } = bench();
    send(1);
    send(2);
    lane.full = true;
    arrive(1);
    arrive(1);
    lane.full = false;
    send(3);
    arrive();
    leader.flush(false);
    goOn(3);
    expect(log).toEqual([1, 2, 3]);
  });

  it('is refused, though nothing comes after it, as soon as there is room for the refusal', () => {
    const { send, arrive, goOn, leader, log, lane } = bench();
    send(1);
    lane.full = true;
    arrive(1);
    leader.flush(false);
    lane.full = false;
    leader.flush(false);
    goOn();
    expect(log).toEqual([1]);
  });

  it('and was placed unheard is forgotten when the place of what came after it is told', () => {
    const { send, arrive, answer, follower, leader, lane } = bench();
    for (let value = 1; value <= 5; value++) {
      lane.full = value < 5;
      send(value);
      arrive();
      leader.flush(false);
    }
    answer();
    expect(follower.unanswered).toBe(0);
  });

  it('by an earlier life of a process is not answered to the next, which counts anew', () => {
    const { send, arrive, leader, replies } = bench();
    send(1);
    arrive();
    leader.rebonded(FOLLOWER);
    leader.flush(false);
    expect(replies).toEqual([]);
  });

  it('H7: and may be lost with its leader is sent again, in its order and under its numbers, but not what is fed', () => {
    const { send, arrive, follower, leader, forwards, log } = bench();
    send(1);
    send(2, true);
    send(3);
    const before = forwards.flatMap(({ envelopes }) => envelopes.map((bytes) => decodeEnvelope(bytes)));
    arrive();
    leader.flush(false);
    follower.leaderLost();
    forwards.length = 0;
    follower.flush(false);
    const again = forwards.flatMap(({ envelopes }) => envelopes.map((bytes) => decodeEnvelope(bytes)));
    expect(again).toEqual(before.filter(({ type }) => type === 'command'));
    expect(again.map((envelope) => 'sequence' in envelope && envelope.sequence)).toEqual([1, 2]);
    arrive();
    leader.flush(false);
    expect(log).toEqual([1, 1, 3]);
  });

  it('and whose caller gives up only fills its number when it is sent again', () => {
    const { follower, requests, forwards } = bench();
    const stop = new AbortController();
    const ends: unknown[] = [];
    const settle = (error: unknown): void => void ends.push(error);
    const line = new HandleSession();
    const { signal } = stop;
    const request = requests.open([new Uint8Array([7])], { type: 'session' }, line, null, { signal }, settle);
    follower.add(request);
    follower.flush(false);
    stop.abort();
    const id = { session: sessionIdOf('8 chars.' as SessionKey), sequence: 1 };
    expect(ends).toMatchObject([{ code: 'ABORTED', outcome: 'unknown', details: { id } }]);
    follower.leaderLost();
    follower.flush(false);
    const last = forwards.at(-1)?.envelopes.map((bytes) => decodeEnvelope(bytes));
    expect(last).toMatchObject([{ type: 'fill', sequence: 1, through: 0, opening: 0 }]);
    requests.settled('8 chars.' as SessionKey, 1, { type: 'filled' });
    expect(requests.size).toBe(0);
    expect(ends).toHaveLength(1);
  });

  it('does not pile up while there is no leader', () => {
    const { follower, requests } = bench();
    const order = new CallOrder();
    follower.add(
      requests.open([new Uint8Array(1)], { type: 'session' }, new HandleSession(), order, {}, () => {}),
    );
    for (let i = 0; i < 10_000; i++) {
      const request = requests.open(
        [new Uint8Array(1)],
        { type: 'session' },
        new HandleSession(),
        order,
        {},
        () => {},
      );
      follower.add(request);
      requests.fail(request, new Error('gone') as never);
    }
    expect(follower.queued).toBeLessThan(3000);
  });
});
