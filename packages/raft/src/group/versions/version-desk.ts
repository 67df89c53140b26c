import {
  type Clock,
  type Configuration,
  type Cursor,
  type Entry,
  type EntryDraft,
  EntryKind,
  type EntryName,
  encodeMachineVersion,
  type Index,
  keyOf,
  type MemberKey,
  membersOf,
  type Term,
} from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import { Reporter, type Word } from '../checkpoints/reports.ts';
import { Retry } from '../retry.ts';

/** What the desk needs of its group. */
export interface VersionDeskPort {
  readonly self: MemberKey;
  leads(): boolean;
  term(): Term;
  /** The leader, if it is another node. */
  leader(): MemberKey | null;
  applied(): Cursor;
  /** Of the machine, at what was applied last. */
  inForce(): number;
  /** The entry with the command at which the machine of this node failed, or null. */
  failed(): EntryName | null;
  /** The newest one in the log: who is on the way in counts. */
  configuration(): Configuration;
  send(to: MemberKey, body: GroupBody): boolean;
  /** The entries that were made of the drafts, or null if that cannot be now. */
  propose(drafts: readonly EntryDraft[]): readonly Entry[] | null;
  note(text: string): void;
  wake(): void;
}

/** What the desk is made of besides. */
export interface VersionDeskParts {
  /** The newest version that the machine knows here. */
  readonly newest: number;
  /** True if this node says so in what it reports of checkpoints. */
  readonly reported: boolean;
  readonly clock: Clock;
  /** How often it is tried again what could not be sent or proposed, in milliseconds. */
  readonly repeatMs: number;
}

/**
 * Brings a newer version of the machine into force when every member knows it: each tells its leader, and the leader
 * commits an entry. Nothing of it depends on checkpoints; a node that keeps none reports nothing but its version.
 */
export class VersionDesk {
  readonly #parts: VersionDeskParts;
  readonly #port: VersionDeskPort;
  readonly #reporter: Reporter;
  readonly #retry: Retry;
  /** What members have told this leader, in this term. */
  readonly #told = new Map<MemberKey, number>();
  #term = 0;
  /** What every member is known to know, until one of them tells something or the members change. */
  #counted: { readonly configuration: Configuration; readonly version: number } | null = null;
  /** What this leader has written and not applied yet. */
  #written: { readonly index: Index; readonly term: Term } | null = null;

  constructor(parts: VersionDeskParts, port: VersionDeskPort) {
    this.#parts = parts;
    this.#port = port;
    this.#reporter = new Reporter((to, body) => port.send(to, body), parts.repeatMs);
    this.#retry = new Retry(parts.clock, parts.repeatMs, () => port.wake());
  }

  bonded(member: MemberKey): void {
    this.#reporter.rebonded(member);
    // The end of the bond before may never be told, and this may be another program: it tells again.
    this.#forget(member);
    this.#port.wake();
  }

  /** It may come back with another program. */
  unbonded(member: MemberKey): void {
    this.#forget(member);
  }

  received(from: MemberKey, { machine }: { readonly machine: number }): void {
    if (!this.#port.leads()) return;
    this.#ofThisTerm();
    this.#told.set(from, machine);
    this.#counted = null;
    this.#port.wake();
  }

  /** At the end of a turn. */
  look(): void {
    this.#report();
    if (this.#port.leads()) this.#lead();
  }

  close(): void {
    this.#retry.close();
  }

  #report(): void {
    const { reported, newest, clock } = this.#parts;
    if (reported) return;
    const failed = this.#port.failed();
    const word: Word = { cut: null, format: 0, machine: newest, wanted: 0 as Index, failed };
    const waitMs = this.#reporter.look(clock.now(), this.#port.leader(), this.#port.term(), word);
    if (waitMs < Number.POSITIVE_INFINITY) this.#retry.later();
  }

  #lead(): void {
    const { term, applied } = { term: this.#port.term(), applied: this.#port.applied() };
    this.#ofThisTerm();
    // With an entry of its own term it has applied all that leaders before it have written.
    if (applied.term !== term) return;
    const written = this.#written;
    if (written !== null && written.term === term && written.index > applied.index) return;
    this.#written = null;
    const version = this.#known();
    if (version <= this.#port.inForce()) return;
    const draft = { kind: EntryKind.version, payload: encodeMachineVersion(version) };
    const entry = this.#port.propose([draft])?.[0];
    if (entry === undefined) {
      this.#retry.later();
      return;
    }
    this.#written = { index: entry.index, term: entry.term };
    this.#port.note(`every member knows version ${version} of the state machine: it comes into force`);
  }

  /** The newest version that every member is known to know; 0 if one of them has not told. */
  #known(): number {
    const { self } = this.#port;
    const configuration = this.#port.configuration();
    if (this.#counted?.configuration === configuration) return this.#counted.version;
    const told = membersOf(configuration).map((member) => {
      const key = keyOf(member);
      return key === self ? this.#parts.newest : (this.#told.get(key) ?? 0);
    });
    const version = Math.min(...told);
    this.#counted = { configuration, version };
    return version;
  }

  #forget(member: MemberKey): void {
    this.#told.delete(member);
    this.#counted = null;
  }

  /** What was told in another term may not be so any more: it is told again in this one. */
  #ofThisTerm(): void {
    const term = this.#port.term();
    if (this.#term === term) return;
    this.#term = term;
    this.#told.clear();
    this.#counted = null;
  }
}
