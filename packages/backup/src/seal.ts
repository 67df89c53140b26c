import { fromHex, type Hasher, type PartName } from '@smalti/core';

/** One hash for a whole archive, made as its parts come: another order, one more or one less gives another. */
export class Seal {
  readonly #hasher: Hasher;
  #hash: Uint8Array;

  constructor(manifest: Uint8Array, hasher: Hasher) {
    this.#hasher = hasher;
    this.#hash = hasher.sha256(manifest);
  }

  get bytes(): Uint8Array {
    return this.#hash;
  }

  add(name: PartName): void {
    this.#hash = this.#hasher.sha256(this.#hash, fromHex(name));
  }
}
