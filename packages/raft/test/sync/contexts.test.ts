import {
  type AnyStateMachine,
  cursor,
  type Entry,
  type Index,
  noopMachine,
  type SnapshotStateMachine,
  type SyncFarewell,
  textCodec,
} from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { entriesOf } from './support/door.ts';
import { type ProviderCx, Scripted, type SessionCx } from './support/strategy.ts';
import { codeOf, peer, textOf, World } from './support/world.ts';

/** Every use of every context. */
const SHARED: Record<string, (cx: ProviderCx | SessionCx) => unknown> = {
  machine: (cx) => cx.machine,
  log: (cx) => cx.log,
  committed: (cx) => cx.committed,
  localId: (cx) => cx.localId,
  groupId: (cx) => cx.groupId,
  networkId: (cx) => cx.networkId,
  bonds: (cx) => cx.bonds,
  clock: (cx) => cx.clock,
  random: (cx) => cx.random,
  hasher: (cx) => cx.hasher,
  logger: (cx) => cx.logger,
  timing: (cx) => cx.timing,
  maxMessageBytes: (cx) => cx.maxMessageBytes,
  snapshots: (cx) => cx.snapshots,
  leader: (cx) => cx.leader(),
  sendTo: (cx) => cx.sendTo(peer('n2'), 'hi'),
  broadcast: (cx) => cx.broadcast('hi'),
  start: (cx) => cx.start(async () => 1, 'tag'),
  wakeAfter: (cx) => cx.wakeAfter(1),
};
const OF_SESSION: Record<string, (cx: SessionCx) => unknown> = {
  ...SHARED,
  position: (cx) => cx.position,
  anchor: (cx) => cx.anchor,
  mustInstall: (cx) => cx.mustInstall,
  ceiling: (cx) => cx.ceiling,
  verified: (cx) => cx.verified,
  verify: (cx) => cx.verify(new Uint8Array(0)),
  append: (cx) => cx.append(entriesOf(3, [1]), () => {}),
  install: (cx) => cx.install({ at: { term: 1, index: 1 }, root: 'root' } as never, () => {}),
  setCommitted: (cx) => cx.setCommitted({ term: 1, index: 2 } as never),
  report: (cx) =>
    cx.report({
      phase: 'asking',
      bytesDone: 0,
      bytesTotal: null,
      partsReused: 0,
      peers: [],
      sources: new Map(),
      remainingMs: null,
    }),
};
const OF_PROVIDER: Record<string, (cx: ProviderCx) => unknown> = {
  ...SHARED,
  isLeader: (cx) => cx.isLeader(),
  feedCommand: (cx) => cx.feedCommand({ bytes: new Uint8Array(1) }),
};

async function setup(machine?: AnyStateMachine): Promise<{ world: World; sync: Scripted; cx: ProviderCx }> {
  const sync = new Scripted('replay');
  const world = new World([sync], machine === undefined ? {} : { machine });
  world.open();
  await world.run();
  if (sync.providerCx === null) throw new Error('no provider');
  return { world, sync, cx: sync.providerCx };
}

