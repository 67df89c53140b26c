import type { BondPulse } from '../transport.ts';

/** One bond's part in the pulses of its link. */
export class Pulse implements BondPulse {
  heardAt = Number.NEGATIVE_INFINITY;
  answeredAt = Number.NEGATIVE_INFINITY;
  /** This side is named in pulses until then. */
  beatUntil = Number.NEGATIVE_INFINITY;
  /** The first pulse of the link that named it since it began to beat, or 0: no earlier one's answer is about it. */
  firstNamed = 0;
  /** Pulses that name it are confirmed until then. */
  confirmUntil = Number.NEGATIVE_INFINITY;
  readonly #begin: (pulse: Pulse, everyMs: number) => void;

  /** @param begin sees that the link sends pulses that name it. */
  constructor(begin: (pulse: Pulse, everyMs: number) => void) {
    this.#begin = begin;
  }

  beat(everyMs: number, untilMs: number): void {
    this.beatUntil = untilMs;
    this.#begin(this, everyMs);
  }

  still(): void {
    this.beatUntil = this.answeredAt = Number.NEGATIVE_INFINITY;
    this.firstNamed = 0;
  }

  confirm(untilMs: number): void {
    this.confirmUntil = untilMs;
  }

  object(): void {
    this.confirmUntil = this.heardAt = Number.NEGATIVE_INFINITY;
  }
}
