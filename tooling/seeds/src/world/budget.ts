/**
 * How many disks a run may lose for good, over all of its length. A disk that is wiped comes back as a directory that
 * does not count, and one that rots is not believed any more: with more than a minority of them gone, nothing can be
 * expected of anybody.
 */
export class Budget {
  readonly #spent = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** True if the disk of that node may be lost now; it then counts as lost. */
  spend(node: string): boolean {
    if (!this.#spent.has(node) && this.#spent.size >= this.#most) return false;
    this.#spent.add(node);
    return true;
  }

  get spent(): ReadonlySet<string> {
    return this.#spent;
  }
}
