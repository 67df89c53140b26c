import { randomInt } from 'node:crypto';

/** Bounds of what is remembered; the cursor that was not used for longest is forgotten first. */
const MAX_CURSORS = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;
/** Numbers stay below 2^53: some clients keep cursors as doubles. */
const FIRST_CURSOR = 2 ** 47;

/**
 * The cursors of `SCAN`. A position is a key, and clients take nothing but a number for a cursor: this tells which
 * key a number stands for. Numbers begin anywhere, so that those of an earlier life of this process, or of another
 * node, are found to be unknown.
 */
export class ScanCursors {
  readonly #keys = new Map<number, string>();
  #next = randomInt(1, FIRST_CURSOR);
  #bytes = 0;

  /** @returns the number for a position right after that key. */
  add(key: string): number {
    const cursor = this.#next++;
    this.#keys.set(cursor, key);
    this.#bytes += key.length;
    for (const [oldest, old] of this.#keys) {
      if (oldest === cursor || (this.#keys.size <= MAX_CURSORS && this.#bytes <= MAX_BYTES)) break;
      this.#keys.delete(oldest);
      this.#bytes -= old.length;
    }
    return cursor;
  }

  /** The key that the cursor comes after, or null if it is not known, or not any more. */
  find(cursor: number): string | null {
    const key = this.#keys.get(cursor);
    if (key === undefined) return null;
    // The newest is last.
    this.#keys.delete(cursor);
    this.#keys.set(cursor, key);
    return key;
  }
}
