import {
  type Cursor,
  decodeOutcome,
  decodeSkip,
  type Entry,
  EntryKind,
  type GroupLog,
  type Index,
  nameOfEntry,
  payloadOf,
  type Scheduler,
  type Skip,
  type SmaltiError,
  sameCursor,
  sameEntry,
  type Term,
} from '@smalti/core';

/** Read at once, in bytes. */
const READ_BYTES = 1024 * 1024;

/** A skip, and the entry that it is in. */
export interface SkipAt {
  readonly at: Cursor;
  readonly skip: Skip;
}

/** A checkpoint that was agreed on, by the entry at `at`. */
interface AgreedAt {
  readonly at: Cursor;
  readonly marker: Index;
}

/** What the book needs of the log that it is about. */
export interface SkipBookPort {
  /** Of the entry at that index, as far as the engine sees; undefined if there is none. */
  termAt(index: Index): Term | undefined;
  /** Entries up to here are committed. */
  committed(): Index;
}

/** What a log is searched with. */
export interface SearchParts {
  readonly log: Pick<GroupLog, 'last' | 'read'>;
  readonly scheduler: Scheduler;
}

/**
 * What the log says of commands that are not applied. An entry is skipped because of what comes after it, so a replica has
 * to know of that first: of all skips that its log holds, committed or not, before it applies what they name. What is not
 * committed may still be cut, and is waited for.
 */
export class SkipBook {
  readonly #port: SkipBookPort;
  #skips: SkipAt[] = [];
  #agreed: AgreedAt[] = [];
  #complete = false;

  constructor(port: SkipBookPort) {
    this.#port = port;
  }

  /** False while the log that a node has begun with is searched: nothing may be applied before. */
  get complete(): boolean {
    return this.#complete;
  }

  /**
   * Searches what the log holds after that index. Called once, when the node begins; what is written later is told by
   * {@link written}.
   *
   * @param done with what keeps the log from being read, which is final; at once if there is nothing to be read.
   */
  search(parts: SearchParts, after: Index, done: (error: SmaltiError | null) => void): void {
    // Entry 1 is a birth.
    this.#read(parts, Math.max(after, 1), parts.log.last.index, done);
  }

  #read(parts: SearchParts, after: number, last: Index, done: (error: SmaltiError | null) => void): void {
    if (after >= last) {
      this.#complete = true;
      done(null);
      return;
    }
    parts.log.read((after + 1) as Index, last, READ_BYTES, (error, entries) => {
      if (error !== null) return done(error);
      this.written(entries);
      // What is not there any more was cut, or a checkpoint took its place.
      const end = entries.at(-1)?.index ?? last;
      parts.scheduler.nextTurn(() => this.#read(parts, end, last, done));
    });
  }

  /** Entries were added to the log: they may be cut again. */
  written(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind === EntryKind.skip) this.#noteSkip(entry);
      else if (entry.kind === EntryKind.outcome) this.#noteOutcome(entry);
    }
  }

  /** What skips an entry that is to be applied next: null if nothing does, `wait` if what does may still be cut. */
  look(entry: Entry): SkipAt | 'wait' | null {
    if (this.#skips.length === 0) return null;
    const name = nameOfEntry(entry);
    const found = this.#skips.find((each) => this.#holds(each) && sameEntry(each.skip.entry, name));
    if (found === undefined) return null;
    return found.at.index <= this.#port.committed() ? found : 'wait';
  }

  /** The first one in the log for the entry at that index, committed or not. */
  of(index: Index): SkipAt | null {
    const names = ({ skip: { entry } }: SkipAt): boolean =>
      entry.index === index && this.#port.termAt(index) === entry.term;
    return this.#skips.find((each) => names(each) && this.#holds(each)) ?? null;
  }

  /** All that are committed, in the order of the log. */
  get committed(): readonly SkipAt[] {
    if (this.#skips.length === 0) return this.#skips;
    const end = this.#port.committed();
    return this.#skips.filter((each) => each.at.index <= end && this.#holds(each));
  }

  /** True if the log ends with some that may still be cut. */
  get isOpen(): boolean {
    if (this.#skips.length === 0) return false;
    const end = this.#port.committed();
    return this.#skips.some((each) => each.at.index > end && this.#holds(each));
  }

  /** The marker at that index or later on which the log says there is agreement: a majority has applied all up to it. */
  agreedFrom(index: Index): Index | null {
    return this.#agreed.find((each) => each.marker >= index && this.#holds(each))?.marker ?? null;
  }

  /** True if one after that index, committed or not, is of an entry at it or before: what was cut there may hold its command. */
  skipsAcross(index: Index): boolean {
    return this.#skips.some(
      (each) => each.skip.entry.index <= index && index < each.at.index && this.#holds(each),
    );
  }

  #noteSkip(entry: Entry): void {
    try {
      this.#skips = this.#with(this.#skips, { at: cursorOf(entry), skip: decodeSkip(payloadOf(entry)) });
    } catch {
      // Applying stops at it, and says so.
    }
  }

  #noteOutcome(entry: Entry): void {
    try {
      const outcome = decodeOutcome(payloadOf(entry));
      if (outcome.verdict !== 'agreed') return;
      this.#agreed = this.#with(this.#agreed, { at: cursorOf(entry), marker: outcome.marker });
    } catch {
      // The same.
    }
  }

  /** In the order of the log, without what is not in it any more. */
  #with<T extends { readonly at: Cursor }>(all: readonly T[], one: T): T[] {
    const others = all.filter((each) => each.at.index !== one.at.index && this.#holds(each));
    return [...others, one].sort((a, b) => a.at.index - b.at.index);
  }

  /** An entry that was cut, or pruned, says nothing any more. */
  #holds({ at }: { readonly at: Cursor }): boolean {
    const term = this.#port.termAt(at.index);
    return term !== undefined && sameCursor(at, { index: at.index, term });
  }
}

function cursorOf({ index, term }: Entry): Cursor {
  return { index, term };
}
