import { SmaltiError } from '@smalti/core';
import type { CallOptions } from '@smalti/raft';
import type { KvGroup, KvService } from '../service/index.ts';

/** A digest of the whole state after the entry at that index was applied. */
export interface Digest {
  readonly index: number;
  readonly sha256: string;
}

/** Digests that are remembered, and indices that are waited for, at most. */
const REMEMBERED = 256;
const MAX_WAITING = 256;
/** Digests nobody asked an index for take at most one part in so many of the time. */
const SHARE = 10;

/** Works out digests of the state, each index once, one after the other. */
export class Digests {
  readonly #service: KvService;
  readonly #known = new Map<number, Digest>();
  readonly #waiting = new Map<number, Promise<Digest>>();
  #latest: Promise<Digest | null> | null = null;
  #newest: Digest | null = null;
  /** When the next one may begin that nobody asked an index for. */
  #restUntil = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor(service: KvService) {
    this.#service = service;
  }

  /**
   * A digest of the state as it is now. While the state is so large that its digest takes long, it can be a little
   * older: what `index` says is what it is of. Null if there is no group.
   */
  latest(): Promise<Digest | null> {
    this.#latest ??= this.#now().finally(() => {
      this.#latest = null;
    });
    return this.#latest;
  }

  /**
   * The digest at exactly that index, waiting until it is applied.
   *
   * @throws SmaltiError `INDEX_PASSED`, `TIMEOUT`, `OVERLOADED`, `GROUP_CLOSED`.
   */
  at(group: KvGroup, index: number, options: CallOptions): Promise<Digest> {
    const known = this.#known.get(index);
    if (known !== undefined) return Promise.resolve(known);
    if (this.#waiting.size >= MAX_WAITING && !this.#waiting.has(index)) {
      return Promise.reject(
        new SmaltiError('OVERLOADED', `${MAX_WAITING} other indices are waited for already`),
      );
    }
    return this.#capture(group, index, options);
  }

  async #now(): Promise<Digest | null> {
    for (;;) {
      const { group } = this.#service;
      if (group === null) return null;
      const index = group.status().applied.index;
      const known = this.#known.get(index);
      if (known !== undefined) return known;
      if (this.#newest !== null && performance.now() < this.#restUntil) return this.#newest;
      try {
        return await this.#capture(group, index, {});
      } catch (error) {
        // Something was applied in between: look again.
        if (!(error instanceof SmaltiError) || error.code !== 'INDEX_PASSED') throw error;
      }
    }
  }

  #capture(group: KvGroup, index: number, options: CallOptions): Promise<Digest> {
    const waiting = this.#waiting.get(index);
    if (waiting !== undefined) return waiting;
    const { machine } = this.#service;
    const digest = group
      .at(index, () => machine.capture(), options)
      .then((capture) => this.#enqueue(async () => ({ index, sha256: await capture.digest() })))
      .then((each) => this.#remember(each))
      .finally(() => this.#waiting.delete(index));
    this.#waiting.set(index, digest);
    return digest;
  }

  /** One at a time: together they would only hold the event loop longer. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(async () => {
      const began = performance.now();
      try {
        return await work();
      } finally {
        const ended = performance.now();
        this.#restUntil = ended + (SHARE - 1) * (ended - began);
      }
    });
    this.#work = result.catch(() => {});
    return result;
  }

  #remember(digest: Digest): Digest {
    this.#known.set(digest.index, digest);
    if (this.#newest === null || digest.index > this.#newest.index) this.#newest = digest;
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(oldest);
    }
    return digest;
  }
}
