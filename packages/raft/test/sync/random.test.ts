import { cursor, type Index, SmaltiError } from '@smalti/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFed } from '../../src/sync/fed-payload.ts';
import { entriesOf, type FakeDoor } from './support/door.ts';
import { Scripted, type SessionCx } from './support/strategy.ts';
import { codeOf, peer, World } from './support/world.ts';

const TERMS = [1, 1, 1, 2, 2, 2];

/** What happens to a host, or what its sessions do when they are called next. */
const step = fc.oneof(
  fc.record({
    event: fc.constantFrom('bond', 'unbond', 'writable', 'open', 'moved', 'over', 'written', 'turn'),
  }),
  fc.record({ event: fc.constantFrom('message', 'garbage', 'committed', 'fed', 'prune', 'buffered') }),
  fc.record({ event: fc.constant('time'), ms: fc.integer({ min: 0, max: 400 }) }),
  fc.record({
    event: fc.constantFrom('poll', 'receive', 'createSession', 'buffer', 'completed'),
    act: fc.constantFrom(
      'throw',
      'start',
      'append',
      'done',
      'failed',
      'again',
      'over',
      'open',
      'wake',
      'send',
      'nonsense',
    ),
  }),
);

/** A strategy whose next call of a method does what it was told. */
class Driven {
  readonly plans = new Map<string, string[]>();
  readonly scripted: Scripted;
  world: World | null = null;

  constructor(name: string, stack: string[]) {
    const act = (method: string, cx: SessionCx): unknown => this.#act(method, cx);
    this.scripted = new Scripted(
      name,
      {
        createSession: (cx) => void act('createSession', cx),
        provider: {
          poll: () => 'pending',
          receive: (text) => text === 'mine',
          committed: () => {},
          marker: () => {},
          safeToPrunePrefix: () => 1 as Index,
          close: () => {},
        },
        session: {
          poll: (cx) => (act('poll', cx) ?? 'pending') as never,
          receive: (_text, _sender, cx) => void act('receive', cx),
          buffer: (_at, _count, _bytes, cx) => void act('buffer', cx),
          completed: (_tag, _outcome, cx) => void act('completed', cx),
          unreadable: () => {},
          close: () => {},
        },
      },
      stack,
    );
  }

  #act(method: string, cx: SessionCx): unknown {
    const plan = this.plans.get(method)?.shift();
    const { world } = this;
    if (plan === undefined || world === null) return undefined;
    switch (plan) {
      case 'throw':
        throw new Error('planted');
      case 'start':
        return cx.start(async () => cx.append([], () => {}), 'work');
      case 'append':
        return cx.append(entriesOf(cx.verified.index + 1, TERMS.slice(cx.verified.index)), () => {});
      case 'done':
        return { done: cx.verified };
      case 'failed':
        return { failed: new SmaltiError('CANNOT_SYNC', 'planted') };
      case 'over':
        return world.host.sessionOver(world.epoch, 'replication');
      case 'open':
        return void world.open(TERMS);
      case 'wake':
        return cx.wakeAfter(10);
      case 'send':
        return void cx.broadcast('hi');
      default:
        return plan;
    }
  }
}

/** What has to hold of the calls of one strategy, whatever happened. */
function check({ calls, overlaps, contexts }: Scripted, live: boolean): void {
  expect(overlaps).toEqual([]);
  expect(calls.filter((call) => call === 'createProvider')).toHaveLength(1);
  for (const who of ['provider', ...contexts.map((_, i) => `session ${i + 1}`)]) {
    const own = calls.filter((call) => call.startsWith(`${who} `));
    const closes = own.filter((call) => call.endsWith(' close')).length;
    expect(closes).toBeLessThanOrEqual(1);
    if (closes === 1) expect(own.at(-1)).toBe(`${who} close`);
  }
  for (const [i, cx] of contexts.entries()) {
    const closed = calls.includes(`session ${i + 1} close`);
    const dead = codeOf(() => cx.verified) === 'CONTEXT_REVOKED';
    if (closed || i < contexts.length - 1 || !live) expect(dead).toBe(true);
  }
}

describe('whatever happens to a host', () => {
  it('calls never overlap, nothing is called after close, and dead contexts stay dead', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const stack: string[] = [];
        const driven = [new Driven('a', stack), new Driven('b', stack)];
        const world = new World(
          driven.map(({ scripted }) => scripted),
          { stallMs: 300 },
        );
        for (const each of driven) each.world = world;
        for (const next of steps) {
          await happen(world, driven, next);
          for (const { scripted } of driven) check(scripted, true);
        }
        const sessions = driven.flatMap(({ scripted }) => scripted.contexts);
        world.host.close();
        await world.run(1_000);
        for (const { scripted } of driven) {
          check(scripted, false);
          expect(scripted.calls.at(-1)).toBe('provider close');
        }
        for (const cx of sessions) expect(codeOf(() => cx.append([], () => {}))).toBe('CONTEXT_REVOKED');
      }),
      { numRuns: 200 },
    );
  });
});

type Step = { readonly event: string; readonly ms?: number; readonly act?: string };

async function happen(world: World, driven: readonly Driven[], { event, ms, act }: Step): Promise<void> {
  const { host } = world;
  if (act !== undefined) {
    for (const { plans } of driven) plans.set(event, [...(plans.get(event) ?? []), act]);
    return;
  }
  const from = peer('n2');
  const message = (text: string, strategy = 'a') => ({
    strategy,
    version: 1,
    bytes: new TextEncoder().encode(text),
  });
  const events: Record<string, () => unknown> = {
    bond: () => world.bond('n2', [{ strategy: 'a', min: 1, max: 1 }]),
    unbond: () => world.unbond('n2'),
    writable: () => host.writable(from),
    open: () => world.open(TERMS),
    moved: () => host.sessionMoved(),
    over: () => host.sessionOver(world.epoch, 'elected'),
    written: () => finishWrites(world.door),
    turn: () => world.turn(),
    message: () => {
      host.received(from, message('1:theirs'));
      host.received(from, message('1:mine', 'b'));
    },
    garbage: () => host.received(from, message('nonsense')),
    committed: () => host.committed(cursor(1, 2)),
    fed: () => host.fed(encodeFed('b', new Uint8Array(1)), cursor(1, 2)),
    prune: () => host.safeToPrune(),
    buffered: () => host.buffered(cursor(2, 6), 1, 40),
  };
  events[event]?.();
  if (ms !== undefined) await world.run(ms);
}

function finishWrites(door: FakeDoor | null): void {
  while (door !== null && door.writing > 0) door.written();
}
