import { type Cursor, type Manifest, type PartName, sameCursor } from '@smalti/core';

const NEVER = Number.POSITIVE_INFINITY;

/** The checkpoints of all nodes, as their stores were told, and which of them cannot be like the others. */
export class Checkpoints {
  /** Roots of states that had a bit turned over. */
  readonly odd = new Set<PartName>();
  /** Nodes of whose checkpoints something was damaged behind their backs. */
  readonly rotten = new Set<string>();
  /** What came of markers, by what leaders have written. */
  readonly counts = { markers: 0, agreed: 0, disputed: 0, abandoned: 0 };
  /** Logs that were made to begin at a checkpoint, entries that were pruned, and states that checkpoints replaced. */
  installs = 0;
  pruned = 0;
  restored = 0;
  readonly #of = new Map<string, Manifest[]>();
  /** By node: from which index to which its state is not what it should be. */
  readonly #flips = new Map<string, { readonly from: number; to: number }[]>();

  /** Nodes whose state is not what it should be. */
  get flipped(): readonly string[] {
    return [...this.#flips].flatMap(([node, flips]) => (flips.at(-1)?.to === NEVER ? [node] : []));
  }

  /** A bit of the state of a node turns over, after it has applied that entry. */
  flip(node: string, from: number): void {
    this.#flips.set(node, [...(this.#flips.get(node) ?? []), { from, to: NEVER }]);
  }

  /** Its state is another from now on: that of a checkpoint, or none at all. @param applied at most, before. */
  replaced(node: string, applied: number): void {
    for (const flip of this.#flips.get(node) ?? []) flip.to = Math.min(flip.to, applied);
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

  kept(node: string, manifest: Manifest): void {
    const { anchor, root, agreed } = manifest;
    const isOdd = this.#flips.get(node)?.some(({ from, to }) => from < anchor.index && anchor.index <= to);
    if (isOdd === true && !agreed) this.odd.add(root);
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
