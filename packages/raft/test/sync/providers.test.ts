import { type Cursor, cursor, EntryKind, type Index, noopMachine, type Snapshot } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { checkStrategies } from '../../src/sync/dialect.ts';
import { decodeFed, encodeFed } from '../../src/sync/fed-payload.ts';
import { FakeLog } from './support/door.ts';
import { type Provider, Scripted } from './support/strategy.ts';
import { codeOf, peer, World } from './support/world.ts';

describe('strategies', () => {
  it('have one provider each, made once, and one codec for each version', async () => {
    const first = new Scripted('first', { versions: { min: 2, max: 3 } });
    const second = new Scripted('second');
    const world = new World([first, second]);
    await world.run(60_000);
    expect(first.calls).toEqual(['messages 2', 'messages 3', 'createProvider']);
    expect(second.calls).toEqual(['messages 1', 'createProvider']);
  });

  it('are refused if they do not fit', () => {
    const named = (name: unknown): Scripted => new Scripted(name as string);
    const ranged = (min: number, max: number): Scripted => new Scripted('a', { versions: { min, max } });
    const other = named('a');
    Object.assign(other, { descriptor: { ...other.descriptor, contractVersion: 2 } });
    const unsigned = named('a');
    Object.assign(unsigned, { signature: '' });
    for (const [strategies, code] of [
      [[named('a'), named('a')], 'BAD_OPTION'],
      [[named('')], 'BAD_OPTION'],
      [[named('a b')], 'BAD_OPTION'],
      [[named('a'.repeat(65))], 'BAD_OPTION'],
      [[named(undefined)], 'BAD_OPTION'],
      [[ranged(0, 1)], 'BAD_OPTION'],
      [[ranged(2, 1)], 'BAD_OPTION'],
      [[ranged(1, 1.5)], 'BAD_OPTION'],
      [[ranged(1, 500)], 'BAD_OPTION'],
      [[unsigned], 'BAD_OPTION'],
      [Array.from({ length: 17 }, (_, i) => named(`s${i}`)), 'BAD_OPTION'],
      [[other], 'PLUGIN_MISMATCH'],
      [[{} as Scripted], 'PLUGIN_MISMATCH'],
      [[undefined as unknown as Scripted], 'PLUGIN_MISMATCH'],
      [[named('log-replay_1.x'), named('b')], 'nothing'],
    ] as const) {
      expect(codeOf(() => checkStrategies(strategies))).toBe(code);
      expect(codeOf(() => new World(strategies))).toBe(code);
    }
    expect(codeOf(() => new World([], { stallMs: 0 }))).toBe('BAD_OPTION');
  });

  it('without a codec for one of their versions are refused', () => {
    const sync = new Scripted('a');
    sync.messages = () => undefined as never;
    expect(codeOf(() => new World([sync]))).toBe('PLUGIN_MISMATCH');
  });

  it('that cannot make a provider make the join fail, and the others are closed', () => {
    let closed = 0;
    const good = new Scripted('good', { provider: { close: () => closed++ } });
    const bad = new Scripted('bad', {
      createProvider: () => {
        throw new Error('planted');
      },
    });
    expect(() => new World([good, bad])).toThrow('planted');
    expect(closed).toBe(1);
    expect(codeOf(() => good.providerCx?.committed)).toBe('CONTEXT_REVOKED');
    expect(codeOf(() => bad.providerCx?.committed)).toBe('CONTEXT_REVOKED');
    const none = new Scripted('none');
    none.createProvider = () => ({}) as never;
    expect(codeOf(() => new World([none]))).toBe('PLUGIN_MISMATCH');
    none.createProvider = () => Promise.reject(new Error('planted')) as never;
    expect(codeOf(() => new World([none]))).toBe('PLUGIN_MISMATCH');
  });
});

