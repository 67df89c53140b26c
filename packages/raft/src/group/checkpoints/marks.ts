import {
  type CheckpointOutcome,
  decodeMarker,
  decodeOutcome,
  type Entry,
  EntryKind,
  isSnapshotStateMachine,
  type Marker,
  payloadOf,
  type SessionTable,
  type StateMachine,
} from '@smalti/core';
import type { VersionInForce } from '../versions/version-in-force.ts';
import { captureState, type StateParts } from './capture.ts';
import type { Captured, MarkPort } from './captured.ts';

/** What markers are met with. */
export interface MarksParts extends Omit<StateParts, 'machine' | 'version' | 'sessions'> {
  // biome-ignore lint/suspicious/noExplicitAny: a machine of any type can be captured
  readonly machine: StateMachine<any, any, any>;
  /** False if this node keeps no checkpoints: nothing is captured then. */
  readonly keeps: boolean;
  readonly port: MarkPort;
  /** As the applied entries made it. */
  state(): { readonly version: VersionInForce; readonly sessions: SessionTable };
  note(text: string): void;
}

/** What an applied marker, or the outcome of one, means on this node. */
export class Marks {
  readonly #parts: MarksParts;

  constructor(parts: MarksParts) {
    this.#parts = parts;
  }

  /** The entry is the last one that was applied: the state is what it has to be captured as. */
  applied(entry: Entry): void {
    const at = { index: entry.index, term: entry.term };
    if (entry.kind === EntryKind.outcome) {
      const outcome = this.#outcomeOf(entry);
      if (outcome !== null) this.#parts.port.outcome(outcome, at);
      return;
    }
    const marker = this.#markerOf(entry);
    this.#parts.port.marker(marker, at, marker === null ? null : this.#capture(marker, entry));
  }

  #capture(marker: Marker, entry: Entry): Captured | null {
    const { machine, keeps } = this.#parts;
    if (!keeps || !isSnapshotStateMachine(machine)) return null;
    const { version, sessions } = this.#parts.state();
    try {
      return captureState({ ...this.#parts, machine, version: version.now, sessions }, marker, entry);
    } catch (error) {
      this.#cannot(entry, `the machine cannot be captured: ${(error as Error).message}`);
      return null;
    }
  }

  #markerOf(entry: Entry): Marker | null {
    try {
      return decodeMarker(payloadOf(entry));
    } catch (error) {
      if (this.#parts.keeps) this.#cannot(entry, (error as Error).message);
      return null;
    }
  }

  #outcomeOf(entry: Entry): CheckpointOutcome | null {
    try {
      return decodeOutcome(payloadOf(entry));
    } catch (error) {
      this.#parts.note(
        `entry ${entry.index} tells of a checkpoint in an unknown way: ${(error as Error).message}`,
      );
      return null;
    }
  }

  #cannot(entry: Entry, why: string): void {
    this.#parts.note(`makes no checkpoint at entry ${entry.index}: ${why}`);
  }
}
