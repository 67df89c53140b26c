import {
  type AnyStateMachine,
  type Cursor,
  cursor,
  type Entry,
  type SessionPoll,
  SmaltiError,
  type StoreCallback,
  type SyncSession,
  type SyncSessionContext,
} from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { type AsyncSessionContext, asyncSession } from '../src/index.ts';
import { a } from './identities.ts';

type Cx = AsyncSessionContext<AnyStateMachine, string>;

/** Runs a session as its runtime does, in microtasks, on a clock that the test moves. */
class Host {
  now = 0;
  wakes: number[] = [];
  appends: StoreCallback[] = [];
  revoked = false;
  readonly session: SyncSession<AnyStateMachine, string>;
  readonly #abort = new AbortController();
  readonly cx: SyncSessionContext<AnyStateMachine, string>;

  constructor(run: (cx: Cx, signal: AbortSignal) => Promise<Cursor>, maxQueued?: number) {
    this.session = asyncSession(run, maxQueued === undefined ? {} : { maxQueued });
    const log = {
      last: cursor(1, 9),
      read: (...args: [number, number, number, StoreCallback<readonly Entry[]>]) => args[3](null, []),
    };
    const parts = {
      clock: { now: () => this.now },
      log,
      position: cursor(1, 9),
      append: (_: readonly Entry[], done: StoreCallback) => void this.appends.push(done),
      wakeAfter: (ms: number) => void this.wakes.push(this.now + ms),
      sendTo: () => true,
      start: (work: (signal: AbortSignal) => Promise<unknown>, tag: string) => {
        work(this.#abort.signal).then(
          (value) => this.session.completed?.(tag, { ok: true, value }, this.cx),
          (error: unknown) => this.session.completed?.(tag, { ok: false, error }, this.cx),
        );
      },
    };
    this.cx = Object.freeze(parts) as unknown as SyncSessionContext<AnyStateMachine, string>;
  }

  async poll(): Promise<SessionPoll> {
    this.session.poll(this.cx);
    await this.turn();
    return this.session.poll(this.cx);
  }

  async turn(): Promise<void> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  end(): void {
    this.session.close?.({ sendTo: () => false });
    this.#abort.abort();
  }
}

describe('a session written with promises', () => {
  it('is done with what it resolves with, and failed with what it throws', async () => {
    expect(await new Host(async (cx) => cx.log.last).poll()).toEqual({ done: cursor(1, 9) });
    const cannot = new SmaltiError('CANNOT_SYNC', 'no');
    expect(await new Host(() => Promise.reject(cannot)).poll()).toEqual({ failed: cannot });
    const failed = await new Host(() => Promise.reject(new TypeError('a bug'))).poll();
    expect(failed).toMatchObject({ failed: { code: 'CANNOT_SYNC', message: 'a bug' } });
  });

  it('awaits appends, reads and messages in their order', async () => {
    const seen: unknown[] = [];
    const host = new Host(async (cx) => {
      seen.push(await cx.read(1 as never, 2 as never, 10));
      seen.push(await cx.receive());
      seen.push(await cx.receive());
      await cx.append([]);
      seen.push('appended');
      return cx.position;
    });
    host.session.poll(host.cx);
    host.session.receive('early', a, host.cx);
    host.session.unreadable?.(a, host.cx);
    await host.turn();
    expect(seen).toEqual([[], { sender: a, message: 'early' }, { sender: a, message: null }]);
    expect(await host.poll()).toBe('pending');
    host.appends[0]?.(null);
    expect(await host.poll()).toEqual({ done: cursor(1, 9) });
  });

  it('rejects an append that was refused', async () => {
    const host = new Host(async (cx) => {
      await cx.append([]).catch((error: SmaltiError) => expect(error.code).toBe('SYNC_REFUSED'));
      return cx.position;
    });
    await host.poll();
    host.appends[0]?.(new SmaltiError('SYNC_REFUSED', 'no'));
    expect(await host.poll()).toHaveProperty('done');
  });

  it('sleeps and waits by the clock of the session', async () => {
    const seen: unknown[] = [];
    const host = new Host(async (cx) => {
      await cx.sleep(100);
      seen.push('slept');
      seen.push(await cx.receive(50));
      return cx.position;
    });
    await host.poll();
    expect(host.wakes).toContain(100);
    host.now = 99;
    await host.poll();
    expect(seen).toEqual([]);
    host.now = 100;
    await host.poll();
    expect(seen).toEqual(['slept']);
    host.now = 150;
    expect(await host.poll()).toHaveProperty('done');
    expect(seen).toEqual(['slept', null]);
  });

  it('does not give a message to a wait that is over', async () => {
    const seen: unknown[] = [];
    const host = new Host(async (cx) => {
      seen.push(await cx.receive(10));
      seen.push((await cx.receive())?.message);
      return cx.position;
    });
    await host.poll();
    host.now = 10;
    await host.poll();
    host.session.receive('later', a, host.cx);
    await host.poll();
    expect(seen).toEqual([null, 'later']);
  });

  it('keeps so many messages and no more', async () => {
    const seen: unknown[] = [];
    const host = new Host(async (cx) => {
      await cx.sleep(10);
      for (let received = await cx.receive(0); received !== null; received = await cx.receive(0)) {
        seen.push(received.message);
      }
      return cx.position;
    }, 2);
    await host.poll();
    for (const message of ['1', '2', '3']) host.session.receive(message, a, host.cx);
    host.now = 10;
    await host.poll();
    await host.poll();
    expect(seen).toEqual(['1', '2']);
    expect(() => asyncSession(async (cx) => cx.position, { maxQueued: 0 })).toThrow(RangeError);
  });

  it('ends with its session: what it awaits rejects, its signal is aborted, its context is dead', async () => {
    let kept: Cx | undefined;
    let ended: unknown;
    let aborted: AbortSignal | undefined;
    const host = new Host(async (cx, signal) => {
      kept = cx;
      aborted = signal;
      void cx.sleep(1);
      try {
        return (await cx.receive()) as never;
      } catch (error) {
        ended = error;
        throw error;
      }
    });
    await host.poll();
    expect(kept?.sendTo(a, 'hello')).toBe(true);
    host.end();
    await host.turn();
    expect(ended).toMatchObject({ code: 'CONTEXT_REVOKED' });
    expect(aborted?.aborted).toBe(true);
    await expect(kept?.append([])).rejects.toMatchObject({ code: 'CONTEXT_REVOKED' });
    expect(() => kept?.log).toThrow('the session has ended');
  });
});