describe('a provider', () => {
  it('may use its context while it is made', async () => {
    const done: string[] = [];
    const sync = new Scripted('a', {
      createProvider: (cx) => {
        cx.start(async () => 'made', 'early');
        cx.wakeAfter(5);
        done.push(cx.localId);
      },
      provider: { completed: (tag, outcome) => done.push(`${tag} ${outcome.ok && outcome.value}`) },
    });
    const world = new World([sync]);
    await world.run();
    expect(done).toEqual(['n1', 'early made']);
    expect(sync.overlaps).toEqual([]);
  });

  it('hears of the newest commit, once a turn', async () => {
    const told: Cursor[] = [];
    const sync = new Scripted('a', { provider: { committed: (at) => told.push(at) } });
    const world = new World([sync]);
    world.host.committed(cursor(1, 3));
    world.host.committed(cursor(1, 4));
    expect(told).toEqual([]);
    await world.run();
    world.host.committed(cursor(1, 5));
    await world.run();
    expect(told).toEqual([cursor(1, 4), cursor(1, 5)]);
  });

  it('is closed once, as its last call', async () => {
    const sync = new Scripted('a', {
      provider: { close: () => {}, poll: () => 'pending', committed: () => {} },
    });
    const world = new World([sync]);
    world.open();
    await world.run();
    world.host.close();
    world.host.close();
    world.host.committed(cursor(1, 3));
    world.host.fed(encodeFed('a', new Uint8Array(1)), cursor(1, 3));
    world.bond('n2');
    world.open();
    world.host.turn();
    await world.run(60_000);
    expect(sync.count('provider close')).toBe(1);
    expect(sync.calls.slice(-2)).toEqual(['session 1 close', 'provider close']);
    expect(world.host.safeToPrune()).toBeNull();
  });

  it('leaves nothing to happen when it is closed', async () => {
    const sync = new Scripted('a', { createProvider: (cx) => cx.wakeAfter(60_000) });
    const world = new World([sync]);
    world.open();
    await world.run();
    sync.cx.wakeAfter(60_000);
    world.host.close();
    await world.run();
    expect(world.sim.nextAt).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(['poll', 'receive', 'committed', 'marker', 'completed', 'safeToPrunePrefix', 'close'] as const)(
    'that throws in %s is told of by name, and everything goes on',
    async (method) => {
      const fail = (): never => {
        throw new Error('planted');
      };
      const handed: string[] = [];
      const bad = new Scripted('bad', {
        createProvider: (cx) => cx.start(async () => 1, 'work'),
        provider: { [method]: fail } as Partial<Provider>,
        session: { receive: (text) => handed.push(text) },
      });
      const good = new Scripted('good', {
        provider: { committed: () => {}, safeToPrunePrefix: () => 2 as Index },
      });
      const world = new World([bad, good]);
      world.bond('n2');
      world.open();
      await world.run();
      const bytes = new TextEncoder().encode('1:hello');
      world.host.received(peer('n2'), { strategy: 'bad', version: 1, bytes });
      world.host.committed(cursor(1, 2));
      world.host.fed(encodeFed('bad', new Uint8Array(1)), cursor(1, 2));
      await world.run();
      expect(world.host.safeToPrune()).toBe(method === 'safeToPrunePrefix' ? 0 : 2);
      // A receive that throws has taken the message.
      expect(handed).toEqual(method === 'receive' ? [] : ['hello']);
      expect(good.count('provider committed')).toBe(1);
      expect(world.host.status().session?.strategy).toBe('bad');
      world.host.close();
      expect(world.texts('warn')).toEqual([`bad: ${method} of its provider threw: planted`]);
      expect([...bad.overlaps, ...good.overlaps]).toEqual([]);
    },
  );

  it.each([
    ['poll', { poll: () => Promise.reject(new Error('lost')) as never }, 'has to be synchronous'],
    ['poll', { poll: () => true as never }, 'neither pending nor again'],
    ['receive', { receive: () => undefined as never }, 'neither true nor false'],
    ['receive', { receive: async () => true }, 'has to be synchronous'],
  ])('whose %s gives what is no answer is told of', async (method, provider, why) => {
    const sync = new Scripted('bad', { provider: provider as Partial<Provider> });
    const world = new World([sync]);
    world.bond('n2');
    world.host.received(peer('n2'), { strategy: 'bad', version: 1, bytes: new TextEncoder().encode('1:x') });
    await world.run();
    expect(world.texts('warn')[0]).toContain(`bad: ${method} of its provider threw: `);
    expect(world.texts('warn')[0]).toContain(why);
  });

  it.each(['poll', 'committed', 'marker', 'safeToPrunePrefix', 'completed', 'close'] as const)(
    'whose %s cannot even be looked at makes the join fail, and later hurts nobody',
    async (method) => {
      let lives = true;
      const provider = Object.defineProperty({ receive: () => false }, method, {
        get: () => {
          if (lives) return undefined;
          throw new Error('planted');
        },
      });
      const bad = Object.assign(new Scripted('bad'), { createProvider: () => provider as Provider });
      const good = new Scripted('good', { provider: { committed: () => {} } });
      const world = new World([bad, good]);
      lives = false;
      world.host.committed(cursor(1, 2));
      world.host.fed(encodeFed('bad', new Uint8Array(1)), cursor(1, 2));
      expect(world.host.safeToPrune()).toBeNull();
      await world.run();
      expect(good.count('provider committed')).toBe(1);
      world.host.close();
      expect(() => new World([bad])).toThrow('planted');
    },
  );

  it('that throws in each poll does not fill the log', async () => {
    const sync = new Scripted('bad', {
      provider: {
        poll: (cx) => {
          cx.wakeAfter(10);
          throw new Error('planted');
        },
      },
    });
    const world = new World([sync]);
    await world.run(60_000);
    expect(sync.count('provider poll')).toBeGreaterThan(5_000);
    expect(world.texts('warn').length).toBeLessThanOrEqual(7);
  });
});

describe('what may be pruned', () => {
  it.each([
    [[null, null], null],
    [[null, 2], 2],
    [[1, 2], 1],
    [[9, 8], 2],
    [[-1, 2], 0],
    [[1.5, 2], 0],
    [[Number.NaN], 0],
    [[], null],
  ])('if the strategies say %j is %j', (words, least) => {
    const strategies = words.map(
      (word, i) => new Scripted(`s${i}`, { provider: { safeToPrunePrefix: () => word as Index | null } }),
    );
    const world = new World([...strategies, new Scripted('silent')]);
    expect(world.host.safeToPrune()).toBe(least);
  });

  it('is nothing while a strategy is being called', async () => {
    const words: unknown[] = [];
    const sync: Scripted = new Scripted('a', {
      provider: {
        safeToPrunePrefix: () => 2 as Index,
        committed: () => words.push(world.host.safeToPrune()),
      },
    });
    const world = new World([sync]);
    world.host.committed(cursor(1, 2));
    await world.run();
    expect(words).toEqual([null]);
    expect(sync.overlaps).toEqual([]);
  });
});

describe('what is fed', () => {
  it('is an entry of its own kind, with the name of the strategy', () => {
    const sync = new Scripted('a');
    const world = new World([sync]);
    const bytes = new Uint8Array([1, 2, 3]);
    expect(sync.providerCx?.feedCommand({ bytes })).toBe(false);
    expect(world.proposed).toEqual([]);
    world.leads = true;
    expect(sync.providerCx?.feedCommand({ bytes })).toBe(true);
    expect(sync.providerCx?.feedCommand({ command: 9 })).toBe(true);
    expect(world.proposed.map(({ kind }) => kind)).toEqual([EntryKind.sync, EntryKind.command]);
    expect(decodeFed(world.proposed[0]?.payload ?? bytes)).toEqual({ strategy: 'a', bytes });
    expect(world.proposed[1]?.payload).toEqual(new Uint8Array([9]));
  });

  it('is bounded, and bytes', () => {
    const sync = new Scripted('a');
    const world = new World([sync]);
    world.leads = true;
    const feed = (bytes: unknown): string =>
      codeOf(() => sync.providerCx?.feedCommand({ bytes: bytes as Uint8Array }));
    expect(feed(new Uint8Array(64 * 1024))).toBe('nothing');
    expect(feed(new Uint8Array(64 * 1024 + 1))).toBe('RangeError');
    expect(feed('text')).toBe('TypeError');
  });

  it('comes back at its position, with the state of it', () => {
    const told: unknown[] = [];
    const released: number[] = [];
    let count = 0;
    const machine = {
      ...noopMachine(),
      createSnapshot: (version: number): Snapshot => {
        expect(version).toBe(3);
        count += 1;
        const mine = count;
        return { length: mine, release: () => released.push(mine) } as unknown as Snapshot;
      },
      installSnapshot: () => {},
    };
    const marker: Provider['marker'] = (bytes, at, snapshot) => told.push([...bytes], at, snapshot?.length);
    const sync = new Scripted('a', { provider: { marker } });
    const world = new World([sync, new Scripted('b')], { machine });
    world.host.fed(encodeFed('a', new Uint8Array([1])), cursor(1, 3));
    expect(told).toEqual([[1], cursor(1, 3), 1]);
    expect(released).toEqual([]);
    world.host.fed(encodeFed('b', new Uint8Array([7])), cursor(1, 4));
    world.host.fed(encodeFed('a', new Uint8Array([2])), cursor(1, 5));
    expect(told.slice(3)).toEqual([[2], cursor(1, 5), 2]);
    expect(released).toEqual([1]);
    world.host.close();
    expect(released).toEqual([1, 2]);
  });

  it('comes with bytes of its own, also where entries lie in a Buffer, whose slices share its memory', () => {
    const marker: Provider['marker'] = (bytes) => bytes.fill(9);
    const world = new World([new Scripted('a', { provider: { marker } })]);
    const payload = Buffer.from(encodeFed('a', new Uint8Array([1, 2, 3])));
    const before = [...payload];
    world.host.fed(payload, cursor(1, 3));
    expect([...payload]).toEqual(before);
  });

  it('comes without a state if the machine cannot be captured', () => {
    const told: unknown[] = [];
    const sync = new Scripted('a', { provider: { marker: (_bytes, _at, snapshot) => told.push(snapshot) } });
    new World([sync]).host.fed(encodeFed('a', new Uint8Array(1)), cursor(1, 3));
    const createSnapshot = (): never => {
      throw new Error('planted');
    };
    const world = new World([sync], {
      machine: { ...noopMachine(), createSnapshot, installSnapshot: () => {} } as never,
    });
    world.host.fed(encodeFed('a', new Uint8Array(1)), cursor(1, 3));
    expect(told).toEqual([null, null]);
    expect(world.texts('warn')).toEqual(['a: the machine cannot be captured: planted']);
  });

  it('waits for its turn if it is applied within a call of a strategy, in order', async () => {
    const told: number[] = [];
    const sync = new Scripted('a', {
      provider: {
        marker: (bytes) => told.push(bytes[0] ?? 0),
        committed: () => {
          world.host.fed(encodeFed('a', new Uint8Array([1])), cursor(1, 3));
          world.host.fed(encodeFed('a', new Uint8Array([2])), cursor(1, 4));
        },
      },
    });
    const world: World = new World([sync]);
    world.host.committed(cursor(1, 4));
    world.turn();
    world.host.fed(encodeFed('a', new Uint8Array([3])), cursor(1, 5));
    await world.run();
    expect(told).toEqual([1, 2, 3]);
    expect(sync.overlaps).toEqual([]);
  });

  it('is ignored with a note if the strategy is not here or the bytes are none', () => {
    const world = new World([new Scripted('a')]);
    world.host.fed(encodeFed('other', new Uint8Array(1)), cursor(1, 3));
    world.host.fed(new Uint8Array([200]), cursor(1, 4));
    expect(world.texts('warn')).toHaveLength(2);
    expect(world.texts('warn')[0]).toContain('entry 3 is of the strategy other');
    expect(codeOf(() => decodeFed(new Uint8Array([1, 32, 0])))).toBe('DecodeError');
    expect(codeOf(() => decodeFed(new Uint8Array([...encodeFed('a', new Uint8Array(1)), 0])))).toBe(
      'DecodeError',
    );
  });
});

describe('a log of a group', () => {
  it('is never what a strategy gets', () => {
    const sync = new Scripted('a');
    const world = new World([sync]);
    expect(sync.providerCx?.log).not.toBe(world.log);
    expect(sync.providerCx?.log).not.toBeInstanceOf(FakeLog);
  });
});
