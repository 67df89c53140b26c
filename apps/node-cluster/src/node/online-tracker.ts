import { SmaltiError } from '@smalti/core';
import type { KvGroup } from '../service/index.ts';

/** Follows whether a group is online on this node. Ends by itself when the group closes. */
export class OnlineTracker {
  /** Resolves when this node is no member of the group any more, with what is said about it; else never. */
  readonly removed: Promise<SmaltiError>;
  #online = false;

  /** @param changed called after each change. */
  constructor(group: KvGroup, changed: (online: boolean) => void) {
    this.removed = new Promise((resolve) => void this.#follow(group, changed, resolve));
  }

  get online(): boolean {
    return this.#online;
  }

  async #follow(
    group: KvGroup,
    changed: (online: boolean) => void,
    removed: (why: SmaltiError) => void,
  ): Promise<void> {
    try {
      for (;;) {
        await group.when.online();
        this.#online = true;
        changed(true);
        await group.when.offline();
        this.#online = false;
        changed(false);
      }
    } catch (error) {
      this.#online = false;
      // Else the group was closed, or the node has stopped, which is told elsewhere.
      if (error instanceof SmaltiError && error.code === 'REMOVED') removed(error);
    }
  }
}
