import { type Anchor, type Cursor, type Index, type PartName, SmaltiError, showCursor } from '@smalti/core';
import { type Distrust, distrusted } from '../errors.ts';

/** What a quarantine needs of its surroundings. */
export interface QuarantinePort {
  /** Nothing is read or executed here any more, and this node leads no more; replication and votes go on. */
  enter(why: Distrust): void;
  /** The state is that of the others again. */
  leave(): void;
  /** The newest checkpoint that the log says is agreed on, though it is not applied; null if none is known so far. */
  agreedInLog(): Anchor | null;
  /** Lets another lead, if this node does and another is ready. */
  handOver(): void;
  /** Begins to install that checkpoint in place of the state; why not, or null. */
  repair(anchor: Anchor): string | null;
  note(text: string): void;
  /** Final. */
  stop(error: SmaltiError): void;
}

/** How often a repair that has not come about is asked for, in milliseconds. */
const REPAIR_MS = 5_000;

/**
 * What a node does whose state is another than the majority's: it answers nothing out of it, and asks for a repair.
 *
 * None of this has to survive a restart. That begins from a checkpoint that is agreed on, or from the first entry, and
 * applies what follows, so its state is the agreed one; if it is not, then the same marker shows it again.
 */
export class Quarantine {
  readonly #span: number;
  readonly #port: QuarantinePort;
  #why: SmaltiError | null = null;
  /** Checkpoints that were agreed on since the state was found to be another; null if it never was. */
  #since: number | null = null;
  /** The marker of the last that was counted. */
  #counted = 0 as Index;
  /** What this node was to begin with, and could not. */
  #lacking: Anchor | null = null;
  #next = 0;
  #refused = '';

  constructor(span: number, port: QuarantinePort) {
    this.#span = span;
    this.#port = port;
  }

  /** Why nothing is answered out of the state, or null. */
  get why(): SmaltiError | null {
    return this.#why;
  }

  /** A checkpoint of that marker was agreed on. After an install that is told of some of them once more. */
  agreed({ index }: Cursor): void {
    if (index <= this.#counted) return;
    this.#counted = index;
    if (this.#since !== null) this.#since += 1;
  }

  /** At that marker the majority's state is another than this node's. */
  diverged(agreed: Anchor, own: PartName): void {
    if (this.#why !== null) return;
    if (this.#since !== null && this.#since <= this.#span) {
      const text =
        `the state of this node has diverged again at ${showCursor(agreed.at)}, ${this.#since} checkpoints after it was repaired: ` +
        'the node stops; look for a machine that is not deterministic, and test its memory and disk';
      this.#port.stop(
        new SmaltiError('DIVERGED', text, { details: { at: agreed.at, root: agreed.root, own } }),
      );
      return;
    }
    this.#since = 0;
    this.#enter({ at: agreed.at, damage: null });
  }

  /** There is no state to begin with: that checkpoint cannot be read, and is to be installed again, or a younger one. */
  lacks(anchor: Anchor, damage: SmaltiError): void {
    this.#lacking = anchor;
    this.#enter({ at: anchor.at, damage });
  }

  #enter(why: Distrust): void {
    this.#why = distrusted(why, 'none');
    this.#next = 0;
    this.#port.enter(why);
  }

  /** The state was replaced by one that is agreed on. */
  replaced(): void {
    if (this.#why === null) return;
    this.#why = null;
    this.#lacking = null;
    if (this.#since !== null) this.#since = 0;
    this.#port.leave();
  }

  /** @returns for how many milliseconds there is nothing to do unless something happens. */
  look(now: number, agreed: Anchor | null): number {
    if (this.#why === null || (agreed ?? this.#lacking) === null) return Number.POSITIVE_INFINITY;
    if (now < this.#next) return this.#next - now;
    const anchor = agreed ?? this.#port.agreedInLog() ?? this.#lacking;
    if (anchor === null) return Number.POSITIVE_INFINITY;
    this.#next = now + REPAIR_MS;
    // Nobody else may have been able to lead before.
    this.#port.handOver();
    const refusal = this.#port.repair(anchor) ?? '';
    if (refusal !== '' && refusal !== this.#refused)
      this.#port.note(`the state is not repaired yet: ${refusal}`);
    this.#refused = refusal;
    return REPAIR_MS;
  }
}
