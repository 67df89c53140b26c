import {
  type Clock,
  type Cursor,
  type Entry,
  type EntryDraft,
  EntryKind,
  type Index,
  type Scheduler,
  type StateMachine,
  type Term,
  type Timer,
} from '@smalti/core';

/** Ticks that no read asks for are so far apart at least, in milliseconds. */
const TICK_GAP_MS = 25;
/** The wall clock may jump: it is looked at again after so many milliseconds at most. */
const MAX_WAIT_MS = 10_000;
/** Reads that are held back, at most; then the oldest goes ahead, and may see what a tick would have ended. */
const MAX_HELD = 10_000;

const TICK: readonly EntryDraft[] = [{ kind: EntryKind.tick, payload: new Uint8Array(0) }];

/** What the ticker needs of its replica. */
export interface TickerPort {
  leads(): boolean;
  term(): Term;
  termAt(index: Index): Term | undefined;
  applied(): Cursor;
  /** The entries that were made, or null if this node does not lead. */
  propose(drafts: readonly EntryDraft[]): readonly Entry[] | null;
  /** The machine threw where it must not. */
  failed(error: unknown, at: Cursor): void;
  /** The turn's end has work to do. */
  wake(): void;
}

interface HeldRead {
  /** The wall clock when it came. */
  readonly since: number;
  readonly goOn: () => void;
}

/**
 * A leader's part in group time: when its wall clock has passed its machine's deadline it commits a tick. One is under
 * way at a time, so a deadline costs one tick, and a group whose machine names no deadline none.
 *
 * A read that comes past the deadline is held until a tick that was made after it came is applied here; so the index
 * that the engine then gives it covers that tick, on whichever node the read was asked. The same holds before a new
 * leader has applied the first entry of its own term: until then it does not know its deadline.
 */
export class Ticker {
  readonly #machine: Pick<StateMachine<never, never, never>, 'nextDeadline'>;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #port: TickerPort;
  /** The tick that was proposed and is not applied. */
  #flight: Entry | null = null;
  #held: HeldRead[] = [];
  #timer: Timer | null = null;
  #timerAt = 0;
  /** By the monotonic clock: when the next tick may be proposed that no read asks for. */
  #quietUntil = 0;
  #lookDue = false;
  #stopped: boolean;

  constructor(
    machine: Pick<StateMachine<never, never, never>, 'nextDeadline'>,
    doors: { readonly clock: Clock; readonly scheduler: Scheduler },
    port: TickerPort,
  ) {
    this.#machine = machine;
    this.#clock = doors.clock;
    this.#scheduler = doors.scheduler;
    this.#port = port;
    this.#stopped = machine.nextDeadline === undefined;
  }

  /** A read comes, of this node or of a follower: `goOn` asks the engine, at once or after a tick. */
  read(goOn: () => void): void {
    if (this.#stopped || !this.#port.leads() || (this.#knows() && !this.#isDue())) {
      goOn();
      return;
    }
    this.#held.push({ since: Math.floor(this.#clock.wallNow()), goOn });
    if (this.#held.length > MAX_HELD) this.#held.shift()?.goOn();
    if (this.#flight === null && this.#knows()) this.#propose();
  }

  /** Something was applied, or the role changed. Looks at the end of the turn: it may be told within a step. */
  changed(): void {
    if (this.#stopped || this.#lookDue) return;
    if (!this.#port.leads() && this.#timer === null && this.#held.length === 0) return;
    this.#lookDue = true;
    this.#scheduler.endOfTurn(() => {
      this.#lookDue = false;
      this.#look();
    });
  }

  /** No more ticks: the machine has failed. What is held goes on. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
    this.#scheduler.endOfTurn(() => this.#release());
  }

  /** The group is closed. */
  close(): void {
    this.#held = [];
    this.stop();
  }

  #look(): void {
    if (this.#stopped) return;
    if (!this.#port.leads()) {
      this.#flight = null;
      this.#timer?.cancel();
      this.#timer = null;
      this.#release();
      return;
    }
    if (!this.#landed() || !this.#knows()) return;
    if (!this.#isDue()) {
      this.#release();
      this.#arm();
    } else if (this.#held.length > 0 || this.#clock.now() >= this.#quietUntil) {
      this.#propose();
    } else {
      this.#arm();
    }
  }

  /** True if no tick is under way any more. Reads that came before it was made go on. */
  #landed(): boolean {
    const flight = this.#flight;
    if (flight === null) return true;
    if (this.#port.applied().index >= flight.index) {
      this.#flight = null;
      this.#release(flight.stamp);
      return true;
    }
    // It may have been cut, while another led.
    if (this.#port.termAt(flight.index) === flight.term) return false;
    this.#flight = null;
    return true;
  }

  /** True if the machine has seen all that earlier leaders have committed. */
  #knows(): boolean {
    return this.#port.applied().term === this.#port.term();
  }

  #isDue(): boolean {
    const deadline = this.#deadline();
    return deadline !== null && deadline <= this.#clock.wallNow();
  }

  #deadline(): number | null {
    try {
      return this.#machine.nextDeadline?.() ?? null;
    } catch (error) {
      this.stop();
      this.#port.failed(error, this.#port.applied());
      return null;
    }
  }

  #propose(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#quietUntil = this.#clock.now() + TICK_GAP_MS;
    const [entry] = this.#port.propose(TICK) ?? [];
    this.#flight = entry ?? null;
    if (entry !== undefined) return;
    // A leader that hands over takes nothing now: it tries again, unless another leads by then.
    if (this.#port.leads()) this.#arm();
    else this.#release();
  }

  /** Reads go on, or those that came at a time or before. */
  #release(until = Number.POSITIVE_INFINITY): void {
    const go = this.#held.filter(({ since }) => since <= until);
    if (go.length === 0) return;
    this.#held = this.#held.filter(({ since }) => since > until);
    for (const { goOn } of go) goOn();
    this.#port.wake();
  }

  /** Looks again when the deadline comes, but no sooner than the next tick may be proposed. */
  #arm(): void {
    const deadline = this.#deadline();
    if (deadline === null || this.#stopped) return;
    const now = this.#clock.now();
    const wait = Math.min(Math.max(deadline - this.#clock.wallNow(), this.#quietUntil - now, 0), MAX_WAIT_MS);
    if (this.#timer !== null && this.#timerAt <= now + wait) return;
    this.#timer?.cancel();
    this.#timerAt = now + wait;
    this.#timer = this.#clock.setTimer(wait, () => {
      this.#timer = null;
      this.#look();
    });
  }
}
