import { invariant } from '../errors/invariant.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { bytesBelow, checkPart, type ExpectedPart, mostBytesOf } from './expected-part.ts';
import type { CheckpointFormat } from './format.ts';
import type { CheckpointRoot } from './root.ts';
import { openRoot } from './verify.ts';

/** What a plan is made with. */
export interface PartPlanParts {
  readonly root: PartName;
  readonly hasher: Hasher;
  /**
   * True if this part and everything below it is at hand, as it is when a whole checkpoint reaches it: it is not looked
   * at. Of parts that are merely at hand, something below may be missing: they are taken like the others, and their
   * bytes come from where they are.
   */
  readonly whole: (name: PartName) => boolean;
}

/** Bytes of a checkpoint, as far as it is known. Each part counts as often as it is named. */
export interface PlanBytes {
  /** Of all parts; 0 until the root is known. */
  readonly total: number;
  /** Of parts that were added. */
  readonly added: number;
  /** Of parts that were whole. */
  readonly reused: number;
}

/**
 * Finds out which parts of a checkpoint are missing, while they come: it descends only where nothing whole is at
 * hand. Parts are added in any order, each verified under the one that names it. Depth first, so that what is open
 * stays small: the height of the tree times the names in a node, and what was taken.
 */
export class PartPlan {
  readonly #parts: PartPlanParts;
  /** What is to be taken, the next one last. */
  readonly #open: ExpectedPart[] = [];
  /** What was taken and has not come; several parts may name the same one, and must agree on what it is. */
  readonly #taken = new Map<PartName, ExpectedPart[]>();
  #rootTaken = false;
  #root: CheckpointRoot | null = null;
  #total = 0;
  #added = 0;
  #reused = 0;

  constructor(parts: PartPlanParts) {
    this.#parts = parts;
  }

  /** The root, once it was added; else null. */
  get root(): CheckpointRoot | null {
    return this.#root;
  }

  /** True when nothing is missing. */
  get done(): boolean {
    return this.#root !== null && this.#open.length === 0 && this.#taken.size === 0;
  }

  /** How many parts were taken and have not come. */
  get underWay(): number {
    return this.#taken.size + (this.#rootTaken && this.#root === null ? 1 : 0);
  }

  get bytes(): PlanBytes {
    return { total: this.#total, added: this.#added, reused: this.#reused };
  }

  /** Takes up to so many parts that are missing and that were not taken. Empty if nothing is open now. */
  take(most: number): readonly PartName[] {
    if (this.#root === null) {
      if (this.#rootTaken || most < 1) return [];
      this.#rootTaken = true;
      return [this.#parts.root];
    }
    const { format } = this.#root;
    const names: PartName[] = [];
    while (names.length < most) {
      const next = this.#open.pop();
      if (next === undefined) break;
      const taken = this.#taken.get(next.name);
      if (taken !== undefined) {
        taken.push(next);
      } else if (this.#parts.whole(next.name)) {
        this.#reused += bytesBelow(next, format);
      } else {
        this.#taken.set(next.name, [next]);
        names.push(next.name);
      }
    }
    return names;
  }

  /**
   * Adds a part that was taken; false if it was not, and nothing was done.
   *
   * @throws DamagedPart if the bytes are not what they must be: they are still missing then, and can be added again.
   */
  add(name: PartName, bytes: Uint8Array): boolean {
    if (this.#root === null) {
      if (!this.#rootTaken || name !== this.#parts.root) return false;
      this.#begin(openRoot(name, bytes, this.#parts.hasher), bytes.length);
      return true;
    }
    const taken = this.#taken.get(name);
    if (taken === undefined) return false;
    const { format } = this.#root;
    const checked = taken.map((expected) => checkPart(bytes, expected, format, this.#parts.hasher));
    this.#taken.delete(name);
    for (const { below } of checked) {
      this.#added += bytes.length;
      this.#openAll(below);
    }
    return true;
  }

  /** A part that was taken does not come: it can be taken again, and is the next. Does nothing if it was not taken. */
  giveBack(name: PartName): void {
    if (this.#root === null && name === this.#parts.root) this.#rootTaken = false;
    const taken = this.#taken.get(name);
    if (taken === undefined) return;
    this.#taken.delete(name);
    this.#open.push(...taken);
  }

  /** Bytes of a part that was taken: about, or exactly if it is of an item that is split. Asked once the root is known. */
  likelyBytes(name: PartName): number {
    const [taken] = this.#taken.get(name) ?? [];
    return taken?.kind === 'split' ? mostBytesOf(taken, this.format) : this.format.targetBytes;
  }

  /** The format of the checkpoint. Asked once the root is known. */
  get format(): CheckpointFormat {
    invariant(this.#root !== null, 'the root of a plan is known');
    return this.#root.format;
  }

  #begin(root: CheckpointRoot, bytes: number): void {
    this.#root = root;
    this.#added = bytes;
    this.#total = root.sections.reduce((sum, section) => sum + section.bytes, bytes);
    const tops: ExpectedPart[] = [];
    for (const { top, items, bytes: all } of root.sections) {
      if (top !== null) tops.push({ kind: 'node', name: top, level: null, items, bytes: all });
    }
    this.#openAll(tops);
  }

  #openAll(parts: readonly ExpectedPart[]): void {
    for (let i = parts.length - 1; i >= 0; i--) this.#open.push(parts[i] as ExpectedPart);
  }
}
