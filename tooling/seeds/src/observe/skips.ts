import {
  type Cursor,
  decodeSkip,
  type Entry,
  EntryKind,
  type EntryName,
  type MemberKey,
  payloadOf,
} from '@smalti/core';
import type { KvCommand } from '../world/kv-machine.ts';

/** An entry. */
export interface Place {
  readonly index: number;
  readonly term: number;
}

/** A skip, and the entry that it is in. */
export interface SkipAt {
  readonly at: Cursor;
  readonly entry: EntryName;
}

/** What is known elsewhere. */
export interface SkipsPort {
  isCommitted(at: Cursor): boolean;
  /** True if the log of that node has the entry. */
  has(node: string, at: Cursor): boolean;
  keyOf(node: string): MemberKey | null;
}

/** The last entry of the run of a command: what a skip names, and what a machine that fails is said to have failed at. */
export function lastOf({ index, term }: Place, { more }: KvCommand): Place {
  return { index: index + more, term };
}

/**
 * Which commands logs skip, where machines have failed, and who has applied what is poison to others. A process whose
 * program can apply it may come to it before its log has the skip: then it stops there, and until it does so nobody is to
 * rely on its state. So what such a process does is not taken for what all do before somebody has relied on it.
 */
export class Skips {
  readonly #port: SkipsPort;
  /** Every one that was ever written, by index and term. */
  readonly #all = new Map<string, SkipAt>();
  /** By member and entry. */
  readonly #failed = new Set<string>();
  /** Nodes whose machines have failed in the process that they have now. */
  readonly #failing = new Set<string>();
  readonly #appliers = new Map<string, Set<MemberKey>>();
  /** Entries with poison that somebody relies on having been applied. */
  readonly #relied = new Map<string, Place>();
  /** By node: what its process has applied that nobody relies on yet, and what it has done since. */
  readonly #held = new Map<string, { readonly entry: Place; readonly rest: (() => void)[] }>();

  constructor(port: SkipsPort) {
    this.#port = port;
  }

  /** Those that are committed. */
  get committed(): readonly SkipAt[] {
    return [...this.#all.values()].filter(({ at }) => this.#port.isCommitted(at));
  }

  /** How many machines have failed, and at how many commands each. */
  get failures(): number {
    return this.#failed.size;
  }

  /** Entries were written to some log. @returns those that skip one. */
  wrote(entries: readonly Entry[]): readonly SkipAt[] {
    return entries.flatMap((written) => {
      if (written.kind !== EntryKind.skip) return [];
      const { index, term } = written;
      const skip = { at: { index, term }, entry: decodeSkip(payloadOf(written)).entry };
      this.#all.set(`${index} ${term}`, skip);
      return [skip];
    });
  }

  isSkipped(entry: Place): boolean {
    return this.committed.some((skip) => isSame(skip.entry, entry));
  }

  /** True if the log of that node has an entry that skips this one. */
  isSkippedIn(node: string, entry: Place): boolean {
    return [...this.#all.values()].some((skip) => isSame(skip.entry, entry) && this.#port.has(node, skip.at));
  }

  /** The machine of that node fails at the command of an entry. */
  fails(node: string, entry: Place): void {
    this.#failing.add(node);
    this.#failed.add(`${this.#port.keyOf(node)} ${nameOf(entry)}`);
  }

  hasFailedAt(key: MemberKey, entry: Place): boolean {
    return this.#failed.has(`${key} ${nameOf(entry)}`);
  }

  /** It applies one that is poison to others. */
  applies(node: string, entry: Place): void {
    const key = this.#port.keyOf(node);
    const those = this.#appliers.get(nameOf(entry)) ?? new Set();
    this.#appliers.set(nameOf(entry), those);
    if (key !== null) those.add(key);
  }

  /** Members, and what members were before they lost their disks, that have ever applied that command. */
  appliersOf(entry: Place): ReadonlySet<MemberKey> {
    return this.#appliers.get(nameOf(entry)) ?? new Set();
  }

  /** True if it is known why the machine of that node applies no more. */
  explains(node: string): boolean {
    return this.#failing.has(node) || this.#held.has(node);
  }

  isReliedOn(entry: Place): boolean {
    return this.#relied.has(nameOf(entry));
  }

  /** Entries that somebody relies on having been applied, and that are skipped all the same. */
  get broken(): readonly Place[] {
    if (this.#relied.size === 0) return [];
    return this.committed.flatMap(({ entry }) => (this.isReliedOn(entry) ? [entry] : []));
  }

  /** What that process has applied that nobody relies on yet; null if there is nothing. */
  heldBy(node: string): Place | null {
    return this.#held.get(node)?.entry ?? null;
  }

  /** Where it has to stop, as far as that is known. */
  limitOf(node: string): number {
    const held = this.heldBy(node);
    const skips = held === null ? [] : this.committed.filter(({ entry }) => isSame(entry, held));
    return Math.min(...skips.map(({ at }) => at.index));
  }

  hold(node: string, entry: Place): void {
    this.#held.set(node, { entry, rest: [] });
  }

  /** It is told when somebody relies on that process. */
  later(node: string, what: () => void): void {
    this.#held.get(node)?.rest.push(what);
  }

  /** Somebody relies on that entry having been applied. @returns what those who did have done since. */
  reliedOn(entry: Place): readonly (() => void)[] {
    this.#relied.set(nameOf(entry), entry);
    const found = [...this.#held].filter(([, held]) => isSame(held.entry, entry));
    for (const [node] of found) this.#held.delete(node);
    return found.flatMap(([, { rest }]) => rest);
  }

  /** Its state is that of a checkpoint from now on. */
  restored(node: string): void {
    this.#held.delete(node);
  }

  ended(node: string): void {
    this.#failing.delete(node);
    this.#held.delete(node);
  }
}

function nameOf({ index, term }: Place): string {
  return `${index} ${term}`;
}

function isSame(a: Place, b: Place): boolean {
  return a.index === b.index && a.term === b.term;
}
