import type { Clock, Timer } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { MemberKey } from '../../vocabulary/ids.ts';
import type { BondLimits } from './limits.ts';

/** An address at which nobody else seems to be is asked again only this often: it may go to someone else. */
const NOBODY_ELSE_MS = 30_000;

/** What a {@link Dial} is made with. */
export interface DialParts {
  readonly address: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: BondLimits;
  /** Begins a handshake. Exactly one of the outcomes below follows, later. */
  attempt(dial: Dial): void;
}

/** One address that one group wants a bond with, and when to try it next. */
export class Dial {
  readonly address: string;
  readonly #parts: DialParts;
  #timer: Timer | null = null;
  #failures = 0;
  #bondedAt = 0;
  #stopped = false;
  /** Whose bond this dial rests on. */
  #rest: MemberKey | null = null;

  constructor(parts: DialParts) {
    this.address = parts.address;
    this.#parts = parts;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  start(): void {
    if (!this.#stopped) this.#parts.attempt(this);
  }

  /** There is no bond: again, after a while. */
  failed(): void {
    this.#rest = null;
    const { limits, random } = this.#parts;
    const longest = Math.min(limits.redialMaxMs, limits.redialMinMs * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    this.#again(longest * (0.5 + random.next() / 2));
  }

  /** There is a bond with whoever is there, by this dial or by another way. */
  rests(key: MemberKey): void {
    this.#rest = key;
    this.#bondedAt = this.#parts.clock.now();
  }

  /**
   * Who is there says that it is one with whom there is a bond already, by another way. That is not proven, and no
   * reason to forget the address.
   */
  restsElsewhere(key: MemberKey): void {
    this.rests(key);
    this.#again(NOBODY_ELSE_MS);
  }

  /** This node itself is there. */
  reachedOneself(): void {
    this.#rest = null;
    this.#again(NOBODY_ELSE_MS);
  }

  /** A bond has ended. */
  bondEnded(key: MemberKey): void {
    if (this.#rest !== key || this.#stopped) return;
    // A bond that comes and goes at once is no success: it must not be tried at full speed.
    const { clock, limits } = this.#parts;
    if (clock.now() - this.#bondedAt >= limits.redialMaxMs) this.#failures = 0;
    this.failed();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #again(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.setTimer(delayMs, () => {
      this.#timer = null;
      this.start();
    });
  }
}
