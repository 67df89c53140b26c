import {
  type Configuration,
  type Entry,
  type HardState,
  type LogWrite,
  type MemberKey,
  NO_HARD_STATE,
  type TermStart,
} from '@smalti/core';
import { type ConfigurationAt, configurationsIn } from './configurations.ts';

/** A log as terms by index; place 0 is before the first entry. */
export type Terms = number[];

/** What a node's log looks like to the node, and what of it is on its disk as far as the store has said so. */
export class Mirror {
  /** As last submitted. */
  readonly terms: Terms = [0];
  hard: HardState = NO_HARD_STATE;
  /** As last submitted: what the entries of the log say about who counts, in their order. */
  configurations: ConfigurationAt[] = [];
  /** As last completed. */
  readonly durableTerms: Terms = [0];
  durableHard: HardState = NO_HARD_STATE;
  /** Of the directory that the node has now. */
  key: MemberKey | null = null;
  /** What is on the disk was changed behind the node's back: nothing can be expected of it. */
  damaged = false;
  /**
   * What each directory that the node ever had has had on disk by its own word, cut by nobody but the node: also after
   * the disk was lost or damaged, which no leader knows that counts an acknowledgement it has.
   */
  readonly #held = new Map<MemberKey, Terms>();

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
    }
    this.configurations.push(...configurationsIn(entries));
    if (write.hardState !== undefined) this.hard = write.hardState;
  }

  completed(write: LogWrite): void {
    change(this.durableTerms, write);
    change(this.#heldNow, write);
    if (write.hardState !== undefined) this.durableHard = write.hardState;
  }

  /** A write was refused, and all after it: the log is what the store says now. */
  refused(
    last: number,
    terms: readonly TermStart[],
    hard: HardState,
    configurations: readonly Entry[],
  ): void {
    replace(this.terms, last, terms);
    this.hard = hard;
    this.configurations = configurationsIn(configurations);
  }

  /** A store was opened on what the last process left. */
  recovered(
    last: number,
    terms: readonly TermStart[],
    hard: HardState,
    configurations: readonly Entry[],
  ): void {
    this.refused(last, terms, hard, configurations);
    replace(this.durableTerms, last, terms);
    this.durableHard = hard;
    const held = this.#heldNow;
    // What a damaged disk does not show any more, it has had.
    const lost = this.damaged ? held.slice(last + 1) : [];
    replace(held, last, terms);
    held.push(...lost);
  }

  /** An empty disk: what is written next is another directory's. */
  wiped(): void {
    this.refused(0, [], NO_HARD_STATE, []);
    replace(this.durableTerms, 0, []);
    this.durableHard = NO_HARD_STATE;
    this.key = null;
    this.damaged = false;
  }

  get #heldNow(): Terms {
    if (this.key === null) throw new Error('a directory that has a log has a name');
    const held = this.#held.get(this.key) ?? [0];
    this.#held.set(this.key, held);
    return held;
  }
}

function change(terms: Terms, { truncateFrom, entries = [] }: LogWrite): void {
  if (truncateFrom !== undefined) terms.length = Math.min(terms.length, truncateFrom);
  for (const { index, term } of entries as readonly Entry[]) terms[index] = term;
}

function replace(terms: Terms, last: number, runs: readonly TermStart[]): void {
  terms.length = 1;
  for (const [i, { first, term }] of runs.entries()) {
    const end = (runs[i + 1]?.first ?? last + 1) - 1;
    for (let index: number = first; index <= end; index++) terms[index] = term;
  }
}
