import type { Index } from '@smalti/core';

/** Bytes between two entries whose places are remembered, and the most of them: then every other one is forgotten. */
const APART = 64 * 1024;
const MOST = 1024;

/** How many bytes of log lie between applied entries, roughly: every now and then the place of one is remembered. */
export class LogLengths {
  #marks: { readonly index: Index; readonly total: number }[] = [];
  #total = 0;
  #apart = APART;

  add(index: Index, bytes: number): void {
    const last = this.#marks.at(-1);
    if (last === undefined || this.#total - last.total >= this.#apart) {
      this.#marks.push({ index: (index - 1) as Index, total: this.#total });
      if (this.#marks.length > MOST) this.#thin();
    }
    this.#total += bytes;
  }

  /** An index with at least so many bytes between it and `index`: the latest that is known, 0 if none is. */
  before(index: Index, bytes: number): Index {
    if (bytes === 0) return index;
    // Of the mark before the index: what lies between them is kept besides.
    const end = this.#marks.findLast((mark) => mark.index <= index);
    if (end === undefined) return 0 as Index;
    return this.#marks.findLast((mark) => mark.total <= end.total - bytes)?.index ?? (0 as Index);
  }

  /** What lies before that is of no interest any more. */
  forget(index: Index): void {
    this.#marks = this.#marks.filter((mark) => mark.index >= index);
  }

  #thin(): void {
    this.#marks = this.#marks.filter((_, i) => i % 2 === 0);
    this.#apart *= 2;
  }
}
