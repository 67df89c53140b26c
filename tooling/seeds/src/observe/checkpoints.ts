import {
  type CheckpointHeader,
  type Cursor,
  decodeRoot,
  type Manifest,
  type PartName,
  sameCursor,
} from '@smalti/core';
import type { Place } from './skips.ts';

/** The checkpoints of all nodes, as their stores were told, and which of them cannot be like the others. */
export class Checkpoints {
  /** Roots of states that had a bit turned over. */
  readonly odd = new Set<PartName>();
  /** Roots of states with a command that others may skip, and its entry. */
  readonly doubtful = new Map<PartName, Place>();
  /** What checkpoints say of themselves, by their roots, as far as a store was given those. */
  readonly headers = new Map<PartName, CheckpointHeader>();
  /** Nodes of whose checkpoints something was damaged behind their backs. */
  readonly rotten = new Set<string>();
  /**
   * Markers and what came of them, by what leaders have written; logs that were made to begin at a checkpoint; starts
   * with the state of one; and entries that were pruned.
   */
  readonly counts = {
    markers: 0,
    agreed: 0,
    disputed: 0,
    abandoned: 0,
    installs: 0,
    restarts: 0,
    pruned: 0,
  };
  /** When a leader has last written that a checkpoint is agreed. */
  agreedAt = Number.NEGATIVE_INFINITY;
  /** Nodes whose log was made to begin at a checkpoint, and whose state is to follow. */
  readonly #installing = new Set<string>();
  readonly #of = new Map<string, Manifest[]>();
  readonly #heldBy: (node: string) => Place | null;
  /** By node: after which entry its state is not what it should be. */
  readonly #flips = new Map<string, number>();

  /** @param heldBy as {@link Skips.heldBy}. */
  constructor(heldBy: (node: string) => Place | null) {
    this.#heldBy = heldBy;
  }

  /** Nodes whose state is not what it should be. */
  get flipped(): readonly string[] {
    return [...this.#flips.keys()];
  }

  /** A bit of the state of a node turns over, after it has applied that entry. */
  flip(node: string, after: number): void {
    if (!this.#flips.has(node)) this.#flips.set(node, after);
  }

  /** The log of a node begins at a checkpoint. */
  installed(node: string): void {
    this.counts.installs += 1;
    this.#installing.add(node);
  }

  /** Its state is that of a checkpoint from now on. */
  restored(node: string): void {
    if (!this.#installing.delete(node)) this.counts.restarts += 1;
    this.#flips.delete(node);
  }

  /** Its process has ended, and its state with it. */
  ended(node: string): void {
    this.#installing.delete(node);
    this.#flips.delete(node);
  }

  /** Those that a node has on disk, oldest first. */
  of(node: string): readonly Manifest[] {
    return this.#of.get(node) ?? [];
  }

  /** The newest on which there is agreement, or null. */
  newestAgreed(node: string): Manifest | null {
    return this.of(node).findLast(({ agreed }) => agreed) ?? null;
  }

  /** A store was opened. */
  opened(node: string, manifests: readonly Manifest[]): void {
    this.#of.set(node, [...manifests]);
  }

  /** A store is given a part. */
  putting(name: PartName, bytes: Uint8Array): void {
    if (this.headers.has(name)) return;
    try {
      this.headers.set(name, decodeRoot(bytes));
    } catch {
      // Most parts are no roots.
    }
  }

  /** A node is about to make that checkpoint known: it is of a state that the node has or had. */
  keeping(node: string, { anchor, root, agreed }: Manifest): void {
    const after = this.#flips.get(node) ?? Number.POSITIVE_INFINITY;
    if (!agreed && anchor.index > after) this.odd.add(root);
    const held = this.#heldBy(node);
    if (!agreed && held !== null && anchor.index >= held.index) this.doubtful.set(root, held);
  }

  kept(node: string, manifest: Manifest): void {
    const others = this.of(node).filter(({ anchor }) => anchor.index !== manifest.anchor.index);
    this.#of.set(
      node,
      [...others, manifest].sort((a, b) => a.anchor.index - b.anchor.index),
    );
  }

  dropped(node: string, at: Cursor): void {
    this.#of.set(
      node,
      this.of(node).filter(({ anchor }) => !sameCursor(anchor, at)),
    );
  }

  wiped(node: string): void {
    this.#of.delete(node);
    this.rotten.delete(node);
  }
}
