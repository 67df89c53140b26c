/** Where the bytes of parts that are cut are put. */
export interface PartMemory {
  /** So many bytes, with anything in them, to be written by whoever asks. */
  take(length: number): Uint8Array;
}

/** Each part has memory of its own, which is let go of with the part. */
export const ownMemory: PartMemory = { take: (length) => new Uint8Array(length) };

/** Bytes that are taken from the system at once. A part that is longer has memory of its own. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Memory for parts that is used again and again, by whoever puts what was cut before going on. Of a large state there are
 * hundreds of thousands of parts; if each had memory of its own, it would be outside the heap, and the garbage collector
 * would run over the whole heap for every 64 MiB or so of them.
 */
export class ReusedPartMemory implements PartMemory {
  readonly #blocks: Uint8Array[] = [];
  /** Blocks that are full, and what is used of the one after them. */
  #full = 0;
  #used = 0;

  take(length: number): Uint8Array {
    if (length > BLOCK_BYTES) return ownMemory.take(length);
    if (this.#used + length > BLOCK_BYTES) {
      this.#full += 1;
      this.#used = 0;
    }
    this.#blocks[this.#full] ??= new Uint8Array(BLOCK_BYTES);
    const from = this.#used;
    this.#used += length;
    return (this.#blocks[this.#full] as Uint8Array).subarray(from, this.#used);
  }

  /** What was taken is written over from now on: nobody may look at it any more. */
  reuse(): void {
    this.#full = 0;
    this.#used = 0;
  }
}
