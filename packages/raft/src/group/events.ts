import type { Cursor, PeerId } from '@smalti/core';

/** What changes in a group and can be waited for. */
export type GroupEvent =
  | { readonly type: 'leader'; readonly leader: PeerId | null }
  | { readonly type: 'position'; readonly position: Position; readonly from: Cursor; readonly to: Cursor }
  | { readonly type: 'online'; readonly online: boolean };

export type Position = 'log' | 'committed' | 'applied';

/** What is now: the same things as {@link GroupEvent}s tell of. */
export interface GroupNow {
  readonly leader: PeerId | null;
  readonly leads: boolean;
  readonly online: boolean;
  position(position: Position): Cursor;
}

type Listener = (event: GroupEvent) => void;

/** Tells listeners what has changed, in the order it did, and when there will be no more. */
export class GroupEvents {
  readonly #listeners = new Set<Listener>();
  readonly #ends = new Set<() => void>();
  #over = false;

  /** True if somebody listens: events of hot paths are not even made otherwise. */
  get heard(): boolean {
    return this.#listeners.size > 0;
  }

  get over(): boolean {
    return this.#over;
  }

  /** @returns how to stop listening. `end` is called when the group closes. */
  listen(listener: Listener, end: () => void): () => void {
    this.#listeners.add(listener);
    this.#ends.add(end);
    return () => {
      this.#listeners.delete(listener);
      this.#ends.delete(end);
    };
  }

  emit(event: GroupEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  close(): void {
    this.#over = true;
    const ends = [...this.#ends];
    this.#listeners.clear();
    this.#ends.clear();
    for (const end of ends) end();
  }
}
