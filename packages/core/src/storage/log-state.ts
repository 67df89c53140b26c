import { type Entry, EntryKind } from '../entry/entry.ts';
import { invariant } from '../errors/invariant.ts';
import { type Cursor, type Index, ORIGIN, offset, type Term } from '../vocabulary/cursor.ts';
import { type HardState, type LogWrite, NO_HARD_STATE, type TermStart } from './log-store.ts';

/**
 * The log and the hard state of one group in memory, changed synchronously: for storages that hold all of it, and for
 * the part that every storage has to show at once. Lists that it gave out never change.
 */
export class LogState {
  base: Cursor = ORIGIN;
  hardState: HardState = NO_HARD_STATE;
  terms: readonly TermStart[] = [];
  configurations: readonly Entry[] = [];
  /** Bytes of the frames. */
  bytes = 0;
  #entries: Entry[] = [];

  get last(): Cursor {
    const entry = this.#entries.at(-1);
    return entry === undefined ? this.base : { term: entry.term, index: entry.index };
  }

  termAt(index: Index): Term | undefined {
    if (index === 0) return 0 as Term;
    if (index === this.base.index) return this.base.term;
    return this.#at(index)?.term;
  }

  /** Entries of a range, inclusive, clamped; at least one if there is one, then as many as fit in `maxBytes`. */
  read(first: Index, last: Index, maxBytes: number): readonly Entry[] {
    const found: Entry[] = [];
    let bytes = 0;
    for (let at = this.#position(Math.max(first, this.base.index + 1)); at < this.#entries.length; at++) {
      const entry = this.#entries[at] as Entry;
      bytes += entry.frame.length;
      if (entry.index > last || (found.length > 0 && bytes > maxBytes)) break;
      found.push(entry);
    }
    return found;
  }

  /** @throws InvariantError if the entries do not follow what is there; nothing has changed then. */
  check({ truncateFrom, entries = [] }: LogWrite): void {
    const { base, last } = this;
    if (truncateFrom !== undefined) {
      invariant(
        truncateFrom > base.index,
        `truncating from ${truncateFrom}, and the log begins after ${base.index}`,
      );
    }
    const end = Math.min(last.index, (truncateFrom ?? Number.POSITIVE_INFINITY) - 1);
    let before: Cursor = { index: end as Index, term: this.termAt(end as Index) as Term };
    for (const entry of entries) {
      invariant(entry.index === before.index + 1, `entry ${entry.index} is to follow ${before.index}`);
      invariant(
        entry.term >= before.term,
        `entry ${entry.index} of term ${entry.term} is to follow term ${before.term}`,
      );
      before = entry;
    }
  }

  /** Makes a write that was checked. */
  write({ truncateFrom, entries = [], hardState }: LogWrite): void {
    if (truncateFrom !== undefined) this.#truncate(truncateFrom);
    for (const entry of entries) this.#append(entry);
    if (hardState !== undefined) this.hardState = hardState;
  }

  /** Removes entries up to there, inclusive; the caller knows that the log reaches that far. */
  prune(through: Index): void {
    if (through <= this.base.index) return;
    const term = this.termAt(through);
    invariant(term !== undefined, `pruning to ${through}, which is not in the log`);
    for (const entry of this.#entries.splice(0, this.#position(through) + 1))
      this.bytes -= entry.frame.length;
    this.base = { term, index: through };
    this.terms = this.terms
      .filter((_, i) => (this.terms[i + 1]?.first ?? offset(this.last.index, 1)) > offset(through, 1))
      .map(({ first, term }) => ({ first: Math.max(first, through + 1) as Index, term }));
    const inForce = this.configurations.findLastIndex(({ index }) => index <= through);
    this.configurations = this.configurations.slice(Math.max(0, inForce));
  }

  /** Makes `cursor` the base, and keeps what follows it if exactly that entry is here. */
  reset(cursor: Cursor, hardState: HardState, configuration: Entry | null): void {
    if (this.termAt(cursor.index) === cursor.term && cursor.index >= this.base.index) {
      this.prune(cursor.index);
    } else {
      this.#entries = [];
      this.bytes = 0;
      this.terms = [];
      this.configurations = [];
    }
    const after = this.configurations.filter(({ index }) => index > cursor.index);
    this.configurations = configuration === null ? after : [configuration, ...after];
    this.base = { ...cursor };
    this.hardState = hardState;
  }

  clone(): LogState {
    const copy = new LogState();
    copy.base = this.base;
    copy.hardState = this.hardState;
    copy.terms = this.terms;
    copy.configurations = this.configurations;
    copy.bytes = this.bytes;
    copy.#entries = [...this.#entries];
    return copy;
  }

  #append(entry: Entry): void {
    if (this.terms.at(-1)?.term !== entry.term)
      this.terms = [...this.terms, { first: entry.index, term: entry.term }];
    if (entry.kind === EntryKind.genesis || entry.kind === EntryKind.configuration) {
      this.configurations = [...this.configurations, entry];
    }
    this.#entries.push(entry);
    this.bytes += entry.frame.length;
  }

  #truncate(from: Index): void {
    if (from > this.last.index) return;
    for (const entry of this.#entries.splice(this.#position(from))) this.bytes -= entry.frame.length;
    this.terms = this.terms.filter(({ first }) => first < from);
    this.configurations = this.configurations.filter(({ index }) => index < from);
  }

  #at(index: Index): Entry | undefined {
    return index > this.base.index ? this.#entries[this.#position(index)] : undefined;
  }

  #position(index: number): number {
    return index - this.base.index - 1;
  }
}
