import {
  type Configuration,
  type Cursor,
  decodeConfiguration,
  decodeGenesis,
  type Entry,
  EntryKind,
  type Index,
  invariant,
  keyOf,
  type Member,
  type MemberKey,
  membersOf,
  payloadOf,
  type Term,
  type TermStart,
} from '@smalti/core';
import type { LogShape } from './io.ts';

export interface ConfigurationAt {
  readonly index: Index;
  readonly configuration: Configuration;
}

/** The configuration that an entry brings, or null. */
export function configurationOf(entry: Entry): Configuration | null {
  if (entry.kind === EntryKind.genesis) return decodeGenesis(payloadOf(entry)).configuration;
  if (entry.kind === EntryKind.configuration) return decodeConfiguration(payloadOf(entry));
  return null;
}

/** What an entry costs in memory besides its frame: the object, and the view of the frame. */
const OVERHEAD_BYTES = 256;

/** What an entry costs in memory, in bytes. */
export function bytesOf(entry: Entry): number {
  return entry.frame.length + OVERHEAD_BYTES;
}

/**
 * What the engine knows of the log: the term of every entry (a short table, since terms seldom change), every
 * configuration, and a window of recent entries in memory. Everything else is read from the store when needed.
 */
export class EngineLog {
  #base: Cursor;
  #last: Cursor;
  #terms: TermStart[];
  #configurations: ConfigurationAt[];
  #window: Entry[] = [];
  #windowBytes = 0;
  readonly #windowLimit: number;

