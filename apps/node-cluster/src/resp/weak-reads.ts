/**
 * Keeps the weak reads of a connection behind its own earlier commands: they see what it wrote, though they ask
 * nobody. A read runs within the call that tells the outcome of the last of those, so it sees none of the later ones.
 */
export class WeakReads {
  #writes = 0;
  /** Writes that have not settled, in their order. */
  readonly #open = new Set<number>();
  readonly #waiting: { readonly after: number; readonly run: () => void }[] = [];

  /** A command is sent. @returns what to call when its outcome is known. */
  write(): () => void {
    const number = ++this.#writes;
    this.#open.add(number);
    return () => {
      this.#open.delete(number);
      this.#settled();
    };
  }

  /** Runs a read when all commands that were sent before have settled: at once if they have. */
  read(run: () => void): void {
    if (this.#open.size === 0) run();
    else this.#waiting.push({ after: this.#writes, run });
  }

  #settled(): void {
    const [oldest = Number.POSITIVE_INFINITY] = this.#open;
    while ((this.#waiting[0]?.after ?? oldest) < oldest) this.#waiting.shift()?.run();
  }
}
