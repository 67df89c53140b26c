import type { Term } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/engine/io.ts';
import type { Message } from '../../src/engine/messages.ts';
import { ack, append, at, Bench, beat, heartbeat, messages, to } from './support/bench.ts';
import { key, TIMING } from './support/members.ts';

const restful = (message: Message): Message => ({ ...message, rest: true }) as Message;

function kinds(effects: readonly Effect[], type: Effect['type']): Effect[] {
  return effects.filter((effect) => effect.type === type);
}

/** A leader whose followers have all that there is; bonds can pulse. */
function leader(pulses = true): Bench {
  const bench = new Bench();
  for (const peer of ['b', 'c']) bench.step({ type: 'bonded', peer: key(peer), boot: '1', pulses });
  bench.lead();
  bench.sync();
  for (const peer of ['b', 'c']) bench.hear(peer, ack(2, 2));
  bench.step({ type: 'turn-end' });
  return bench;
}

/** The next heartbeats, answered; who is in `agree` rests from now on. */
function beats(bench: Bench, agree: readonly string[]): readonly Effect[] {
  const effects = bench.tick();
  for (const peer of ['b', 'c']) {
    for (const message of to(effects, peer)) {
      if (message.type !== 'heartbeat') continue;
      const reply = beat(2, message.round, 2);
      bench.hear(peer, agree.includes(peer) ? restful(reply) : reply);
    }
  }
  return effects;
}

describe('a leader in whose group nothing happens', () => {
  it('asks whether pulses shall stand for heartbeats, and sends none to who agreed', () => {
    const bench = leader();
    const asked = messages(beats(bench, ['b', 'c']));
    expect(asked.map((message) => message.type === 'heartbeat' && message.rest)).toEqual([true, true]);
    const since = bench.now;
    const done: Effect[] = [];
    while (bench.now < since + 1_000) {
      bench.now = bench.engine.nextDeadline();
      for (const peer of ['b', 'c']) {
        bench.step({ type: 'heard', peer: key(peer), at: bench.now - TIMING.heartbeatMs });
      }
      done.push(...bench.step({ type: 'tick' }));
    }
    expect(bench.engine.role).toBe('leader');
    expect(messages(done)).toEqual([]);
    // It looks seldom, and lets pulses go on each time.
    const looks = kinds(done, 'beat').length / 2;
    expect(looks).toBeGreaterThan(10);
    expect(looks).toBeLessThan(1_000 / TIMING.heartbeatMs / 2);
  });

  it('asks nobody whose bond cannot pulse, nor who has not everything', () => {
    expect(messages(beats(leader(false), [])).some((message) => 'rest' in message)).toBe(false);
    const bench = leader();
    bench.step({ type: 'propose', drafts: [{ kind: 2, payload: new Uint8Array(1) }] });
    bench.sync();
    bench.hear('b', ack(2, 3));
    bench.step({ type: 'turn-end' });
    const effects = bench.tick();
    expect(to(effects, 'b').map((message) => 'rest' in message)).toEqual([true]);
    expect(to(effects, 'c').map((message) => 'rest' in message)).toEqual([false]);
  });

  it('sends heartbeats again when something happens, and rests again when all have it', () => {
    const bench = leader();
    beats(bench, ['b', 'c']);
    bench.tick();
    bench.step({ type: 'propose', drafts: [{ kind: 2, payload: new Uint8Array(1) }] });
    expect(bench.engine.nextDeadline() - bench.now).toBeLessThanOrEqual(TIMING.heartbeatMs);
    bench.sync();
    bench.hear('b', ack(2, 3));
    bench.step({ type: 'turn-end' });
    expect(to(bench.tick(), 'c').map(({ type }) => type)).toContain('heartbeat');
  });

  it('H9: asks everybody anew for a read, and takes no pulse for an answer', () => {
    const bench = leader();
    beats(bench, ['b', 'c']);
    bench.step({ type: 'read', id: 1 });
    const asked = bench.step({ type: 'turn-end' });
    expect(messages(asked).map(({ type }) => type)).toEqual(['heartbeat', 'heartbeat']);
    bench.now += 1;
    for (const peer of ['b', 'c']) bench.step({ type: 'heard', peer: key(peer), at: bench.now });
    expect(kinds(bench.step({ type: 'tick' }), 'read-ready')).toEqual([]);
    const [question] = to(asked, 'b');
    if (question?.type !== 'heartbeat') throw new Error('no heartbeat');
    expect(kinds(bench.hear('b', beat(2, question.round, 2)), 'read-ready')).toHaveLength(1);
  });

  it('counts pulses for the time at which they came, and steps down without a quorum of them', () => {
    const bench = leader();
    beats(bench, ['b', 'c']);
    const last = bench.now;
    bench.now += TIMING.electionMinMs - 1;
    bench.step({ type: 'heard', peer: key('b'), at: last + 50 });
    bench.step({ type: 'tick' });
    expect(bench.engine.role).toBe('leader');
    bench.now = last + 50 + TIMING.electionMinMs;
    bench.step({ type: 'heard', peer: key('b'), at: last + 50 });
    bench.step({ type: 'tick' });
    expect(bench.engine.role).toBe('follower');
  });

  it('asks by messages whom no pulse confirms, who objects, and who has a new bond', () => {
    const silent = leader();
    beats(silent, ['b', 'c']);
    silent.now += TIMING.electionMinMs / 2;
    silent.step({ type: 'heard', peer: key('b'), at: silent.now });
    const asked = silent.step({ type: 'tick' });
    expect([to(asked, 'b').length, to(asked, 'c').length]).toEqual([0, 1]);

    const objected = leader();
    beats(objected, ['b', 'c']);
    objected.step({ type: 'objected', peer: key('c') });
    const now = objected.step({ type: 'tick' });
    expect([to(now, 'b').length, to(now, 'c').length]).toEqual([0, 1]);

    const anew = leader();
    beats(anew, ['b', 'c']);
    anew.step({ type: 'bonded', peer: key('c'), boot: '2', pulses: true });
    anew.hear('c', ack(2, 2));
    const next = anew.tick();
    expect([to(next, 'b').length, to(next, 'c').length]).toEqual([0, 1]);
  });
});