  constructor(shape: LogShape, windowLimit: number) {
    this.#windowLimit = windowLimit;
    this.#base = shape.base;
    this.#last = shape.last;
    this.#terms = [...shape.terms];
    this.#configurations = [...shape.configurations];
    invariant(this.#configurations.length > 0, 'a log has a configuration');
  }

  get base(): Cursor {
    return this.#base;
  }

  get last(): Cursor {
    return this.#last;
  }

  /** The newest configuration in the log: in force as soon as it is there (Raft §6). */
  get configuration(): Configuration {
    const newest = this.#configurations.at(-1);
    invariant(newest !== undefined, 'a log has a configuration');
    return newest.configuration;
  }

  /** Which entry brought it. */
  get configurationIndex(): Index {
    return this.#configurations.at(-1)?.index ?? (0 as Index);
  }

  /** The members of the newest configuration, and of the one before while the newest may still be cut. */
  membersSince(commit: Index): Member[] {
    const all = this.#configurations;
    const newest = all.at(-1);
    const before = all.at(-2);
    const members = newest === undefined ? [] : membersOf(newest.configuration);
    if (newest === undefined || before === undefined || newest.index <= commit) return members;
    return [...membersOf(before.configuration), ...members];
  }

  /** The newest configuration that is committed, and those after it. */
  since(commit: Index): readonly { readonly index: Index; readonly configuration: Configuration }[] {
    const first = Math.max(
      0,
      this.#configurations.findLastIndex((at) => at.index <= commit),
    );
    return this.#configurations.slice(first);
  }

  /**
   * True if a configuration names it that is committed: entry 1 is, as soon as it is there, and what is in force at the
   * base. Older ones go with the entries that were pruned: whoever was removed since then gets no entries any more.
   */
  everNamed(key: MemberKey, commit: Index): boolean {
    const names = (configuration: Configuration): boolean =>
      membersOf(configuration).some((member) => keyOf(member) === key);
    return this.#configurations.some(
      ({ index, configuration }) => index <= Math.max(commit, this.#base.index, 1) && names(configuration),
    );
  }

  /** The term of the entry at the index; undefined below the base and above the end. */
  termAt(index: Index): Term | undefined {
    if (index === this.#base.index) return this.#base.term;
    if (index < this.#base.index || index > this.#last.index) return undefined;
    for (let i = this.#terms.length - 1; i >= 0; i--) {
      const start = this.#terms[i];
      if (start !== undefined && start.first <= index) return start.term;
    }
    return this.#base.term;
  }

  /** The greatest index, at most `from`, whose term is at most `term`: where a common prefix may end. */
  lastAtMost(from: Index, term: Term): Cursor {
    let index = Math.min(from, this.#last.index) as Index;
    while (index > this.#base.index) {
      const here = this.termAt(index);
      invariant(here !== undefined, `the term at ${index} is known`);
      if (here <= term) return { index, term: here };
      index = ((this.#startOf(index) ?? this.#base.index + 1) - 1) as Index;
    }
    return this.#base;
  }

  /** Where each term begins from the index on, its own first; at most so many rows, and where they end if that cuts them. */
  termRows(from: Index, most: number): { readonly rows: TermStart[]; readonly through: Index | null } {
    const rows: TermStart[] = [];
    const term = this.termAt(from);
    if (term !== undefined) rows.push({ first: from, term });
    for (const start of this.#terms) {
      if (start.first <= from) continue;
      if (rows.length === most) return { rows, through: (start.first - 1) as Index };
      rows.push(start);
    }
    return { rows, through: null };
  }

  /** Adds entries that follow the end. */
  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      invariant(entry.index === this.#last.index + 1, `entry ${entry.index} follows ${this.#last.index}`);
      invariant(entry.term >= this.#last.term, `terms do not go back at ${entry.index}`);
      if (entry.term !== this.#last.term || this.#last.index === this.#base.index) {
        this.#terms.push({ first: entry.index, term: entry.term });
      }
      const configuration = configurationOf(entry);
      if (configuration !== null) this.#configurations.push({ index: entry.index, configuration });
      this.#window.push(entry);
      this.#windowBytes += bytesOf(entry);
      this.#last = { index: entry.index, term: entry.term };
    }
    this.#trim();
  }

  /** Removes the entries from the index on. */
  truncateFrom(index: Index): void {
    invariant(index > this.#base.index, `entry ${index} is above the base ${this.#base.index}`);
    const term = this.termAt((index - 1) as Index);
    invariant(term !== undefined, `entry ${index} exists`);
    this.#terms = this.#terms.filter((start) => start.first < index);
    this.#configurations = this.#configurations.filter(
      (at) => at.index < index || at.index <= this.#base.index,
    );
    const keep = Math.max(0, index - this.windowFirst);
    for (const entry of this.#window.splice(keep)) this.#windowBytes -= bytesOf(entry);
    this.#last = { index: (index - 1) as Index, term };
  }

  /** Forgets the entries up to there. */
  pruneTo(base: Index): void {
    if (base <= this.#base.index) return;
    const term = this.termAt(base);
    invariant(term !== undefined, `entry ${base}, which is to be pruned, exists`);
    const first = (base + 1) as Index;
    const next = this.termAt(first);
    const later = this.#terms.filter((start) => start.first > first);
    this.#terms = next === undefined ? later : [{ first, term: next }, ...later];
    const inForce = this.#configurations.findLastIndex((at) => at.index <= base);
    this.#configurations = this.#configurations.slice(Math.max(0, inForce));
    const drop = Math.max(0, first - this.windowFirst);
    for (const entry of this.#window.splice(0, drop)) this.#windowBytes -= bytesOf(entry);
    this.#base = { index: base, term };
  }

  /**
   * Makes that the base, under the configuration in force there. What follows exactly that entry stays; if it is not
   * here, nothing does.
   *
   * @returns whether it was here.
   */
  resetTo(base: Cursor, inForce: ConfigurationAt): boolean {
    const holds = this.termAt(base.index) === base.term;
    if (holds) {
      this.pruneTo(base.index);
    } else {
      this.#base = base;
      this.#last = base;
      this.#terms = [];
      this.#configurations = [];
      this.#window = [];
      this.#windowBytes = 0;
    }
    this.#configurations = [inForce, ...this.#configurations.filter((at) => at.index > base.index)];
    return holds;
  }

  /** The first index that is in memory; one past the end if none is. */
  get windowFirst(): Index {
    return this.#window[0]?.index ?? ((this.#last.index + 1) as Index);
  }

  get(index: Index): Entry | undefined {
    return this.#window[index - this.windowFirst];
  }

  /** Entries from `first` on, up to `last` and as many bytes, at least one; null if `first` is not in memory. */
  slice(first: Index, last: Index, maxBytes: number): Entry[] | null {
    const begin = first - this.windowFirst;
    if (begin < 0) return null;
    const entries: Entry[] = [];
    let bytes = 0;
    for (let i = begin; i < this.#window.length; i++) {
      const entry = this.#window[i];
      if (entry === undefined || entry.index > last) break;
      bytes += entry.frame.length;
      if (bytes > maxBytes && entries.length > 0) break;
      entries.push(entry);
    }
    return entries;
  }

  #startOf(index: Index): Index | undefined {
    for (let i = this.#terms.length - 1; i >= 0; i--) {
      const start = this.#terms[i];
      if (start !== undefined && start.first <= index) return start.first;
    }
    return undefined;
  }

  /** Keeps the window within its bound, cutting in strides so that the cost for each entry stays constant. */
  #trim(): void {
    if (this.#windowBytes <= this.#windowLimit) return;
    let drop = 0;
    let bytes = this.#windowBytes;
    while (bytes > this.#windowLimit / 2 && drop < this.#window.length - 1) {
      bytes -= bytesOf(this.#window[drop] as Entry);
      drop += 1;
    }
    this.#window = this.#window.slice(drop);
    this.#windowBytes = bytes;
  }
}
