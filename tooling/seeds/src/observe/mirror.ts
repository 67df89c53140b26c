import {
  type Entry,
  type HardState,
  type LogWrite,
  type MemberKey,
  NO_HARD_STATE,
  type TermStart,
} from '@smalti/core';

/** A log as terms by index; place 0 is before the first entry. */
export type Terms = number[];

/** What a node's log looks like to the node, and what of it is on its disk as far as the store has said so. */
export class Mirror {
  /** As last submitted. */
  readonly terms: Terms = [0];
  hard: HardState = NO_HARD_STATE;
  /** As last completed. */
  readonly durableTerms: Terms = [0];
  durableHard: HardState = NO_HARD_STATE;
  /**
   * What the directory that counts has had on disk by its own word, cut by nobody but the node: also after the disk was
   * lost or damaged, which no leader knows that counts an acknowledgement it has.
   */
  readonly heldTerms: Terms = [0];
  /** Of the directory that the node has now. */
  key: MemberKey | null = null;
  /** The log says that this directory counts. */
  counts = true;
  /** What is on the disk was changed behind the node's back: nothing can be expected of it. */
  damaged = false;

  get last(): number {
    return this.terms.length - 1;
  }

  submitted(write: LogWrite): void {
    change(this.terms, write);
    if (write.hardState !== undefined) this.hard = write.hardState;
  }

  completed(write: LogWrite): void {
    change(this.durableTerms, write);
    if (this.counts) change(this.heldTerms, write);
    if (write.hardState !== undefined) this.durableHard = write.hardState;
  }

  /** A write was refused, and all after it: the log is what the store says now. */
  refused(last: number, terms: readonly TermStart[], hard: HardState): void {
    replace(this.terms, last, terms);
    this.hard = hard;
  }

  /** A store was opened on what the last process left. */
  recovered(last: number, terms: readonly TermStart[], hard: HardState): void {
    this.refused(last, terms, hard);
    replace(this.durableTerms, last, terms);
    this.durableHard = hard;
    if (!this.counts) return;
    // What a damaged disk does not show any more, it has had.
    const lost = this.damaged ? this.heldTerms.slice(last + 1) : [];
    replace(this.heldTerms, last, terms);
    this.heldTerms.push(...lost);
  }

  /** An empty disk. */
  wiped(): void {
    this.counts = false;
    this.recovered(0, [], NO_HARD_STATE);
    this.key = null;
    this.damaged = false;
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