describe('a follower in whose group nothing happens', () => {
  function follower(): Bench {
    const bench = new Bench();
    bench.step({ type: 'bonded', peer: key('b'), boot: '1', pulses: true });
    bench.hear('b', append(2, at(1, 1), [2], 2));
    return bench;
  }

  it('agrees, and holds no election as long as it hears pulses', () => {
    const bench = follower();
    const effects = bench.hear('b', restful(heartbeat(2, 2, 1, 2)));
    expect(kinds(effects, 'rest')).toEqual([{ type: 'rest', under: key('b') }]);
    expect(messages(effects)).toMatchObject([{ type: 'heartbeat-reply', rest: true }]);
    for (let i = 0; i < 30; i++) {
      bench.now = bench.engine.nextDeadline();
      // It came some time ago, and is told only now.
      bench.step({ type: 'heard', peer: key('b'), at: bench.now - TIMING.heartbeatMs });
      expect(messages(bench.step({ type: 'tick' }))).toEqual([]);
    }
    expect(bench.engine.view).toMatchObject({ role: 'follower', leader: key('b') });
    const last = bench.now - TIMING.heartbeatMs;
    bench.now = bench.engine.nextDeadline();
    expect(bench.now - last).toBeLessThan(TIMING.electionMaxMs);
    bench.step({ type: 'tick' });
    expect(bench.engine.role).toBe('pre-candidate');
  });

  it('H21: refuses its vote to others while pulses tell that its leader lives', () => {
    const bench = follower();
    bench.hear('b', restful(heartbeat(2, 2, 1, 2)));
    bench.now += TIMING.electionMinMs;
    bench.step({ type: 'heard', peer: key('b'), at: bench.now - 1 });
    const asked = { type: 'pre-vote', term: 3 as Term, last: at(9, 2) } as const;
    expect(messages(bench.hear('c', asked))).toMatchObject([{ type: 'pre-vote-reply', granted: false }]);
    expect(messages(bench.hear('c', { ...asked, type: 'vote', transfer: false }))).toEqual([]);
    expect(bench.engine.view.term).toBe(2);
  });

  it('hears no pulses of who is not its leader', () => {
    const bench = follower();
    bench.hear('b', restful(heartbeat(2, 2, 1, 2)));
    const due = bench.engine.nextDeadline();
    bench.now = due;
    bench.step({ type: 'heard', peer: key('c'), at: due });
    bench.step({ type: 'tick' });
    expect(bench.engine.role).toBe('pre-candidate');
    bench.step({ type: 'heard', peer: key('b'), at: due });
    expect(bench.engine.role).toBe('pre-candidate');
  });

  it('may agree as soon as it hears of a new leader', () => {
    const bench = follower();
    bench.step({ type: 'bonded', peer: key('c'), boot: '1', pulses: true });
    const effects = bench.hear('c', restful(heartbeat(3, 2, 1, 2)));
    expect(kinds(effects, 'rest')).toEqual([{ type: 'rest', under: key('c') }]);
  });

  it.each([
    ['lacks entries', (bench: Bench) => bench.hear('b', restful(heartbeat(2, 2, 1, 3)))],
    [
      'has some that are not committed',
      (bench: Bench) => {
        bench.hear('b', append(2, at(2, 2), [2], 2));
        return bench.hear('b', restful(heartbeat(2, 2, 1, 3)));
      },
    ],
    [
      'has some that are not on its disk',
      (bench: Bench) => {
        bench.hear('b', append(2, at(2, 2), [2], 3), 'slow');
        return bench.hear('b', restful(heartbeat(2, 3, 1, 3)), 'slow');
      },
    ],
    ['is not asked', (bench: Bench) => bench.hear('b', heartbeat(2, 2, 1, 2))],
    [
      'has a bond that cannot pulse',
      (bench: Bench) => {
        bench.step({ type: 'bonded', peer: key('b'), boot: '1' });
        return bench.hear('b', restful(heartbeat(2, 2, 1, 2)));
      },
    ],
  ] as const)('does not agree if it %s', (_, ask) => {
    const effects = ask(follower());
    expect(kinds(effects, 'rest')).toEqual([]);
    expect(messages(effects).some((message) => 'rest' in message)).toBe(false);
  });
});
