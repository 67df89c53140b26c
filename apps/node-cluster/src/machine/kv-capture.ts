import { createHash, type Hash } from 'node:crypto';
import { expiryOf, isLive, type KvItem, textOf } from './kv-item.ts';
import type { OrderedMap } from './ordered-map.ts';

/** How long the work of a digest may hold the event loop at a time, in milliseconds. */
const SLICE_MS = 4;
/** Items between two looks at the clock. */
const ITEMS_A_LOOK = 64;
const CHUNK_BYTES = 64 * 1024;
/** Of an item: two lengths and the expiry. */
const HEADER_BYTES = 16;

/** In the place of an expiry, where there is none: group times are never negative. */
const NEVER = -1n;

/** The state of the machine at one moment. */
export class KvCapture {
  readonly #items: OrderedMap;
  readonly #time: number;

  /** @param items belongs to the capture from now on. @param time is the group time. */
  constructor(items: OrderedMap, time: number) {
    this.#items = items;
    this.#time = time;
  }

  /** Keys and values, in the unsigned byte order of the keys. */
  *entries(): IterableIterator<[string, string]> {
    for (const [key, item] of this.#items.entries(undefined, [])) {
      if (isLive(item, this.#time)) yield [key, textOf(item)];
    }
  }

  /**
   * Calls with each key, in order, in slices of a few milliseconds, between which the event loop goes on. Ends early
   * when the call gives false.
   */
  async eachKey(look: (key: string) => boolean): Promise<void> {
    await inSlices(this.#items, (key, item) => {
      return isLive(item, this.#time) && !look(key) ? 'enough' : 'next';
    });
  }

  /**
   * SHA-256, in hex, of all items in order: the length of the key as 4 bytes, little-endian, that of the value
   * likewise, the group time at which it expires as 8 bytes (-1 for never), the key, the value. What has expired
   * counts until it is removed. Worked out in slices of a few milliseconds, between which the event loop goes on.
   *
   * @throws the signal's reason, if it is aborted.
   */
  async digest(signal?: AbortSignal): Promise<string> {
    const sink = new ItemSink();
    // A long value is a slice by itself.
    await inSlices(this.#items, (key, item) => (sink.add(key, item) ? 'pause' : 'next'), signal);
    return sink.finish();
  }
}

/** Looks at each item; a `pause` asks for the clock to be looked at, `enough` for the end. */
async function inSlices(
  map: OrderedMap,
  look: (key: string, item: KvItem) => 'next' | 'pause' | 'enough',
  signal?: AbortSignal,
): Promise<void> {
  // The iterator hands out the same array each time: nothing is kept of it.
  const items = map.entries(undefined, []);
  let item = items.next();
  while (item.done !== true) {
    const end = performance.now() + SLICE_MS;
    do {
      for (let i = 0; i < ITEMS_A_LOOK && item.done !== true; i++) {
        const said = look(item.value[0], item.value[1]);
        if (said === 'enough') return;
        if (said === 'pause') i = ITEMS_A_LOOK;
        item = items.next();
      }
    } while (item.done !== true && performance.now() < end);
    if (item.done !== true) await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}

/** Collects small items so that the hash is fed in large pieces. */
class ItemSink {
  readonly #hash: Hash = createHash('sha256');
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #length = 0;

  /** True if the item was so long that it went past the chunk. */
  add(key: string, item: KvItem): boolean {
    const value = textOf(item);
    const length = HEADER_BYTES + key.length + value.length;
    if (length > CHUNK_BYTES - this.#length) this.#flush();
    this.#length = this.#chunk.writeUInt32LE(key.length, this.#length);
    this.#length = this.#chunk.writeUInt32LE(value.length, this.#length);
    this.#length = this.#chunk.writeBigInt64LE(BigInt(expiryOf(item) ?? NEVER), this.#length);
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
