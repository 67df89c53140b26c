import type { BondPulse, Clock, MemberKey } from '@smalti/core';

/** What was heard of a peer by pulses. */
export interface Heard {
  readonly peer: MemberKey;
  readonly at: number;
}

interface Rest {
  readonly pulse: BondPulse;
  /** Up to here the engine was told. */
  told: number;
}

/** Groups that rest are looked at so often in the time between two pulses, at most. */
const GRAIN = 1 / 2;

const NOTHING: readonly Heard[] = [];

/**
 * Where pulses of bonds stand for a group's heartbeats. The engine is told what they said when it has to know: before
 * each of its steps. So a group in which nothing happens costs nothing but its looks.
 */
export class Rests {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #grainMs: number;
  readonly #confirmMs: number;
  readonly #pulseOf: (peer: MemberKey) => BondPulse | null;
  readonly #beating = new Map<MemberKey, Rest>();
  #under: { readonly leader: MemberKey; readonly rest: Rest } | null = null;

  /**
   * @param everyMs between two pulses.
   * @param confirmMs how long pulses are confirmed without this group's doing anything: longer than it ever does nothing.
   */
  constructor(
    clock: Clock,
    everyMs: number,
    confirmMs: number,
    pulseOf: (peer: MemberKey) => BondPulse | null,
  ) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#grainMs = everyMs * GRAIN;
    this.#confirmMs = confirmMs;
    this.#pulseOf = pulseOf;
  }

  /** As a leader: pulses stand for heartbeats to that follower. */
  beat(to: MemberKey, forMs: number): void {
    const pulse = this.#pulseOf(to);
    if (pulse === null) return;
    const now = this.#clock.now();
    if (this.#beating.get(to)?.pulse !== pulse) this.#beating.set(to, { pulse, told: now });
    pulse.beat(this.#everyMs, now + forMs);
  }

  /** As a follower: pulses of that leader stand for its heartbeats. */
  rest(under: MemberKey): void {
    const pulse = this.#pulseOf(under);
    if (pulse === null) return;
    const now = this.#clock.now();
    this.#under = { leader: under, rest: { pulse, told: now } };
    pulse.confirm(now + this.#confirmMs);
  }

  /** The role, the term or the leader has changed, or the group is over: what was agreed is not true any more. */
  end(): void {
    for (const { pulse } of this.#beating.values()) pulse.still();
    this.#beating.clear();
    this.#under?.rest.pulse.object();
    this.#under = null;
  }

  /**
   * When to look at something that is due at that time. Groups that rest are looked at together, a little late: what it
   * costs to wake up is more than what there is to do. What is due before the next pulse is no matter of a rest.
   */
  look(dueMs: number): number {
    if (this.#under === null && this.#beating.size === 0) return dueMs;
    if (dueMs < this.#clock.now() + this.#everyMs) return dueMs;
    // The product can fall short of what was divided: a look that comes too early would be due again at once, for ever.
    return Math.max(dueMs, Math.ceil(dueMs / this.#grainMs) * this.#grainMs);
  }

  /** What pulses have told since this was last asked. */
  news(): readonly Heard[] {
    if (this.#under !== null) {
      const { leader, rest } = this.#under;
      const { heardAt } = rest.pulse;
      if (heardAt <= rest.told) return NOTHING;
      rest.told = heardAt;
      rest.pulse.confirm(this.#clock.now() + this.#confirmMs);
      return [{ peer: leader, at: heardAt }];
    }
    if (this.#beating.size === 0) return NOTHING;
    let news: Heard[] | null = null;
    this.#beating.forEach((rest, peer) => {
      const { answeredAt } = rest.pulse;
      if (answeredAt <= rest.told) return;
      rest.told = answeredAt;
      news ??= [];
      news.push({ peer, at: answeredAt });
    });
    return news ?? NOTHING;
  }
}