describe('a context', () => {
  it('shows the group as it is', async () => {
    const { world, cx } = await setup();
    world.bond('n3');
    world.bond('n2');
    expect(cx.bonds.map(({ id }) => id)).toEqual(['n2', 'n3']);
    expect([cx.bonds, ...cx.bonds, ...cx.bonds.map(({ protocol }) => protocol)].every(Object.isFrozen)).toBe(
      true,
    );
    expect([cx.localId, cx.groupId, cx.networkId]).toEqual(['n1', 'd'.repeat(64), 'net']);
    expect(cx.committed).toEqual({ term: 1, index: 2 });
    expect([cx.leader(), cx.isLeader()]).toEqual(['n2', false]);
    expect(cx.timing).toEqual({ heartbeatMs: 20, electionMs: 100 });
    expect(cx.maxMessageBytes).toBe(1_000);
    expect(cx.clock.now()).toBe(world.sim.now);
    expect(cx.random.next()).toBeLessThan(1);
    cx.logger.info('hello');
    expect(world.lines.at(-1)).toEqual({ level: 'info', text: 'hello', fields: { strategy: 'replay' } });
  });

  it.each(Object.keys(OF_SESSION))('of a session refuses %s after its end, by name', async (name) => {
    const { world, sync } = await setup();
    const { cx } = sync;
    const use = (): unknown => OF_SESSION[name]?.(cx);
    expect(codeOf(use)).toBe('nothing');
    world.host.sessionOver(1, 'elected');
    expect(codeOf(use)).toBe('CONTEXT_REVOKED');
    expect(textOf(use)).toMatch(new RegExp(`^replay: the session has ended, .*${name}`));
    expect(world.host.status().totals.failed).toBe(0);
    await world.run();
  });

  it.each(Object.keys(OF_PROVIDER))('of a provider refuses %s after its end, by name', async (name) => {
    const { world, cx } = await setup();
    const use = (): unknown => OF_PROVIDER[name]?.(cx);
    expect(codeOf(use)).toBe('nothing');
    world.host.close();
    expect(codeOf(use)).toBe('CONTEXT_REVOKED');
    expect(textOf(use)).toMatch(new RegExp(`^replay: the provider has ended, .*${name}`));
  });

  it('is dead within the call in which the session is ended, and close comes after it', async () => {
    let code = '';
    const sync: Scripted = new Scripted('replay', {
      session: {
        poll: (cx) => {
          world.host.sessionOver(1, 'disk-full');
          code = codeOf(() => cx.verified);
          return 'again';
        },
      },
    });
    const world = new World([sync]);
    world.open();
    await world.run();
    expect(code).toBe('CONTEXT_REVOKED');
    expect(sync.calls.slice(-2)).toEqual(['session 1 poll', 'session 1 close']);
    expect(sync.overlaps).toEqual([]);
  });

  it.each(['poll', 'engine', 'group'] as const)(
    'H27: leaves a last word to peers: ended by %s',
    async (by) => {
      const last: SyncFarewell<string>[] = [];
      const sync = new Scripted('replay', {
        session: {
          ...(by === 'poll' && { poll: () => ({ done: cursor(1, 1) }) }),
          close: (farewell) => {
            last.push(farewell);
            farewell.sendTo(peer('n2'), 'thanks');
          },
        },
      });
      const world = new World([sync]);
      world.bond('n2', [{ strategy: 'replay', min: 1, max: 1 }]);
      world.open();
      await world.run();
      if (by === 'engine') world.host.sessionOver(1, 'replication');
      if (by === 'group') world.host.close();
      expect(world.sent.map(({ to, envelope }) => [to, textCodec.decode(envelope.bytes)])).toEqual([
        ['n2', expect.stringContaining('thanks')],
      ]);
      expect(codeOf(() => last[0]?.sendTo(peer('n2'), 'more'))).toBe('CONTEXT_REVOKED');
      expect(world.sent).toHaveLength(1);
      expect(sync.overlaps).toEqual([]);
    },
  );

  it('is dead if its session was ended while it was made, and the session is closed', async () => {
    const sync = new Scripted('replay', { createSession: () => world.host.sessionOver(1, 'elected') });
    const world: World = new World([sync]);
    world.open();
    await world.run();
    expect(sync.calls.slice(-2)).toEqual(['createSession 1', 'session 1 close']);
    expect(codeOf(() => sync.cx.verified)).toBe('CONTEXT_REVOKED');
    expect(sync.overlaps).toEqual([]);
  });

  it('leads nowhere else', async () => {
    const { sync, cx } = await setup();
    for (const context of [cx, sync.cx, cx.log]) {
      expect(Object.keys(context)).toEqual([]);
      expect(Object.isFrozen(context)).toBe(true);
      for (let at = Object.getPrototypeOf(context); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
        expect(Object.isFrozen(at)).toBe(true);
      }
    }
    Object.assign(sync.cx.verified, { index: 99 });
    Object.assign(cx.log.last, { index: 99 });
    expect(sync.cx.verified.index).toBe(2);
    expect(cx.log.last.index).toBe(2);
  });
});

