import { cursor, type Index, SmaltiError } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { entriesOf } from './support/door.ts';
import { report } from './support/report.ts';
import { type Script, Scripted, type Session, type SessionCx } from './support/strategy.ts';
import { peer, World } from './support/world.ts';

const failing = (why = 'no peer has it'): Partial<Session> => ({
  poll: () => ({ failed: new SmaltiError('CANNOT_SYNC', why) }),
});

describe('a session', () => {
  it('is asked of the preferred strategy, in a turn, with what the leader sent', async () => {
    const seen: unknown[] = [];
    const first = new Scripted('first', {
      createSession: (cx, position, commit, entries) =>
        seen.push(position, commit, entries.length, cx.leader(), cx.position, cx.ceiling, cx.verified),
    });
    const second = new Scripted('second');
    const world = new World([first, second]);
    const door = world.open([1, 1, 1, 2, 2, 2], 4);
    expect(first.contexts).toHaveLength(0);
    world.host.openSession(door, 6 as Index, entriesOf(5, [2, 2]));
    await world.run();
    expect(seen).toEqual([cursor(2, 4), 6, 2, 'n2', cursor(2, 4), 6, cursor(1, 2)]);
    expect(second.contexts).toHaveLength(0);
    expect(world.host.status()).toMatchObject({
      session: { strategy: 'first', epoch: 1, since: 0, ceiling: 6, progress: null },
      failure: null,
      totals: { sessions: 1, done: 0, failed: 0 },
    });
  });

  it('knows its leader also after it is gone', async () => {
    const sync = new Scripted('replay');
    const world = new World([sync]);
    world.open();
    world.leader = null;
    await world.run();
    expect(sync.cx.leader()).toBe('n2');
    world.leader = peer('n3');
    expect(sync.cx.leader()).toBe('n3');
  });

  it('catches up, is done where the log durably ends, and is closed', async () => {
    let done = false;
    const sync: Scripted = new Scripted('replay', {
      session: { poll: (cx) => (done ? { done: cx.verified } : 'pending') },
    });
    const world = new World([sync]);
    const door = world.open();
    await world.run();
    sync.cx.append(entriesOf(3, [1, 2, 2, 2]), () => {
      done = true;
    });
    door.written();
    await world.run();
    expect(sync.calls.at(-1)).toBe('session 1 close');
    expect(sync.count('session 1 close')).toBe(1);
    expect(world.host.status()).toMatchObject({
      session: null,
      failure: null,
      totals: { done: 1, entries: 4 },
    });
    expect(world.texts('warn')).toEqual([]);
  });

  it('is polled when its position or ceiling has risen, and told what the leader sends', async () => {
    const told: unknown[] = [];
    const sync = new Scripted('replay', {
      session: { buffer: (position, count, bytes) => told.push(position, count, bytes) },
    });
    const world = new World([sync]);
    world.open();
    await world.run();
    const polls = sync.count('session 1 poll');
    world.host.sessionMoved();
    await world.run();
    expect(sync.count('session 1 poll')).toBe(polls + 1);
    world.host.buffered(cursor(2, 6), 3, 120);
    await world.run();
    expect(told).toEqual([cursor(2, 6), 3, 120]);
    expect(world.host.status().totals.buffered).toBe(3);
  });

  it.each(['elected', 'replication', 'disk-full'] as const)('is closed when it is over: %s', async (why) => {
    const sync = new Scripted('replay');
    const world = new World([sync]);
    const door = world.open();
    await world.run();
    world.host.sessionOver(door.epoch + 1, why);
    expect(sync.count('session 1 close')).toBe(0);
    world.host.sessionOver(door.epoch, why);
    world.host.sessionOver(door.epoch, why);
    await world.run(120_000);
    expect(sync.calls.at(-1)).toBe('session 1 close');
    expect(sync.count('session 1 close')).toBe(1);
    expect(world.host.status()).toMatchObject({ session: null, failure: null, totals: { failed: 0 } });
  });

  it('gives way to one of a newer epoch', async () => {
    const sync = new Scripted('replay');
    const world = new World([sync]);
    world.open();
    await world.run();
    world.open();
    await world.run();
    expect(sync.count('session 1 close')).toBe(1);
    expect(sync.calls.indexOf('session 1 close')).toBeLessThan(sync.calls.indexOf('createSession 2'));
    expect(() => sync.contexts[0]?.append([], () => {})).toThrow(/has ended/);
  });

  it('is not there without strategies', async () => {
    const world = new World([]);
    world.open();
    await world.run(60_000);
    expect(world.host.status()).toMatchObject({ session: null, failure: null });
  });
});

