import { SmaltiError } from '@smalti/core';
import type { KvGroup, KvService } from '../service/index.ts';

/** A digest of the whole state after the entry at that index was applied. */
export interface Digest {
  readonly index: number;
  readonly sha256: string;
}

/** A digest that is waited for or worked out. */
interface Sought {
  callers: number;
  /** Once the index was reached, until it is known. */
  work: Promise<Digest> | null;
}

/** Digests that are remembered, and that are sought at a time, at most. */
const REMEMBERED = 256;
const MAX_SOUGHT = 256;
/** Digests nobody asked an index for take at most one part in so many of the time. */
const SHARE = 10;

/** Works out digests of the state, each index once, one after the other. */
export class Digests {
  readonly #service: KvService;
  readonly #known = new Map<number, Digest>();
  readonly #sought = new Map<number, Sought>();
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
   * The digest at exactly that index, waiting until it is applied. Who waits for no longer than `timeoutMs` may ask
   * again: what others wait for, or what was begun, goes on.
   *
   * @throws SmaltiError `INDEX_PASSED`, `TIMEOUT`, `OVERLOADED`, `GROUP_CLOSED`.
   */
  async at(group: KvGroup, index: number, timeoutMs: number): Promise<Digest> {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    if (this.#sought.size >= MAX_SOUGHT && !this.#sought.has(index)) {
      throw new SmaltiError('OVERLOADED', `${MAX_SOUGHT} other indices are waited for already`);
    }
    const until = performance.now() + timeoutMs;
    const sought = this.#seek(index);
    sought.callers += 1;
    try {
      // Whoever of them comes first begins it for all. Once it is begun, the index may be passed.
      const begin = () => ({ work: this.#begin(index) });
      const work = sought.work ?? (await group.at(index, begin, { timeoutMs })).work;
      return await within(work, until, `the digest at ${index} was not worked out within ${timeoutMs} ms`);
    } finally {
      sought.callers -= 1;
      this.#leave(index, sought);
    }
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
        return await group.at(index, () => this.#begin(index));
      } catch (error) {
        // Something was applied in between: look again.
        if (!(error instanceof SmaltiError) || error.code !== 'INDEX_PASSED') throw error;
      }
    }
  }

  #seek(index: number): Sought {
    const sought = this.#sought.get(index) ?? { callers: 0, work: null };
    this.#sought.set(index, sought);
    return sought;
  }

  #leave(index: number, { callers, work }: Sought): void {
    if (callers === 0 && work === null) this.#sought.delete(index);
  }

  /** The machine has applied exactly that index. */
  #begin(index: number): Promise<Digest> {
    const sought = this.#seek(index);
    if (sought.work !== null) return sought.work;
    const capture = this.#service.machine.capture();
    sought.work = this.#enqueue(async () => ({ index, sha256: await capture.digest() }))
      .then((digest) => this.#remember(digest))
      .finally(() => {
        sought.work = null;
        this.#leave(index, sought);
      });
    return sought.work;
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

/** @throws SmaltiError `TIMEOUT` if that moment of `performance.now` comes first. */
function within<T>(work: Promise<T>, until: number, text: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new SmaltiError('TIMEOUT', text));
    const timer = setTimeout(late, Math.max(until - performance.now(), 0));
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
