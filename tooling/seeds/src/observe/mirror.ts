import {
  type Configuration,
  type Cursor,
  type Entry,
  type HardState,
  type LogWrite,
  type MemberKey,
  NO_HARD_STATE,
  ORIGIN,
  type TermStart,
} from '@smalti/core';
import { type ConfigurationAt, configurationsIn } from './configurations.ts';
import { type Mark, marksIn } from './marks.ts';

/**
 * A log as terms by index; place 0 is before the first entry. What was pruned stays, and what an installed checkpoint
 * stands for counts as being there: the state has it.
 */
export type Terms = number[];

/** What a store says its log is. */
export interface LogNow {
  readonly base: Cursor;
  readonly last: number;
  readonly terms: readonly TermStart[];
  readonly hard: HardState;
  /** Entries that say who counts. */
  readonly configurations: readonly Entry[];
}

/** What a node's log looks like to the node, and what of it is on its disk as far as the store has said so. */
export class Mirror {
  /** As last submitted. */
  readonly terms: Terms = [0];
  hard: HardState = NO_HARD_STATE;
  /** As last submitted: what the entries of the log say about who counts, in their order. */
  configurations: ConfigurationAt[] = [];
  /** As last submitted: what they say about checkpoints. */
  marks: Mark[] = [];
  /** As last submitted: the entry before the first one. */
  base: Cursor = ORIGIN;
  /** As last completed. */
  readonly durableTerms: Terms = [0];
  durableHard: HardState = NO_HARD_STATE;
  /** Of the directory that the node has now. */
  key: MemberKey | null = null;
  /** What is on the disk was changed behind the node's back: nothing can be expected of it. */
  damaged = false;
  /** Terms of what is committed, by index: what is below the base of a log. */
  readonly #committed: Terms;
  /**
   * What each directory that the node ever had has had on disk by its own word, cut by nobody but the node: also after
   * the disk was lost or damaged, which no leader knows that counts an acknowledgement it has.
   */
  readonly #held = new Map<MemberKey, Terms>();
  /** Marks that the log has or had: some are there again when a write is refused. */
  readonly #seen = new Map<string, Mark>();

  constructor(committed: Terms) {
    this.#committed = committed;
  }

  get last(): number {
    return this.terms.length - 1;
  }

  /** The newest configuration of the log: in force as soon as it is there (Raft §6). */
  get configuration(): Configuration | null {
    return this.configurations.at(-1)?.configuration ?? null;
  }

  /** What the log says about who counts as of that entry. */
  configurationAt(index: number): Configuration | null {
    return this.configurations.findLast((at) => at.index <= index)?.configuration ?? null;
  }

  /** What it says as of that entry, and as of those after it. */
  configurationsSince(index: number): readonly Configuration[] {
    const first = this.configurations.findLastIndex((at) => at.index <= index);
    return this.configurations.slice(Math.max(0, first)).map(({ configuration }) => configuration);
  }

  /** The term of the entry that a directory has had on disk at the index. */
  heldBy(key: MemberKey, index: number): number | undefined {
    return this.#held.get(key)?.[index];
  }

  submitted(write: LogWrite): void {
    const { truncateFrom, entries = [] } = write;
    change(this.terms, write);
    if (truncateFrom !== undefined) {
      this.configurations = this.configurations.filter(({ index }) => index < truncateFrom);
      this.marks = this.marks.filter(({ index }) => index < truncateFrom);
    }
    this.configurations.push(...configurationsIn(entries));
    for (const mark of marksIn(entries)) this.#mark(mark);
    if (write.hardState !== undefined) this.hard = write.hardState;
  }

  completed(write: LogWrite): void {
    change(this.durableTerms, write);
    change(this.#heldNow, write);
    if (write.hardState !== undefined) this.durableHard = write.hardState;
  }

  /** True if the log has that entry: then what follows it stays when it becomes the base. */
  has({ index, term }: Pick<Mark, 'index' | 'term'>): boolean {
    return this.terms[index] === term;
  }

  /** The log begins after that entry from now on. @param now what the store says of it. */
  reset(now: LogNow): void {
    this.#is(now);
    if (!this.marks.some(({ index }) => index === now.base.index)) this.#mark({ ...now.base, outcome: null });
  }

  /** ... and is so on disk. */
  resetCompleted(cursor: Cursor, hard: HardState): void {
    for (const terms of [this.durableTerms, this.#heldNow]) {
      if (terms[cursor.index] === cursor.term) continue;
      terms.length = 1;
      this.#fill(terms, cursor);
    }
    this.durableHard = hard;
  }

  /** A write was refused, and all after it: the log is what the store says now. */
  refused(now: LogNow): void {
    this.#is(now);
  }

  /** A store was opened on what the last process left. */
  recovered(now: LogNow): void {
    this.#is(now);
    this.#replace(this.durableTerms, now);
    this.durableHard = now.hard;
    const held = this.#heldNow;
    // What a damaged disk does not show any more, it has had.
    const lost = this.damaged ? held.slice(now.last + 1) : [];
    this.#replace(held, now);
    held.push(...lost);
  }

  /** An empty disk: what is written next is another directory's. */
  wiped(): void {
    const empty: LogNow = { base: ORIGIN, last: 0, terms: [], hard: NO_HARD_STATE, configurations: [] };
    this.#is(empty);
    this.#replace(this.durableTerms, empty);
    this.durableHard = NO_HARD_STATE;
    this.key = null;
    this.damaged = false;
    this.#seen.clear();
    this.marks = [];
  }

  get #heldNow(): Terms {
    if (this.key === null) throw new Error('a directory that has a log has a name');
    const held = this.#held.get(this.key) ?? [0];
    this.#held.set(this.key, held);
    return held;
  }

  #is(now: LogNow): void {
    this.#replace(this.terms, now);
    this.base = now.base;
    this.hard = now.hard;
    this.configurations = configurationsIn(now.configurations);
    this.marks = [...this.#seen.values()].filter((mark) => this.has(mark)).sort(byIndex);
  }

  #mark(mark: Mark): void {
    this.#seen.set(`${mark.index} ${mark.term}`, mark);
    this.marks = [...this.marks, mark].sort(byIndex);
  }

  #replace(terms: Terms, { base, last, terms: runs }: LogNow): void {
    terms.length = 1;
    this.#fill(terms, base);
    for (const [i, { first, term }] of runs.entries()) {
      const end = (runs[i + 1]?.first ?? last + 1) - 1;
      for (let index: number = first; index <= end; index++) terms[index] = term;
    }
  }

  /** Up to the base of a log is what is committed, by which the base was made. */
  #fill(terms: Terms, { index, term }: Cursor): void {
    for (let i = 1; i < index; i++) terms[i] = this.#committed[i] ?? -1;
    if (index > 0) terms[index] = term;
  }
}

function byIndex(a: Mark, b: Mark): number {
  return a.index - b.index;
}

function change(terms: Terms, { truncateFrom, entries = [] }: LogWrite): void {
  if (truncateFrom !== undefined) terms.length = Math.min(terms.length, truncateFrom);
  for (const { index, term } of entries as readonly Entry[]) terms[index] = term;
}
