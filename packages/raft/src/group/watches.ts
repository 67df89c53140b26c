import type { Cursor, Index } from '@smalti/core';

/** Somebody who waits for an index to be applied. */
export interface Watcher {
  /** Called once, right after exactly that index was applied. */
  look(at: Cursor): void;
  /** Called instead, once, if a checkpoint at `at` took the place of the state at that index: it never is there. */
  skipped(at: Cursor): void;
}

/** Who waits for which index. */
export class Watches {
  readonly #watchers = new Map<Index, Watcher[]>();

  /** @returns how to stop waiting. */
  add(index: Index, watcher: Watcher): () => void {
    const watchers = this.#watchers.get(index) ?? [];
    watchers.push(watcher);
    this.#watchers.set(index, watchers);
    return () => {
      const left = (this.#watchers.get(index) ?? []).filter((other) => other !== watcher);
      if (left.length > 0) this.#watchers.set(index, left);
      else this.#watchers.delete(index);
    };
  }

  /** That index was applied. */
  reached(at: Cursor): void {
    if (this.#watchers.size === 0) return;
    for (const watcher of this.#take(at.index)) watcher.look(at);
  }

  /** The state is that of a checkpoint now; nothing in between was applied. */
  installed(at: Cursor): void {
    for (const index of [...this.#watchers.keys()]) {
      if (index < at.index) for (const watcher of this.#take(index)) watcher.skipped(at);
    }
    this.reached(at);
  }

  #take(index: Index): readonly Watcher[] {
    const watchers = this.#watchers.get(index) ?? [];
    this.#watchers.delete(index);
    return watchers;
  }
}
