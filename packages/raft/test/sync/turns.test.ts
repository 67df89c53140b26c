import { cursor, type Index } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { encodeFed } from '../../src/sync/fed-payload.ts';
import { entriesOf } from './support/door.ts';
import { type ProviderCx, Scripted } from './support/strategy.ts';
import { codeOf, peer, World } from './support/world.ts';

const polling = (name: string, poll: (cx: ProviderCx) => 'pending' | 'again'): Scripted =>
  new Scripted(name, { provider: { poll } });

describe('work that was started', () => {
  const setup = (): { world: World; sync: Scripted; told: string[] } => {
    const told: string[] = [];
    const sync = new Scripted('a', {
      session: {
        completed: (tag, outcome) =>
          told.push(
            `${tag} ${outcome.ok ? String(outcome.value) : String((outcome.error as Error).message)}`,
          ),
      },
    });
    const world = new World([sync]);
    world.open();
    return { world, sync, told };
  };

  it('comes back in the order in which it settles, and causes a poll', async () => {
    const { world, sync, told } = setup();
    await world.run();
    const waits = new Map<string, (value: string) => void>();
    const start = (tag: string): void =>
      sync.cx.start(() => new Promise((resolve) => waits.set(tag, resolve)), tag);
    start('first');
    start('second');
    waits.get('second')?.('2');
    await world.run();
    expect(sync.calls.slice(-2)).toEqual(['session 1 completed', 'session 1 poll']);
    waits.get('first')?.('1');
    await world.run();
    expect(told).toEqual(['second 2', 'first 1']);
  });

  it('that throws or rejects comes back as an error', async () => {
    const { world, sync, told } = setup();
    await world.run();
    sync.cx.start(() => {
      throw new Error('at once');
    }, 'throw');
    sync.cx.start(() => Promise.reject(new Error('later')), 'reject');
    sync.cx.start((() => 5) as never, 'value');
    expect(codeOf(() => sync.cx.start(undefined as never, 'none'))).toBe('TypeError');
    await world.run();
    expect([...told].sort()).toEqual(['reject later', 'throw at once', 'value 5']);
  });

  it('is told to stop at the end, and is not told of after it', async () => {
    const { world, sync, told } = setup();
    await world.run();
    let aborted = 0;
    let settle = (): void => {};
    sync.cx.start((signal) => {
      signal.addEventListener('abort', () => {
        aborted += 1;
      });
      return new Promise<void>((resolve) => {
        settle = resolve;
      });
    }, 'late');
    sync.cx.start(async (signal) => {
      await Promise.resolve();
      signal.throwIfAborted();
    }, 'lost');
    world.host.sessionOver(1, 'elected');
    expect(aborted).toBe(1);
    settle();
    await world.run(1_000);
    expect(told).toEqual([]);
    expect(sync.calls.at(-1)).toBe('session 1 close');
  });

  it('may listen carelessly to its signal: the node goes on', async () => {
    const { world, sync } = setup();
    await world.run();
    const heard: string[] = [];
    const { cx } = sync;
    cx.start((signal) => {
      const removed = (): void => void heard.push('removed');
      signal.addEventListener('abort', removed);
      signal.removeEventListener('abort', removed);
      signal.addEventListener('abort', { handleEvent: () => heard.push('object') } as never);
      signal.addEventListener('abort', () => heard.push(String(cx.committed)), { once: true });
      signal.addEventListener('abort', () => heard.push(signal.reason.code));
      return new Promise(() => {});
    }, 'careless');
    world.host.sessionOver(1, 'elected');
    await world.run();
    expect(heard).toEqual(['object', 'CONTEXT_REVOKED']);
    expect(world.texts('warn')[0]).toContain('a: a listener of the signal of a session that has ended threw');
  });

  it('is bounded while it was not told of', async () => {
    const { world, sync, told } = setup();
    await world.run();
    let settle = (): void => {};
    const wait = new Promise<void>((resolve) => {
      settle = resolve;
    });
    for (let i = 0; i < 64; i++) sync.cx.start(() => wait, `${i}`);
    expect(codeOf(() => sync.cx.start(() => wait, 'more'))).toBe('SYNC_REFUSED');
    settle();
    await world.run();
    expect(told).toHaveLength(64);
    expect(codeOf(() => sync.cx.start(() => wait, 'more'))).toBe('nothing');
  });

  it('may use the context, and finds it dead after the end', async () => {
    const codes: string[] = [];
    const { world, sync } = setup();
    await world.run();
    const { cx } = sync;
    let go = (): void => {};
    const wait = new Promise<void>((resolve) => {
      go = resolve;
    });
    cx.start(async () => {
      codes.push(codeOf(() => cx.append(entriesOf(3, [1]), () => {})));
      await wait;
      for (let i = 0; i < 3; i++) codes.push(codeOf(() => cx.append(entriesOf(4, [2]), () => {})));
      cx.append(entriesOf(4, [2]), () => {});
    }, 'append');
    world.host.sessionOver(1, 'replication');
    go();
    await world.run();
    expect(codes).toEqual(['nothing', 'CONTEXT_REVOKED', 'CONTEXT_REVOKED', 'CONTEXT_REVOKED']);
    expect(world.log.last.index).toBe(3);
  });

  it('that ends the session from within a use of the context is not called within it', async () => {
    const order: string[] = [];
    const sync: Scripted = new Scripted('a', { session: { close: () => order.push('close') } });
    const world = new World([sync]);
    const door = world.open();
    await world.run();
    Object.assign(door, {
      setCommitted: () => {
        world.host.sessionOver(1, 'disk-full');
        return null;
      },
    });
    const { cx } = sync;
    cx.start(async () => {
      await undefined;
      cx.setCommitted(cursor(1, 2));
      order.push('after');
    }, 'work');
    await world.run();
    expect(order).toEqual(['after', 'close']);
  });
});

