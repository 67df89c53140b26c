import { type Clock, SmaltiError } from '@smalti/core';
import { Account, type Promised } from './account.ts';
import type { Limits, ReadyOptions } from './api.ts';
import type { CallOrder } from './call-order.ts';
import { checkTimeout } from './check-timeout.ts';
import { aborted, callError } from './errors.ts';

/** Someone who waits for room. */
interface Waiter {
  readonly share: Account;
  readonly bytes: number;
  readonly settle: (error: SmaltiError | null) => void;
}

/**
 * Bounds what waits in a group on this node: by handle and in all. The group's queue is first come, first served, so
 * that what a call waits for is bounded by what the handles before it may have waiting: a handle that floods its group
 * fills its own share and no more, and the calls of others wait for that share at most. Nor do many such handles keep
 * others out: the last of a group's bound is for those that have nothing waiting.
 *
 * Commands and reads of a handle share its account. In all they are counted apart, so that commands that pile up keep
 * no read out.
 */
export class Credits {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #commands: Account;
  readonly #reads: Account;
  readonly #waiters = new Set<Waiter>();
  #lookDue = false;
  #over: SmaltiError | null = null;

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#commands = new Account(clock, limits, 'maxPending', 'maxPendingBytes');
    this.#reads = new Account(clock, limits, 'maxPending', 'maxPendingBytes');
  }

  /** Bytes of commands that wait. */
  get bytes(): number {
    return this.#commands.bytes;
  }

  /**
   * @param order of the handle; null for what no handle waits for, which is counted in all alone: of the command that it
   *   asks about nothing is known then.
   * @throws Overloaded if a command of so many bytes may not wait: nothing is counted then.
   */
  admit(order: CallOrder | null, bytes: number): void {
    const share = this.#share(order);
    const refusal =
      share?.refusal(bytes, false, 'what this handle has waiting') ??
      this.#commands.refusal(
        bytes,
        (share?.calls ?? 0) > 0,
        'what the commands of this group have waiting',
        order === null ? 'unknown' : 'not-applied',
      );
    if (refusal !== null) throw refusal;
  }

  /** A command waits. */
  take(order: CallOrder | null, bytes: number): void {
    this.#share(order)?.take(bytes);
    this.#commands.take(bytes);
  }

  /** A command has settled. */
  give(order: CallOrder | null, bytes: number): void {
    this.#share(order)?.give(bytes);
    this.#commands.give(bytes);
    this.#changed();
  }

  /** A command still waits, and takes so many bytes less. */
  shrink(order: CallOrder | null, bytes: number): void {
    this.#share(order)?.shrink(bytes);
    this.#commands.shrink(bytes);
    this.#changed();
  }

  /** A read waits. @throws Overloaded if it may not. */
  takeRead(order: CallOrder): void {
    const share = this.#share(order);
    const refusal =
      share.refusal(0, false, 'what this handle has waiting') ??
      this.#reads.refusal(0, share.calls > 0, 'what the reads of this group have waiting');
    if (refusal !== null) throw refusal;
    share.take(0);
    this.#reads.take(0);
  }

  /** A read has ended. */
  giveRead(order: CallOrder): void {
    this.#share(order).give(0);
    this.#reads.give(0);
    this.#changed();
  }

  /** Resolves when a command of that handle may wait. Who waited longest goes first. */
  ready(order: CallOrder, options: ReadyOptions): Promise<void> {
    const { signal, timeoutMs, bytes = 0 } = options;
    return new Promise((resolve, reject) => {
      checkTimeout(options);
      checkBytes(bytes);
      if (this.#over !== null) return reject(this.#over);
      if (signal?.aborted) return reject(aborted('none'));
      const share = this.#share(order);
      const pressing = share.calls > 0;
      const room = share.hasRoom(bytes, false) && this.#commands.hasRoom(bytes, pressing);
      if (this.#waiters.size === 0 && room) return resolve();
      const settle = (error: SmaltiError | null): void => {
        this.#waiters.delete(waiter);
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
        if (error === null) resolve();
        else reject(error);
      };
      const waiter: Waiter = { share, bytes, settle };
      const giveUp = (why: SmaltiError): void => {
        settle(why);
        // Those behind it may have waited for it alone.
        this.#changed();
      };
      const onAbort = (): void => giveUp(aborted('none'));
      const late = (): void =>
        giveUp(callError('TIMEOUT', `there was no room for a command within ${timeoutMs} ms`, 'none'));
      const timer = timeoutMs === undefined ? null : this.#clock.setTimer(timeoutMs, late);
      signal?.addEventListener('abort', onAbort);
      this.#waiters.add(waiter);
      this.#changed();
    });
  }

  /** The group is over on this node: who waits is told why, and nobody waits any more. */
  close(why: SmaltiError): void {
    this.#over ??= why;
    for (const waiter of [...this.#waiters]) waiter.settle(this.#over);
  }

  #share(order: CallOrder): Account;
  #share(order: CallOrder | null): Account | null;
  #share(order: CallOrder | null): Account | null {
    if (order === null) return null;
    order.share ??= new Account(this.#clock, this.#limits, 'maxHandlePending', 'maxHandleBytes');
    return order.share;
  }

  /** Looks once for all that settles together. */
  #changed(): void {
    if (this.#lookDue || this.#waiters.size === 0) return;
    this.#lookDue = true;
    void Promise.resolve().then(() => {
      this.#lookDue = false;
      this.#look();
    });
  }

  /** Lets in no more than there is room for: the others would come in vain. */
  #look(): void {
    const promised = new Map<Account, Promised>();
    const promisedTo = (account: Account): Promised => promised.get(account) ?? { calls: 0, bytes: 0 };
    const promise = (account: Account, bytes: number): void => {
      const before = promisedTo(account);
      promised.set(account, { calls: before.calls + 1, bytes: before.bytes + bytes });
    };
    let full = false;
    for (const waiter of this.#waiters) {
      const { share, bytes } = waiter;
      const mine = promisedTo(share);
      if (!share.hasRoom(bytes, false, mine)) continue;
      const pressing = share.calls + mine.calls > 0;
      // Nobody is overtaken by a smaller call: it might never find its room.
      if (pressing && full) continue;
      if (!this.#commands.hasRoom(bytes, pressing, promisedTo(this.#commands))) {
        if (!pressing) return;
        full = true;
        continue;
      }
      promise(this.#commands, bytes);
      promise(share, bytes);
      waiter.settle(null);
    }
  }
}

/** Nothing would ever have room for what is no number. @throws SmaltiError `BAD_OPTION`. */
function checkBytes(bytes: number): void {
  if (Number.isFinite(bytes) && bytes >= 0) return;
  const text = `option bytes is ${String(bytes)}, and must be a finite number of at least 0`;
  throw new SmaltiError('BAD_OPTION', text, { outcome: 'none', details: { option: 'bytes', value: bytes } });
}
