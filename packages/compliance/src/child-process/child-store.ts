import { deserialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { GroupLog, LogStore, SmaltiError, StoreCallback } from '@smalti/core';
import {
  ANSWER_BYTES,
  type ChildOptions,
  type Mailbox,
  mailboxOf,
  type Reply,
  type Request,
  type StoreFacts,
  unpackError,
} from './protocol.ts';

/** The longest that an answer is waited for, in milliseconds. */
const ANSWER_MS = 30_000;
const GETTERS: ReadonlySet<string> = new Set([
  'groups',
  ...['group', 'hardState', 'base', 'last', 'terms', 'configurations', 'bytes'],
]);
const SUBMITTED: ReadonlySet<string> = new Set([
  ...['openGroup', 'close', 'write', 'read', 'prunePrefix', 'resetTo', 'probe'],
]);

/** The files of this package lie beside each other, as sources and as they are built. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './bridge.ts' : './bridge.js', import.meta.url);

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

function deferred(): Deferred {
  const ends: { resolve?: () => void; reject?: (error: unknown) => void } = {};
  const promise = new Promise<void>((resolve, reject) => Object.assign(ends, { resolve, reject }));
  return { promise, resolve: () => ends.resolve?.(), reject: (error) => ends.reject?.(error) };
}

/** A store that lives in a process of its own. What it is asked is asked there, the getters too. */
export class ChildStore {
  readonly store: LogStore = this.#facade(0) as LogStore;
  /** Resolves when the child is gone. */
  readonly exited: Promise<void>;
  /** Resolves when the store is open. Rejects with what opening it threw. */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #mailbox: Mailbox;
  readonly #waiting = new Map<number, StoreCallback<unknown>>();
  #onFault: (error: SmaltiError) => void = () => {};
  #requests = 0;
  #dead = false;
  #facts: Partial<StoreFacts> = {};

  constructor(program: string, options: ChildOptions) {
    const shared = new SharedArrayBuffer(8 + ANSWER_BYTES);
    this.#mailbox = mailboxOf(shared);
    this.#worker = new Worker(THREAD, { workerData: { shared, program, options } });
    const opened = deferred();
    const exited = deferred();
    this.opened = opened.promise;
    this.exited = exited.promise;
    this.#worker.on('message', (reply: Reply) => {
      if (reply.type === 'opened') {
        this.#facts = reply.facts;
        opened.resolve();
      } else if (reply.type === 'refused') opened.reject(unpackError(reply.error));
      else if (reply.type === 'exited') {
        opened.reject(new Error(`the child has ended with ${reply.signal ?? reply.code} before it was open`));
        exited.resolve();
      } else this.#heard(reply);
    });
    this.#worker.on('error', (error) => {
      opened.reject(error);
      exited.resolve();
    });
    // Whether it was opened may not interest anybody any more.
    this.opened.catch(() => {});
  }

  /** As `kill -9`. Nothing of the store calls back any more. */
  async kill(): Promise<void> {
    this.#dead = true;
    this.#waiting.clear();
    this.#worker.postMessage('kill');
    await this.exited;
  }

  #heard(reply: Reply): void {
    if (this.#dead) return;
    if (reply.type === 'fault') this.#onFault(unpackError(reply.error) as SmaltiError);
    if (reply.type !== 'done') return;
    const done = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    const error = reply.error === null ? null : (unpackError(reply.error) as SmaltiError);
    done?.(error as null, reply.value);
  }

  #ask(request: Omit<Request, 'id'>, done?: StoreCallback<unknown>): unknown {
    if (this.#dead) throw new Error('the store was killed');
    this.#requests += 1;
    const id = this.#requests;
    if (done !== undefined) this.#waiting.set(id, done);
    const { state, bytes } = this.#mailbox;
    Atomics.store(state, 0, 0);
    this.#worker.postMessage({ ...request, id });
    if (Atomics.wait(state, 0, 0, ANSWER_MS) === 'timed-out') {
      throw new Error(`the child did not answer to ${request.name} within ${ANSWER_MS} ms`);
    }
    const reply = deserialize(bytes.slice(0, Atomics.load(state, 1))) as Reply;
    if (reply.type !== 'answer') throw new Error(`the child has ended, and was asked for ${request.name}`);
    if (reply.error === null) return reply.value;
    this.#waiting.delete(id);
    throw unpackError(reply.error);
  }

  /** Stands for the store (0), or for one of its logs. */
  #facade(target: number): LogStore | GroupLog {
    return new Proxy({} as LogStore & GroupLog, {
      get: (_, member) => {
        const name = String(member);
        if (name === 'then') return undefined;
        if (target === 0 && name in this.#facts) return this.#facts[name as keyof StoreFacts];
        if (GETTERS.has(name)) return this.#ask({ target, kind: 'get', name, args: [] });
        if (name === 'onFault')
          return (listener: (error: SmaltiError) => void) => {
            this.#onFault = listener;
          };
        if (!SUBMITTED.has(name)) {
          return (...args: readonly unknown[]) => this.#ask({ target, kind: 'call', name, args });
        }
        return (...given: readonly unknown[]): void => {
          const done = given.at(-1) as StoreCallback<unknown>;
          const args = given.slice(0, -1);
          this.#ask({ target, kind: 'submit', name, args }, (error, value) => {
            const log = error === null && name === 'openGroup' ? this.#facade(value as number) : value;
            done(error as null, log);
          });
        };
      },
    });
  }
}
