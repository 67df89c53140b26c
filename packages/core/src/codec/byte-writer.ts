import { textCodec } from './codec.ts';

/** Writes numbers, text and bytes into a growing buffer. The counterpart of {@link ByteReader}. */
export class ByteWriter {
  #bytes: Uint8Array;
  /** Made when it is needed: much of what is written has no numbers of fixed length. */
  #wide: DataView | null = null;
  #length = 0;

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
    return this;
  }

  u32(value: number): this {
    this.#room(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  /** A safe integer of at least 0, as 8 bytes. @throws RangeError if it is not one. */
  u64(value: number): this {
    this.#room(8);
    writeSafeInteger(this.#view, this.#length, value);
    this.#length += 8;
    return this;
  }

  /** A safe integer of at least 0 in 1 to 8 bytes, 7 bits each, lowest first. @throws RangeError if it is not one. */
  varint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a safe integer: ${value}`);
    this.#room(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
    return this;
  }

  /** Bytes as they are; their length is known otherwise. */
  raw(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** A length as a varint, and the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes);
  }

  /** UTF-8 with its length before it. */
  text(text: string): this {
    return this.bytes(textCodec.encode(text));
  }

  /** What was written so far, as a view: write no more after it, or {@link reset} and be done with it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Forgets what was written, and keeps the memory: what `finish` gave is written over from now on. Makes room at once for
   * what will have so many bytes.
   */
  reset(capacity = 0): this {
    this.#length = 0;
    this.#room(capacity);
    return this;
  }

  get #view(): DataView {
    this.#wide ??= new DataView(this.#bytes.buffer);
    return this.#wide;
  }

  #room(more: number): void {
    const need = this.#length + more;
    if (need <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(need, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#wide = null;
  }
}

/** Writes a safe integer of at least 0 as 8 bytes, little-endian. @throws RangeError if it is not one. */
export function writeSafeInteger(view: DataView, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a safe integer: ${value}`);
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
}