describe('wakeAfter', () => {
  it('polls once, at the earliest time that was asked for', async () => {
    const at: number[] = [];
    const sync = polling('a', (cx) => {
      at.push(cx.clock.now());
      return 'pending';
    });
    const world = new World([sync]);
    await world.run();
    sync.providerCx?.wakeAfter(50);
    sync.providerCx?.wakeAfter(20);
    sync.providerCx?.wakeAfter(80);
    await world.run(200);
    expect(at).toEqual([0, 20]);
    sync.providerCx?.wakeAfter(10);
    await world.run(50);
    expect(at).toEqual([0, 20, 210]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 'x' as never])('refuses %s', (ms) => {
    const sync = new Scripted('a');
    new World([sync]);
    expect(codeOf(() => sync.providerCx?.wakeAfter(ms))).toBe('RangeError');
  });

  it('may be called as often as a strategy likes, with any delay, and ends with its owner', async () => {
    const sync = new Scripted('a');
    const world = new World([sync]);
    world.open();
    await world.run();
    const polls = sync.count('session 1 poll');
    for (let i = 100_000; i > 0; i--) sync.cx.wakeAfter(i);
    sync.cx.wakeAfter(Number.MAX_SAFE_INTEGER);
    world.host.sessionOver(1, 'elected');
    await world.run(200_000);
    expect(sync.count('session 1 poll')).toBe(polls);
  });
});

describe('a turn', () => {
  it('polls at most 16 times, and goes on in a later turn', () => {
    let polls = 0;
    const world = new World([
      polling('a', () => {
        polls += 1;
        return polls < 40 ? 'again' : 'pending';
      }),
    ]);
    world.sim.step();
    expect(polls).toBe(16);
    while (world.sim.step());
    expect(polls).toBe(40);
    expect(world.turns).toBe(3);
  });

  it('ends when its time is over, and everybody else has theirs', () => {
    const polls: Record<string, number> = { busy: 0, other: 0, session: 0 };
    let now = 0;
    const busy = polling('busy', () => {
      now += 3;
      polls.busy = (polls.busy ?? 0) + 1;
      return 'again';
    });
    const other = new Scripted('other', {
      provider: {
        poll: () => {
          polls.other = (polls.other ?? 0) + 1;
          return 'again';
        },
      },
      session: {
        poll: () => {
          polls.session = (polls.session ?? 0) + 1;
          return 'again';
        },
      },
    });
    const world = new World([other, busy], {
      tune: (port) => {
        port.clock = { ...port.clock, now: () => now, setTimer: port.clock.setTimer };
      },
    });
    world.open();
    world.turn();
    expect(polls).toEqual({ other: 16, busy: 2, session: 16 });
    world.turn();
    expect(polls).toEqual({ other: 32, busy: 4, session: 32 });
  });

  it('tells what came in its order, and then polls', async () => {
    const sync = new Scripted('a', {
      provider: { committed: () => {}, poll: () => 'pending', receive: () => true },
    });
    const world = new World([sync]);
    world.bond('n2');
    await world.run();
    sync.calls.length = 0;
    const bytes = new TextEncoder().encode('1:x');
    world.host.received(peer('n2'), { strategy: 'a', version: 1, bytes });
    world.host.committed(cursor(1, 3));
    world.host.received(peer('n2'), { strategy: 'a', version: 1, bytes });
    expect(sync.calls).toEqual([]);
    await world.run();
    expect(sync.calls).toEqual([
      'provider receive',
      'provider committed',
      'provider receive',
      'provider poll',
    ]);
  });

  it('of a group without news polls nobody', async () => {
    const sync = polling('a', () => 'pending');
    const world = new World([sync]);
    await world.run();
    for (let i = 0; i < 10; i++) world.turn();
    expect(sync.count('provider poll')).toBe(1);
  });
});

describe('calls of strategies', () => {
  it('never come within a call that one of them makes', async () => {
    const stack: string[] = [];
    const events = (): void => {
      world.host.committed(cursor(1, 2));
      world.host.received(peer('n2'), { strategy: 'b', version: 1, bytes: new TextEncoder().encode('1:x') });
      world.host.received(peer('n2'), {
        strategy: 'a',
        version: 1,
        bytes: new TextEncoder().encode('nonsense'),
      });
      world.host.fed(encodeFed('a', new Uint8Array(1)), cursor(1, 2));
      world.host.safeToPrune();
      world.host.sessionMoved();
      world.host.buffered(cursor(1, 2), 1, 1);
      world.host.writable(peer('n2'));
      world.host.offered(peer('n2'), [], true);
      world.host.turn();
    };
    // Each event causes several more: an end has to be set.
    let left = 300;
    const upset = (): void => {
      left -= 1;
      if (left > 0) events();
    };
    const script = {
      createSession: upset,
      provider: {
        committed: upset,
        marker: upset,
        safeToPrunePrefix: () => {
          upset();
          return 0 as Index;
        },
        receive: () => {
          upset();
          return false;
        },
      },
      session: { receive: upset, buffer: upset, unreadable: upset },
    };
    const first = new Scripted('a', script, stack);
    const second = new Scripted('b', script, stack);
    const world: World = new World([first, second]);
    world.bond('n2');
    const door = world.open();
    Object.assign(door, {
      // An engine that says a lot within a call.
      setCommitted: () => {
        events();
        return null;
      },
    });
    events();
    await world.run(100);
    first.cx.setCommitted(cursor(1, 2));
    await world.run(100);
    expect(left).toBeLessThan(0);
    expect(first.count('provider committed')).toBeGreaterThan(1);
    expect(first.count('session 1 buffer')).toBeGreaterThan(10);
    expect([...first.overlaps, ...second.overlaps]).toEqual([]);
  });

  it('leave the group its turns, however much one causes in another', () => {
    let commits = 0;
    const sync: Scripted = new Scripted('a', {
      provider: {
        committed: () => {
          commits += 1;
          world.host.committed(cursor(1, commits));
        },
      },
    });
    const world: World = new World([sync]);
    world.host.committed(cursor(1, 1));
    world.sim.step();
    expect(commits).toBe(1);
    for (let i = 0; i < 10; i++) world.sim.step();
    expect(commits).toBeLessThan(12);
  });

  it('end when the group is left from within one', async () => {
    const order: string[] = [];
    const sync: Scripted = new Scripted('a', {
      provider: {
        committed: (_, cx) => {
          world.host.close();
          order.push(codeOf(() => cx.committed));
        },
        close: () => order.push('close'),
      },
    });
    const world: World = new World([sync]);
    world.host.committed(cursor(1, 2));
    await world.run(1_000);
    expect(order).toEqual(['CONTEXT_REVOKED', 'close']);
    expect(sync.overlaps).toEqual([]);
  });
});
