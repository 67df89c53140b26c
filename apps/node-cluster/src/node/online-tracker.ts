import type { KvGroup } from '../service/index.ts';

/** Follows whether a group is online on this node. Ends by itself when the group closes. */
export class OnlineTracker {
  #online = false;

  /** @param changed called after each change. */
  constructor(group: KvGroup, changed: (online: boolean) => void) {
    void this.#follow(group, changed);
  }

  get online(): boolean {
    return this.#online;
  }

  async #follow(group: KvGroup, changed: (online: boolean) => void): Promise<void> {
    try {
      for (;;) {
        await group.when.online();
        this.#online = true;
        changed(true);
        await group.when.offline();
        this.#online = false;
        changed(false);
      }
    } catch {
      // The group was closed, or the node has stopped, which is told elsewhere.
      this.#online = false;
    }
  }
}