describe('the log of a context', () => {
  it('can be looked at and read, and answers in a turn', async () => {
    const { world, sync, cx } = await setup();
    expect(cx.log.base).toEqual({ term: 0, index: 0 });
    expect(cx.log.available).toEqual({ first: 1, last: 2 });
    expect(cx.log.termAt(2 as Index)).toBe(1);
    const got: (readonly Entry[])[] = [];
    cx.log.read(1 as Index, 2 as Index, 1_000, (_, entries) => got.push(entries));
    world.log.reads[0]?.();
    expect(got).toEqual([]);
    await world.run();
    expect(got.map((entries) => entries.length)).toEqual([2]);
    expect(sync.overlaps).toEqual([]);
  });

  it('is dead after the end: no use, and no answer to what was asked before', async () => {
    const { world, sync } = await setup();
    const { log } = sync.cx;
    let answers = 0;
    log.read(1 as Index, 2 as Index, 1_000, () => answers++);
    log.read(1 as Index, 2 as Index, 1_000, () => answers++);
    world.log.reads[0]?.();
    world.host.sessionOver(1, 'elected');
    world.log.reads[1]?.();
    await world.run();
    expect(answers).toBe(0);
    for (const use of [
      () => log.base,
      () => log.last,
      () => log.available,
      () => log.termAt(1 as Index),
      () => log.read(1 as Index, 2 as Index, 1_000, () => {}),
    ]) {
      expect(codeOf(use)).toBe('CONTEXT_REVOKED');
    }
  });

  it('bounds reads that are not answered, and refuses ranges that are none', async () => {
    const { world, cx } = await setup();
    const read = (first: number, last: number, bytes = 100, done: unknown = () => {}): string =>
      codeOf(() => cx.log.read(first as Index, last as Index, bytes, done as never));
    expect(read(2, 1)).toBe('RangeError');
    expect(read(Number.NaN, 1)).toBe('RangeError');
    expect(read(1, 2, Number.NaN)).toBe('RangeError');
    expect(read(1, 2, 100, null)).toBe('RangeError');
    for (let i = 0; i < 64; i++) expect(read(1, 2)).toBe('nothing');
    expect(read(1, 2)).toBe('SYNC_REFUSED');
    for (const answer of world.log.reads) answer();
    await world.run();
    expect(read(1, 2)).toBe('nothing');
  });
});

/** A machine whose class keeps its state in fields that can and cannot be reached. */
class Counter implements SnapshotStateMachine<number, number, number> {
  readonly descriptor = noopMachine().descriptor;
  readonly signature = 'test/counter/1';
  readonly commands = noopMachine().commands as never;
  readonly results = noopMachine().results as never;
  readonly queries = noopMachine().queries as never;
  #count = 7;
  label = 'counter';

  apply(by: number): number {
    this.#count += by;
    return this.#count;
  }

  applyBatch(): number[] {
    return [];
  }

  query(): number {
    return this.#count;
  }

  createSnapshot(): never {
    return { length: this.#count } as never;
  }

  emptySnapshot(): never {
    return {} as never;
  }

  installSnapshot(): void {
    this.#count = 0;
  }

  self(): this {
    return this;
  }
}

describe('the machine of a context', () => {
  it('can be queried and captured', async () => {
    const { cx } = await setup(new Counter());
    const machine = cx.machine as unknown as Counter;
    expect(machine.query()).toBe(7);
    expect(machine.createSnapshot()).toEqual({ length: 7 });
    expect(machine.label).toBe('counter');
    expect('createSnapshot' in machine).toBe(true);
    expect(machine.query).toBe(machine.query);
    expect(machine.self()).toBe(machine);
  });

  it('cannot be changed: not by its methods, its fields or its prototype', async () => {
    const real = new Counter();
    const { world, cx } = await setup(real);
    const machine = cx.machine as unknown as Counter & Record<string, unknown>;
    expect(codeOf(() => machine.apply(1))).toBe('SYNC_REFUSED');
    expect(codeOf(() => machine.applyBatch())).toBe('SYNC_REFUSED');
    expect(codeOf(() => machine.installSnapshot())).toBe('SYNC_REFUSED');
    expect(textOf(() => machine.apply(1))).toBe(
      "replay: apply of the machine is not a strategy's to call or to change",
    );
    expect(
      codeOf(() => {
        machine.label = 'changed';
      }),
    ).toBe('SYNC_REFUSED');
    expect(codeOf(() => Object.defineProperty(machine, 'label', { value: 'x' }))).toBe('SYNC_REFUSED');
    expect(codeOf(() => Reflect.deleteProperty(machine, 'label'))).toBe('SYNC_REFUSED');
    expect(codeOf(() => Object.setPrototypeOf(machine, {}))).toBe('SYNC_REFUSED');
    expect(Object.getPrototypeOf(machine)).toBeNull();
    expect(machine.constructor).toBeUndefined();
    expect(real.query()).toBe(7);
    expect(real.label).toBe('counter');
    await world.run();
  });

  it('is dead after the end, also in the hands of who kept it', async () => {
    const { world, sync } = await setup(new Counter());
    const machine = sync.cx.machine as unknown as Counter;
    const { query } = machine;
    world.host.sessionOver(1, 'elected');
    expect(codeOf(() => machine.query())).toBe('CONTEXT_REVOKED');
    expect(codeOf(() => query())).toBe('CONTEXT_REVOKED');
  });
});