describe('a session that fails', () => {
  const throwing = (method: string): Script => {
    const fail = (): never => {
      throw new Error('planted');
    };
    if (method === 'createSession') return { createSession: fail };
    if (method === 'receive') return { session: { receive: fail } };
    if (method === 'unreadable') return { session: { unreadable: fail } };
    if (method === 'buffer') return { session: { buffer: fail } };
    if (method === 'completed') {
      return { createSession: (cx) => cx.start(async () => 1, 'work'), session: { completed: fail } };
    }
    if (method === 'the callback of append') return { createSession: (cx) => cx.append([], fail) };
    if (method === 'the callback of read') {
      return { createSession: (cx) => cx.log.read(1 as Index, 2 as Index, 100, fail) };
    }
    return { session: { poll: fail } };
  };

  it.each([
    'createSession',
    'poll',
    'receive',
    'unreadable',
    'buffer',
    'completed',
    'the callback of append',
    'the callback of read',
  ])('by a throw in %s gives way to the next strategy at once', async (method) => {
    const bad = new Scripted('bad', throwing(method));
    const good = new Scripted('good');
    const world = new World([bad, good]);
    world.bond('n2', [{ strategy: 'bad', min: 1, max: 1 }]);
    world.open();
    await world.run();
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    world.host.received(peer('n2'), { strategy: 'bad', version: 1, bytes: encode('1:hello') });
    world.host.received(peer('n2'), { strategy: 'bad', version: 1, bytes: encode('nonsense') });
    world.host.buffered(cursor(2, 6), 1, 40);
    for (const answer of world.log.reads) answer();
    await world.run();
    expect(good.contexts).toHaveLength(1);
    expect(bad.count('session 1 close')).toBe(method === 'createSession' ? 0 : 1);
    expect(world.texts('warn').filter((text) => text.includes('next strategy'))).toEqual([
      `bad: ${method} threw: planted: the next strategy is tried`,
    ]);
    expect(world.host.status()).toMatchObject({ session: { strategy: 'good' }, totals: { failed: 1 } });
    expect([...bad.overlaps, ...good.overlaps]).toEqual([]);
  });

  it.each([
    ['its own word', failing(), 'no peer has it'],
    ['an answer that is none', { poll: () => 'maybe' as never }, 'it gave none of'],
    ['no answer', { poll: () => undefined as never }, 'it gave none of'],
    ['a done that is no cursor', { poll: () => ({ done: null }) as never }, 'it gave none of'],
    ['a promise', { poll: () => Promise.reject(new Error('lost')) as never }, 'has to be synchronous'],
    ['a done that is not so', { poll: () => ({ done: cursor(2, 6) }) }, 'it says it is done at 6 (term 2)'],
    ['a done too early', { poll: (cx: SessionCx) => ({ done: cx.verified }) }, '6 has to be reached'],
  ])('by %s names the strategy and the reason', async (_, session, why) => {
    const bad = new Scripted('bad', { session });
    const world = new World([bad]);
    world.open();
    await world.run();
    const { failure } = world.host.status();
    expect(failure).toMatchObject({ code: 'CANNOT_SYNC', strategy: 'bad' });
    expect(failure?.message).toMatch(/^bad: /);
    expect(failure?.message).toContain(why);
    expect(bad.count('session 1 close')).toBe(1);
  });

  it.each([
    ['nothing', () => undefined],
    ['no session', () => ({})],
    ['a promise', () => Promise.reject(new Error('lost'))],
  ])('because createSession gave %s is named', async (_, made) => {
    const bad = new Scripted('bad');
    bad.createSession = made as never;
    const world = new World([bad]);
    world.open();
    await world.run();
    expect(world.host.status().failure?.message).toMatch(/^bad: createSession threw: /);
  });

  it('by a throw in close is named, and closed all the same', async () => {
    const bad = new Scripted('bad', {
      session: {
        close: () => {
          throw new Error('planted');
        },
      },
    });
    const world = new World([bad]);
    const door = world.open();
    await world.run();
    world.host.sessionOver(door.epoch, 'elected');
    expect(world.texts('warn')).toEqual(['bad: close of a session that has ended threw: planted']);
    await world.run(60_000);
    expect(bad.count('session 1 close')).toBe(1);
  });
});

