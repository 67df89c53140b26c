import type { Settled, Timer } from '@smalti/core';
import {
  MAX_INBOX_BYTES,
  MAX_STARTED,
  MAX_TIMER_MS,
  MESSAGE_OVERHEAD_BYTES,
  TURN_MS,
  TURN_POLLS,
} from './bounds.ts';
import { refused, revoked } from './errors.ts';
import type { Room } from './room.ts';
import { WorkSignal } from './work-signal.ts';

/** What an owner asks of the provider or session that it stands for. None of these throws. */
export interface OwnerHooks {
  /** True to be polled again. */
  poll(): boolean;
  completed(tag: string, outcome: Settled): void;
  /** A method, or a callback, of the strategy threw. */
  threw(method: string, error: unknown): void;
}

/** The answer of a call that threw. */
export const THREW: unique symbol = Symbol('threw');

/**
 * One provider or one session, as far as its life goes: what waits to be told to it, what it has started, when it
 * wants to be polled, and that all of this ends with it. Everything is told in the host's turns, in the order in which
 * it came.
 */
export class Owner {
  readonly strategy: string;
  /** `provider` or `session`. */
  readonly role: string;
  readonly #room: Room;
  readonly #hooks: OwnerHooks;
  readonly #signal: WorkSignal;
  #inbox: { readonly tell: () => void; readonly cost: number }[] = [];
  #inboxBytes = 0;
  #due = true;
  #started = 0;
  #timer: Timer | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #over = false;

  constructor(strategy: string, role: 'provider' | 'session', room: Room, hooks: OwnerHooks) {
    this.strategy = strategy;
    this.role = role;
    this.#room = room;
    this.#hooks = hooks;
    this.#signal = new WorkSignal((error) => hooks.threw('a listener of the signal', error));
  }

  get over(): boolean {
    return this.#over;
  }

  get hasWork(): boolean {
    return !this.#over && (this.#due || this.#inbox.length > 0);
  }

  /** Runs a use of the context. @throws SmaltiError `CONTEXT_REVOKED` after the end. */
  use<T>(what: string, work: () => T): T {
    this.check(what);
    return this.#room.gate.use(work);
  }

  /** @throws SmaltiError `CONTEXT_REVOKED` after the end. */
  check(what: string): void {
    if (this.#over) throw revoked(this.strategy, this.role, what);
  }

  /** Calls a method or a callback of the strategy: what it throws goes to the hooks. */
  call<T>(method: string, work: () => T): T | typeof THREW {
    try {
      const answer = this.#room.gate.call(work);
      if (isPromise(answer)) {
        throw new TypeError(`${method} gave a promise, and has to be synchronous: use start`);
      }
      return answer;
    } catch (error) {
      this.#hooks.threw(method, error);
      return THREW;
    }
  }

  /** Tells something in a turn. It comes only if the owner lives then. */
  post(tell: () => void): void {
    this.#put(tell, 0);
  }

  /** As `post`, for a message of that many bytes. False, and it is dropped, if too many bytes wait already. */
  postMessage(tell: () => void, bytes: number): boolean {
    const cost = bytes + MESSAGE_OVERHEAD_BYTES;
    if (this.#inboxBytes + cost > MAX_INBOX_BYTES) return false;
    this.#put(tell, cost);
    return true;
  }

  /** Asks for a poll. */
  poke(): void {
    if (this.#over || this.#due) return;
    this.#due = true;
    this.#room.wake();
  }

  start(work: (signal: AbortSignal) => Promise<unknown>, tag: string): void {
    if (typeof work !== 'function') throw new TypeError(`${this.strategy}: start needs a function`);
    if (this.#started >= MAX_STARTED) {
      throw refused(this.strategy, `${MAX_STARTED} promises of this ${this.role} are under way already`, {
        tag,
      });
    }
    this.#started += 1;
    const settled = (outcome: Settled): void => {
      this.post(() => {
        this.#started -= 1;
        this.#hooks.completed(tag, outcome);
      });
    };
    // The executor turns a throw into a rejection.
    new Promise((resolve) => resolve(work(this.#signal.signal))).then(
      (value) => settled({ ok: true, value }),
      (error: unknown) => settled({ ok: false, error }),
    );
  }

  wakeAfter(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new RangeError(`${this.strategy}: wakeAfter needs milliseconds of at least 0, and got ${ms}`);
    }
    const { clock } = this.#room.port;
    const delay = Math.min(ms, MAX_TIMER_MS);
    const at = clock.now() + delay;
    if (at >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = clock.setTimer(delay, () => {
      this.#timer = null;
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.poke();
    });
  }

  /** Tells what waits, and polls, within the bounds of a turn. What is left waits for the next one. */
  run(): void {
    const { clock } = this.#room.port;
    const until = clock.now() + TURN_MS;
    // What is told may cause more to be told: that is for the next turn.
    for (let left = this.#inbox.length; left > 0 && !this.#over; left--) {
      const next = this.#inbox.shift();
      if (next === undefined) break;
      this.#inboxBytes -= next.cost;
      this.#due = true;
      next.tell();
      if (clock.now() >= until) break;
    }
    for (let polls = 0; polls < TURN_POLLS && this.#due && !this.#over; polls++) {
      this.#due = false;
      if (this.#hooks.poll()) this.#due = true;
      if (clock.now() >= until) break;
    }
  }

  /** The context is dead from here on, and nothing more is told. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    this.#timer = null;
    this.#inbox = [];
    this.#inboxBytes = 0;
    // Its listeners are the strategy's code.
    this.#room.gate.whenFree(() => {
      this.#room.gate.call(() => this.#signal.abort(revoked(this.strategy, this.role, 'signal')));
    });
  }

  #put(tell: () => void, cost: number): void {
    if (this.#over) return;
    this.#inbox.push({ tell, cost });
    this.#inboxBytes += cost;
    this.#room.wake();
  }
}

const nothing = (): void => {};

/** True for a promise where none belongs. Nobody waits for it, and its rejection must not end the process. */
export function isPromise(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (typeof (value as { then?: unknown }).then !== 'function') return false;
  Promise.resolve(value).then(nothing, nothing);
  return true;
}
