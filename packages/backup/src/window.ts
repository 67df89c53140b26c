import type { ByteSource } from './source.ts';

/** Reads ahead, for readers that go forward most of the time. */
export class Window {
  readonly #source: ByteSource;
  readonly #ahead: number;
  #offset = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  /** @param ahead bytes that are read at once. */
  constructor(source: ByteSource, ahead: number) {
    this.#source = source;
    this.#ahead = ahead;
  }

  /** Bytes of the source, which stay as they are; fewer only at its end. */
  async take(offset: number, length: number): Promise<Uint8Array> {
    const within = offset - this.#offset;
    if (within < 0 || within + length > this.#bytes.length) {
      this.#bytes = await this.#source.read(offset, Math.max(this.#ahead, length));
      this.#offset = offset;
    }
    const begin = offset - this.#offset;
    return this.#bytes.subarray(begin, begin + length);
  }
}
