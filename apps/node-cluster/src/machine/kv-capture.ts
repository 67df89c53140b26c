import { createHash, type Hash } from 'node:crypto';
import type { OrderedMap } from './ordered-map.ts';

/** How long the work of a digest may hold the event loop at a time, in milliseconds. */
const SLICE_MS = 4;
/** Items between two looks at the clock. */
const ITEMS_A_LOOK = 64;
const CHUNK_BYTES = 64 * 1024;

/** The state of the machine at one moment. */
export class KvCapture {
  readonly #items: OrderedMap;

  /** @param items belongs to the capture from now on. */
  constructor(items: OrderedMap) {
    this.#items = items;
  }

  get size(): number {
    return this.#items.size;
  }

  /** Keys and values in the unsigned byte order of the keys. */
  entries(): IterableIterator<[string, string]> {
    return this.#items.entries();
  }

  /**
   * SHA-256, in hex, of all items in order: the length of the key as 4 bytes, little-endian, that of the value
   * likewise, the key, the value. Worked out in slices of a few milliseconds, between which the event loop goes on.
   *
   * @throws the signal's reason, if it is aborted.
   */
  async digest(signal?: AbortSignal): Promise<string> {
    const sink = new ItemSink();
    // The iterator hands out the same array each time: nothing is kept of it.
    const items = this.#items.entries(undefined, []);
    let item = items.next();
    while (item.done !== true) {
      const end = performance.now() + SLICE_MS;
      do {
        for (let i = 0; i < ITEMS_A_LOOK && item.done !== true; i++) {
          // A long value is a slice by itself.
          if (sink.add(item.value[0], item.value[1])) i = ITEMS_A_LOOK;
          item = items.next();
        }
      } while (item.done !== true && performance.now() < end);
      if (item.done !== true) await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
    return sink.finish();
  }
}

/** Collects small items so that the hash is fed in large pieces. */
class ItemSink {
  readonly #hash: Hash = createHash('sha256');
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #length = 0;

  /** True if the item was so long that it went past the chunk. */
  add(key: string, value: string): boolean {
    const length = 8 + key.length + value.length;
    if (length > CHUNK_BYTES - this.#length) this.#flush();
    this.#length = this.#chunk.writeUInt32LE(key.length, this.#length);
    this.#length = this.#chunk.writeUInt32LE(value.length, this.#length);
    if (length > CHUNK_BYTES) {
      this.#flush();
      this.#hash.update(key, 'latin1').update(value, 'latin1');
      return true;
    }
    this.#length += this.#chunk.write(key, this.#length, 'latin1');
    this.#length += this.#chunk.write(value, this.#length, 'latin1');
    return false;
  }

  finish(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    if (this.#length > 0) this.#hash.update(this.#chunk.subarray(0, this.#length));
    this.#length = 0;
  }
}
