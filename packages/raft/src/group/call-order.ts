import type { Account } from './account.ts';
import { readOvertaken } from './errors.ts';
import type { Read } from './reads.ts';

/**
 * The order of the calls of one handle. Its commands take effect in that order by themselves, since they are queued,
 * forwarded and appended in it. What is kept here is the place of its strong reads among them:
 * - a read is answered after the earlier commands of its handle have settled;
 * - it is answered before a later command of its handle is applied on this node. That needs no confirmation by the
 *   leader: whatever was acknowledged anywhere before the read was asked is in the log before that later command.
 */
export class CallOrder {
  /** What its handle has waiting: kept by `Credits`. */
  share: Account | null = null;
  #writes = 0;
  /** All writes up to this one have settled; those in the set have too. */
  #settled = 0;
  readonly #settledLater = new Set<number>();
  #reads: Read[] = [];
  #head = 0;
  #readsAsked = 0;

  /** A command is sent: its number, and how many reads were asked before it. */
  write(): { readonly number: number; readonly readsBefore: number } {
    this.#writes += 1;
    return { number: this.#writes, readsBefore: this.#readsAsked };
  }

  /** A command has settled, in whatever way. */
  settle(number: number): void {
    if (number !== this.#settled + 1) {
      this.#settledLater.add(number);
      return;
    }
    this.#settled = number;
    while (this.#settledLater.delete(this.#settled + 1)) this.#settled += 1;
    this.run();
  }

  /** A read is asked. */
  ask(read: Read): void {
    this.#readsAsked += 1;
    read.number = this.#readsAsked;
    read.writesBefore = this.#writes;
    this.#reads.push(read);
  }

  /** Answers the reads at the front that are confirmed and whose earlier commands have settled. */
  run(): void {
    for (let read = this.#front(); read !== undefined; read = this.#front()) {
      if (!read.confirmed || read.writesBefore > this.#settled) return;
      read.answer();
    }
  }

  /** A command of this handle is about to be applied: the reads that were asked before it are answered now. */
  runBefore(readsBefore: number): void {
    for (let read = this.#front(); read !== undefined && read.number <= readsBefore; read = this.#front()) {
      read.answer();
    }
  }

  /** A command of this handle was applied, and the state before it was never here. */
  overtake(readsBefore: number): void {
    for (let read = this.#front(); read !== undefined && read.number <= readsBefore; read = this.#front()) {
      read.fail(readOvertaken());
    }
  }

  #front(): Read | undefined {
    while (this.#head < this.#reads.length) {
      const read = this.#reads[this.#head];
      if (read !== undefined && !read.done) return read;
      this.#head += 1;
      if (this.#head > 1024 && this.#head * 2 > this.#reads.length) {
        this.#reads = this.#reads.slice(this.#head);
        this.#head = 0;
      }
    }
    this.#reads = [];
    this.#head = 0;
    return undefined;
  }
}
