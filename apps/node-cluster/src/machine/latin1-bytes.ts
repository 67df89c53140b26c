import { DecodeError } from '@smalti/core';

/** Bytes that a length takes: 1 up to 127, 2 up to 16,383, and so on. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

/** Bytes of a string with its length before it. */
export function fieldBytes(text: string): number {
  return varintBytes(text.length) + text.length;
}

/** Writes numbers and latin1 strings into bytes whose number is known. */
export class Latin1Writer {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.#bytes = Buffer.allocUnsafe(length);
  }

  u8(value: number): this {
    this.#bytes[this.#at++] = value;
    return this;
  }

  varint(value: number): this {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
    return this;
  }

  i64(value: bigint): this {
    this.#at = this.#bytes.writeBigInt64LE(value, this.#at);
    return this;
  }

  /** The characters as bytes; their number is known otherwise. */
  raw(text: string): this {
    this.#at += this.#bytes.write(text, this.#at, 'latin1');
    return this;
  }

  field(text: string): this {
    return this.varint(text.length).raw(text);
  }

  finish(): Uint8Array {
    return this.#bytes;
  }
}

/** Where there is only one string to read, up to the end: nothing is made but that. */
export function latin1Of(bytes: Uint8Array, from: number): string {
  return latin1Slice.call(bytes, from, bytes.length);
}

/** Takes any bytes, and not only those of a `Buffer`. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, from: number, to: number): string;
};

/** Reads what {@link Latin1Writer} wrote. @throws DecodeError on anything else. */
export class Latin1Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    this.#need(1);
    return this.#bytes[this.#at++] ?? 0;
  }

  /** At most 2^32 - 1, and written as short as can be. */
  varint(): number {
    const start = this.#at;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 5; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (byte === 0 && i > 0)
          throw new DecodeError('a number is written longer than it needs to be', start);
        if (value > 0xffff_ffff) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new DecodeError('a number is beyond 2^32 - 1', start);
  }

  i64(): bigint {
    this.#need(8);
    const value = this.#bytes.readBigInt64LE(this.#at);
    this.#at += 8;
    return value;
  }

  raw(length: number): string {
    this.#need(length);
    const text = this.#bytes.toString('latin1', this.#at, this.#at + length);
    this.#at += length;
    return text;
  }

  field(): string {
    return this.raw(this.varint());
  }

  rest(): string {
    return this.raw(this.remaining);
  }

  /** States that nothing is left. */
  end(): void {
    if (this.remaining > 0) throw new DecodeError(`${this.remaining} bytes too many`, this.#at);
  }

  #need(length: number): void {
    if (length > this.remaining) {
      throw new DecodeError(`${length} bytes expected, ${this.remaining} are left`, this.#at);
    }
  }
}
