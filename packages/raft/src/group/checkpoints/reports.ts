import {
  type EntryName,
  fromHex,
  type Index,
  type MemberKey,
  type PartName,
  sameEntry,
  type Term,
  toHex,
  toIndex,
  toPartName,
  toTerm,
} from '@smalti/core';
import type { GroupBody } from '@smalti/wire';

export type ReportBody = Extract<GroupBody, { type: 'checkpoint-report' }>;

/** What a member says of checkpoints. */
export interface Word {
  /** What it has cut of the open marker, on its disk; null if it has not. */
  readonly cut: { readonly marker: Index; readonly root: PartName } | null;
  /** The newest version of the parts' format that it writes; 0 if it keeps no checkpoints. */
  readonly format: number;
  /** The newest version of the machine that it knows. */
  readonly machine: number;
  /** It would like a checkpoint of this index or a later one; 0 if it waits for none. */
  readonly wanted: Index;
  /** The entry with the command at which its machine failed, or null. */
  readonly failed: EntryName | null;
}

export function bodyOfWord({ cut, format, machine, wanted, failed }: Word): ReportBody {
  const root = cut === null ? new Uint8Array(0) : fromHex(cut.root);
  return {
    type: 'checkpoint-report',
    marker: cut?.marker ?? 0,
    root,
    format,
    machine,
    wanted,
    failedIndex: failed?.index ?? 0,
    failedTerm: failed?.term ?? 0,
    failedChecksum: failed?.checksum ?? 0,
  };
}

export function wordOfBody(body: ReportBody): Word {
  const { marker, root, format, machine, wanted, failedIndex, failedTerm, failedChecksum: checksum } = body;
  const cut = marker === 0 ? null : { marker: toIndex(marker), root: toPartName(toHex(root)) };
  const failed =
    failedIndex === 0 ? null : { index: toIndex(failedIndex), term: toTerm(failedTerm), checksum };
  return { cut, format, machine, wanted: toIndex(wanted), failed };
}

function isSame(a: Word | null, b: Word): boolean {
  return (
    a !== null &&
    a.cut?.marker === b.cut?.marker &&
    a.cut?.root === b.cut?.root &&
    a.format === b.format &&
    a.machine === b.machine &&
    a.wanted === b.wanted &&
    isSameFailure(a.failed, b.failed)
  );
}

function isSameFailure(a: EntryName | null, b: EntryName | null): boolean {
  return a === null || b === null ? a === b : sameEntry(a, b);
}

/**
 * Tells the leader this node's word. It is a state and no event: said in each new term and over each new bond, when it
 * changes, and again and again while something is to come of it. So nothing that is lost on the way is lost for good.
 */
export class Reporter {
  readonly #send: (to: MemberKey, body: GroupBody) => boolean;
  readonly #everyMs: number;
  #to: MemberKey | null = null;
  #said: Word | null = null;
  #term = 0;
  #next = 0;

  constructor(send: (to: MemberKey, body: GroupBody) => boolean, everyMs: number) {
    this.#send = send;
    this.#everyMs = everyMs;
  }

  /** The bond with that member is another. */
  rebonded(member: MemberKey): void {
    if (member === this.#to) this.#said = null;
  }

  /** @returns for how many milliseconds there is nothing to say. */
  look(now: number, leader: MemberKey | null, term: Term, word: Word): number {
    // Whoever leads again, in another term, has forgotten what it was told in the one before.
    if (leader !== this.#to || term !== this.#term) this.#said = null;
    this.#to = leader;
    this.#term = term;
    if (leader === null) return Number.POSITIVE_INFINITY;
    const lasts = word.cut !== null || word.wanted > 0;
    if (isSame(this.#said, word) && (!lasts || now < this.#next)) {
      return lasts ? this.#next - now : Number.POSITIVE_INFINITY;
    }
    const isSent = this.#send(leader, bodyOfWord(word));
    this.#said = isSent ? word : null;
    this.#next = now + this.#everyMs;
    return isSent && !lasts ? Number.POSITIVE_INFINITY : this.#everyMs;
  }
}

/** What members said last, at the leader; its own word is among them. */
export class ReportBook {
  readonly #words = new Map<MemberKey, Word>();

  heard(from: MemberKey, word: Word): void {
    this.#words.set(from, word);
  }

  /** What it said is of no interest any more. */
  forget(member: MemberKey): void {
    this.#words.delete(member);
  }

  clear(): void {
    this.#words.clear();
  }

  get(member: MemberKey): Word | null {
    return this.#words.get(member) ?? null;
  }

  /** The roots that were reported of that marker. */
  of(marker: Index): ReadonlyMap<MemberKey, PartName> {
    const roots = new Map<MemberKey, PartName>();
    for (const [key, { cut }] of this.#words) if (cut?.marker === marker) roots.set(key, cut.root);
    return roots;
  }

  /** The latest index of which somebody would like a checkpoint. */
  get wanted(): Index {
    let wanted = 0 as Index;
    for (const word of this.#words.values()) if (word.wanted > wanted) wanted = word.wanted;
    return wanted;
  }
}
