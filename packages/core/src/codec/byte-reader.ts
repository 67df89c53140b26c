import { textCodec } from './codec.ts';

/** Thrown when bytes are not what they should be. `offset` is where, from the beginning of what was being read. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} (at byte ${offset})`);
    this.offset = offset;
  }
}

/** Reads what {@link ByteWriter} wrote, and throws {@link DecodeError} on anything else. Never reads past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  /** Made when it is needed: much of what is read has no numbers of fixed length. */
  #wide: DataView | null = null;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    return readSafeInteger(this.#view, this.#take(8));
  }

  varint(): number {
    const start = this.#at;
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let scale = 0x80;
    for (let i = 1; i < 8; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (byte === 0) throw new DecodeError('a number is written longer than it needs to be', start);
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new DecodeError('a number is beyond 2^53 - 1', start);
  }

  /** Goes on after so many bytes. */
  skip(length: number): void {
    this.#take(length);
  }

  /** A view, not a copy. */
  raw(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** A view, not a copy. @throws DecodeError if it is longer than `limit` bytes. */
  bytes(limit: number = Number.MAX_SAFE_INTEGER): Uint8Array {
    const start = this.#at;
    const length = this.varint();
    if (length > limit) throw new DecodeError(`${length} bytes where at most ${limit} are allowed`, start);
    return this.raw(length);
  }

  text(limit: number = Number.MAX_SAFE_INTEGER): string {
    const start = this.#at;
    const bytes = this.bytes(limit);
    try {
      return textCodec.decode(bytes);
    } catch {
      throw new DecodeError('text that is not UTF-8', start);
    }
  }

  /** States that nothing is left. @throws DecodeError otherwise. */
  end(): void {
    if (this.remaining > 0) throw new DecodeError(`${this.remaining} bytes too many`, this.#at);
  }

  get #view(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    this.#wide ??= new DataView(buffer, byteOffset, byteLength);
    return this.#wide;
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) {
      throw new DecodeError(`${length} bytes expected, ${this.#bytes.length - at} are left`, at);
    }
    this.#at = at + length;
    return at;
  }
}

/** Reads 8 bytes, little-endian. @throws DecodeError if the value is beyond 2^53 - 1. */
export function readSafeInteger(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true);
  if (high > 0x1f_ffff) throw new DecodeError('a number is beyond 2^53 - 1', at);
  return high * 0x1_0000_0000 + view.getUint32(at, true);
}
