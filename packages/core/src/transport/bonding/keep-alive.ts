import type { Clock, Timer } from '../../ports/clock.ts';
import type { BondLimits } from './limits.ts';

/** What keep-alive does with a link. */
export interface Watched {
  received(): number;
  ping(): void;
  dead(silentMs: number): void;
}

/**
 * Finds links whose other side is gone without a word. Any byte of control that arrives is a sign of life, so that a
 * large frame on a slow link is not mistaken for silence, and nothing is asked while there is traffic.
 */
export class KeepAlive {
  readonly #clock: Clock;
  readonly #limits: BondLimits;
  readonly #link: Watched;
  #timer: Timer | null = null;
  #probe: Timer | null = null;
  #received = 0;
  #heardAt = 0;
  #tickedAt = 0;

  constructor(clock: Clock, limits: BondLimits, link: Watched) {
    this.#clock = clock;
    this.#limits = limits;
    this.#link = link;
  }

  start(): void {
    if (this.#limits.pingMs <= 0) return;
    this.#heardAt = this.#tickedAt = this.#clock.now();
    this.#schedule();
  }

  /** There is reason to doubt the link: it must show life soon. */
  probe(): void {
    if (this.#probe || this.#limits.pingMs <= 0) return;
    const before = this.#link.received();
    this.#link.ping();
    this.#probe = this.#clock.setTimer(this.#limits.probeMs, () => {
      this.#probe = null;
      if (this.#link.received() === before) this.#link.dead(this.#limits.probeMs);
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#probe?.cancel();
    this.#timer = this.#probe = null;
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimer(this.#limits.pingMs / 2, () => this.#tick());
  }

  #tick(): void {
    const now = this.#clock.now();
    const received = this.#link.received();
    // A tick that comes late says that this process was stopped, and nothing about the other one.
    if (received !== this.#received || now - this.#tickedAt > this.#limits.pingMs) this.#heardAt = now;
    this.#received = received;
    this.#tickedAt = now;
    const silent = now - this.#heardAt;
    if (silent >= this.#limits.deadMs) {
      this.stop();
      this.#link.dead(silent);
      return;
    }
    if (silent >= this.#limits.pingMs) this.#link.ping();
    this.#schedule();
  }
}
