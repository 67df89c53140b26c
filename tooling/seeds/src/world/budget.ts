/**
 * How many disks a run may lose for good, over all of its length. A disk that is wiped comes back as a directory that
 * does not count, and one that rots is not believed any more: with more than a minority of them gone, nothing can be
 * expected of anybody.
 *
 * A torn sector cannot be told from a rotten one: until that node knows that it lacks nothing, its disk is one that may
 * have been lost, too. As long as none was, any number of them may be torn: all nodes together can lead.
 */
export class Budget {
  readonly #spent = new Set<string>();
  readonly #torn = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** True if the disk of that node may be lost now; it then counts as lost. */
  spend(node: string): boolean {
    if (this.#spent.has(node)) return true;
    if (!this.#fits(node)) return false;
    this.#spent.add(node);
    return true;
  }

  /** True if the end of that node's log may be torn now. */
  mayTear(node: string): boolean {
    return this.#spent.size === 0 || this.#fits(node);
  }

  /** It was. */
  tear(node: string): void {
    this.#torn.add(node);
  }

  /** That node is beyond doubt. */
  sure(node: string): void {
    this.#torn.delete(node);
  }

  #fits(node: string): boolean {
    return new Set([...this.#spent, ...this.#torn, node]).size <= this.#most;
  }
}