describe('a session without progress', () => {
  it('is ended when the deadline has passed', async () => {
    const sync = new Scripted('replay');
    const world = new World([sync], { stallMs: 500 });
    world.open();
    await world.run(499);
    expect(world.host.status().session).not.toBeNull();
    await world.run(1);
    expect(world.host.status().failure?.message).toBe('replay: no progress for 500 ms');
    expect(sync.count('session 1 close')).toBe(1);
  });

  it('has 30 seconds if nothing else is said', async () => {
    const world = new World([new Scripted('replay')]);
    world.open();
    await world.run(29_999);
    expect(world.host.status().session).not.toBeNull();
    await world.run(1);
    expect(world.host.status().session).toBeNull();
  });

  it('is not ended while bytes or entries grow', async () => {
    const sync = new Scripted('replay');
    const world = new World([sync], { stallMs: 500 });
    const door = world.open();
    await world.run(400);
    sync.cx.report(report(10));
    await world.run(400);
    sync.cx.append(entriesOf(3, [1]), () => {});
    await world.run(400);
    expect(world.host.status().session).not.toBeNull();
    // Neither the same again nor what is there already is progress.
    sync.cx.report(report(10));
    sync.cx.append(entriesOf(3, [1]), () => {});
    sync.cx.append(entriesOf(5, [1]), () => {});
    door.written();
    await world.run(100);
    expect(world.host.status().session).toBeNull();
  });

  it('does not live on its own word for ever', async () => {
    const sync = new Scripted('replay');
    const world = new World([sync], { stallMs: 500 });
    const door = world.open();
    await world.run(400);
    sync.cx.append(entriesOf(3, [1]), () => {});
    door.written();
    for (let i = 1; i < 25; i++) {
      sync.cx.report(report(i));
      await world.run(400);
      expect(world.host.status().session).not.toBeNull();
    }
    sync.cx.report(report(25));
    await world.run(400);
    expect(world.host.status().failure?.message).toMatch(/nothing that was missing for 10000 ms/);
  });

  it('is ended even if it always wants to be polled again', async () => {
    const sync = new Scripted('busy', { session: { poll: () => 'again' } });
    const world = new World([sync], {
      stallMs: 500,
      tune: (port) => {
        // Turns take time here, as they do.
        port.scheduler = { ...port.scheduler, nextTurn: (work) => port.clock.setTimer(1, work) };
      },
    });
    world.open();
    await world.run(600);
    expect(world.host.status().failure?.message).toBe('busy: no progress for 500 ms');
  });
});

describe('when every strategy has failed', () => {
  it('each is tried once, in order, and then all again after a pause that doubles to 30 seconds', async () => {
    const first = new Scripted('first', { session: failing('first reason') });
    const second = new Scripted('second', { session: failing('second reason') });
    const world = new World([first, second]);
    world.open();
    await world.run();
    expect(first.contexts).toHaveLength(1);
    expect(second.contexts).toHaveLength(1);
    expect(world.host.status()).toMatchObject({
      session: null,
      failure: { code: 'CANNOT_SYNC', message: 'second: second reason', strategy: 'second' },
      totals: { sessions: 2, failed: 2 },
    });
    expect(world.texts('warn').at(-1)).toContain('this node cannot catch up: second: second reason');
    const at: number[] = [];
    let known = 1;
    while (world.sim.now < 200_000) {
      await world.run(100);
      if (first.contexts.length > known) at.push(world.sim.now);
      known = first.contexts.length;
    }
    const pauses = at.map((time, i) => time - (at[i - 1] ?? 0));
    expect(pauses.slice(0, 11)).toEqual([
      100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000,
    ]);
    expect(second.contexts).toHaveLength(first.contexts.length);
  });

  it('the pause is short again after anything was verified', async () => {
    let append = false;
    const sync: Scripted = new Scripted('replay', {
      createSession: (cx) => {
        if (append) cx.append(entriesOf(3, [1]), () => {});
      },
      session: failing(),
    });
    const world = new World([sync]);
    world.open();
    await world.run(3_000);
    append = true;
    await world.run(150);
    expect(sync.contexts).toHaveLength(6);
    append = false;
    await world.run(100);
    expect(sync.contexts).toHaveLength(7);
  });

  it('nothing is tried any more when the session is over', async () => {
    const sync = new Scripted('replay', { session: failing() });
    const world = new World([sync]);
    const door = world.open();
    await world.run();
    world.host.sessionOver(door.epoch, 'replication');
    await world.run(60_000);
    expect(sync.contexts).toHaveLength(1);
    expect(world.host.status().failure).toBeNull();
  });

  it('what the leader sent is shown only while it still follows the position', async () => {
    const shown: number[] = [];
    const sync = new Scripted('replay', {
      createSession: (_cx, _position, _commit, entries) => shown.push(entries.length),
      session: failing(),
    });
    const world = new World([sync]);
    const door = world.open([1, 1, 1, 2, 2, 2], 4);
    world.host.openSession(door, 6 as Index, entriesOf(5, [2]));
    await world.run();
    door.position = cursor(2, 6);
    await world.run(100);
    expect(shown).toEqual([1, 0]);
  });
});
