import type { Cursor, PeerId, SmaltiError } from '@smalti/core';
import type { Role } from './api.ts';
import type { GroupNews } from './group-event.ts';
import type { Position } from './when-api.ts';

/** What changes in a group: all that its users may be told, and positions, which change too often for that. */
export type Happening =
  | GroupNews
  | { readonly type: 'position'; readonly position: Position; readonly from: Cursor; readonly to: Cursor };

/** What is now: the same things as {@link Happening}s tell of. */
export interface GroupNow {
  readonly leader: PeerId | null;
  readonly leads: boolean;
  readonly role: Role;
  readonly online: boolean;
  /** Why nothing more is applied here, or null. */
  readonly machineFailure: SmaltiError | null;
  position(position: Position): Cursor;
}

type Listener = (event: Happening) => void;
type End = (why: SmaltiError) => void;

/** Tells listeners what has changed, in the order it did, and when there will be no more. */
export class GroupEvents {
  readonly #listeners = new Set<Listener>();
  readonly #ends = new Set<End>();
  #over: SmaltiError | null = null;

  /** True if somebody listens: events of hot paths are not even made otherwise. */
  get heard(): boolean {
    return this.#listeners.size > 0;
  }

  /** Why there will be no more events, or null. */
  get over(): SmaltiError | null {
    return this.#over;
  }

  /** @returns how to stop listening. `end` is called when the group closes, or the node stops. */
  listen(listener: Listener, end: End): () => void {
    this.#listeners.add(listener);
    this.#ends.add(end);
    return () => {
      this.#listeners.delete(listener);
      this.#ends.delete(end);
    };
  }

  emit(event: Happening): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  close(why: SmaltiError): void {
    this.#over ??= why;
    const ends = [...this.#ends];
    this.#listeners.clear();
    this.#ends.clear();
    for (const end of ends) end(why);
  }
}
