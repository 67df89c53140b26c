import {
  type Anchor,
  type AnyStateMachine,
  type Entry,
  type Index,
  type PeerId,
  SmaltiError,
  type SyncSessionContext,
} from '@smalti/core';
import type { Sleepers } from './sleepers.ts';

/** A message that came; null if it was none that the codec reads. */
export interface Received<Message> {
  readonly sender: PeerId;
  readonly message: Message | null;
}

/** What of the session's context is the same for promises. */
type Plain<Machine extends AnyStateMachine, Message> = Omit<
  SyncSessionContext<Machine, Message>,
  'append' | 'install' | 'start' | 'wakeAfter'
>;

/**
 * The context of a session that is written with promises. All that `SyncSessionContext` says holds; what has a
 * callback there is a promise here. When the session ends, promises that are waited for reject with
 * `CONTEXT_REVOKED`, and every later use throws it or rejects with it.
 */
export interface AsyncSessionContext<Machine extends AnyStateMachine, Message>
  extends Readonly<Plain<Machine, Message>> {
  /** Resolves when the entries are durable. Rejects with `SYNC_REFUSED` or with a fault of the storage. */
  append(entries: readonly Entry[]): Promise<void>;
  /** Resolves when the checkpoint has replaced the state. */
  install(anchor: Anchor): Promise<void>;
  /** As `log.read`. */
  read(first: Index, last: Index, maxBytes: number): Promise<readonly Entry[]>;
  /**
   * The next message, in the order in which they came. Null if none has come within `withinMs` milliseconds (default:
   * no limit). While nobody waits, so many are kept as `asyncSession` was told to; those that come after are lost.
   */
  receive(withinMs?: number): Promise<Received<Message> | null>;
  /** Resolves after that many milliseconds of the session's clock. */
  sleep(ms: number): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes promises of callbacks, and ends them all when the session ends. */
export class Promises {
  readonly #waiting = new Set<Waiting>();
  #ended: SmaltiError | null = null;

  get ended(): SmaltiError | null {
    return this.#ended;
  }

  /** A promise for what `begin` gives to its callback. What `begin` throws rejects it. */
  make<T>(begin: (settle: (error: unknown, value: T) => void) => void): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      const waiting: Waiting = { resolve, reject };
      this.#waiting.add(waiting);
      try {
        begin((error, value) => {
          if (!this.#waiting.delete(waiting)) return;
          if (error === null) resolve(value);
          else reject(error);
        });
      } catch (error) {
        this.#waiting.delete(waiting);
        reject(error);
      }
    });
    // Nobody may be waiting when the session ends, and that is no fault of the process.
    promise.catch(() => {});
    return promise;
  }

  end(): void {
    if (this.#ended !== null) return;
    this.#ended = new SmaltiError('CONTEXT_REVOKED', 'the session has ended');
    for (const { reject } of this.#waiting) reject(this.#ended);
    this.#waiting.clear();
  }
}

/** What comes in for a session that is written with promises. */
export class Inbox<Message> {
  readonly #limit: number;
  readonly #kept: Received<Message>[] = [];
  readonly #takers: ((received: Received<Message> | null) => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  put(received: Received<Message>): void {
    const taker = this.#takers.shift();
    if (taker !== undefined) taker(received);
    else if (this.#kept.length < this.#limit) this.#kept.push(received);
  }

  /** Calls back with the next message: at once, or when it comes. Gives a way to take it back with null. */
  take(taker: (received: Received<Message> | null) => void): () => void {
    const kept = this.#kept.shift();
    if (kept !== undefined) {
      taker(kept);
      return () => {};
    }
    this.#takers.push(taker);
    return () => {
      const at = this.#takers.indexOf(taker);
      if (at === -1) return;
      this.#takers.splice(at, 1);
      taker(null);
    };
  }
}

/** Makes the context of a session that is written with promises. */
export function asyncContext<Machine extends AnyStateMachine, Message>(
  cx: SyncSessionContext<Machine, Message>,
  promises: Promises,
  inbox: Inbox<Message>,
  sleepers: Sleepers,
): AsyncSessionContext<Machine, Message> {
  const wake = (ms: number, then: () => void): (() => void) => {
    const cancel = sleepers.add(cx.clock.now() + ms, then);
    cx.wakeAfter(ms);
    return cancel;
  };
  const own = {
    append: (entries: readonly Entry[]) =>
      promises.make<void>((settle) => cx.append(entries, (error) => settle(error))),
    install: (anchor: Anchor) =>
      promises.make<void>((settle) => cx.install(anchor, (error) => settle(error))),
    read: (first: Index, last: Index, maxBytes: number) =>
      promises.make<readonly Entry[]>((settle) => cx.log.read(first, last, maxBytes, settle)),
    receive: (withinMs?: number) =>
      promises.make<Received<Message> | null>((settle) => {
        let cancel = (): void => {};
        const takeBack = inbox.take((received) => {
          cancel();
          settle(null, received);
        });
        if (withinMs !== undefined) cancel = wake(withinMs, takeBack);
      }),
    sleep: (ms: number) => promises.make<void>((settle) => wake(ms, () => settle(null))),
  };
  return new Proxy(own, {
    get(_, key) {
      if (Object.hasOwn(own, key)) return own[key as keyof typeof own];
      if (promises.ended !== null) throw promises.ended;
      const value: unknown = Reflect.get(cx, key, cx);
      return typeof value === 'function' ? value.bind(cx) : value;
    },
  }) as unknown as AsyncSessionContext<Machine, Message>;
}
