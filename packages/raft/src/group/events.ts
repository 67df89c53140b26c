import type { Cursor, PeerId, SmaltiError, Term } from '@smalti/core';
import type { Role } from './api.ts';
import type { Position } from './when-api.ts';

/** What changes in a group and can be waited for. */
export type GroupEvent =
  | { readonly type: 'role'; readonly role: Role; readonly term: Term }
  | { readonly type: 'leader'; readonly leader: PeerId | null }
  | { readonly type: 'position'; readonly position: Position; readonly from: Cursor; readonly to: Cursor }
  | { readonly type: 'online'; readonly online: boolean }
  /** This node is no member any more; the last event. */
  | { readonly type: 'removed'; readonly error: SmaltiError }
  /** Nothing more is applied on this node. */
  | { readonly type: 'machine-failed'; readonly error: SmaltiError };

/** What is now: the same things as {@link GroupEvent}s tell of. */
export interface GroupNow {
  readonly leader: PeerId | null;
  readonly leads: boolean;
  readonly role: Role;
  readonly online: boolean;
  /** Why nothing more is applied here, or null. */
  readonly machineFailure: SmaltiError | null;
  position(position: Position): Cursor;
}

type Listener = (event: GroupEvent) => void;
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

  emit(event: GroupEvent): void {
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
