import {
  type ClusterId,
  decodeGenesis,
  EntryKind,
  type GroupId,
  type LogStore,
  payloadOf,
} from '@smalti/core';
import { closeLog, openLog } from './open-log.ts';

/** A group that is open, as far as its cluster goes. */
export interface OpenCluster {
  readonly cluster: ClusterId | null;
}

/**
 * Whose logs a store has. A group is found by an id that is derived from its keys; with other keys its log is not
 * found, and its node must not pass for a blank one: under its old incarnation it would be counted for what it forgot.
 */
export class StoredClusters {
  readonly #store: LogStore;
  readonly #open = new Map<GroupId, OpenCluster>();
  readonly #closed = new Map<GroupId, ClusterId | null>();

  constructor(store: LogStore) {
    this.#store = store;
  }

  opened(slot: GroupId, group: OpenCluster): void {
    this.#open.set(slot, group);
    this.#closed.delete(slot);
  }

  closed(slot: GroupId): void {
    const group = this.#open.get(slot);
    if (group === undefined) return;
    this.#open.delete(slot);
    this.#closed.set(slot, group.cluster);
  }

  /** Looks into the logs that are not open. `passed` are about to be opened: they will tell. */
  async look(passed: (slot: GroupId) => boolean): Promise<void> {
    for (const slot of this.#store.groups) {
      if (this.#open.has(slot) || this.#closed.has(slot) || passed(slot)) continue;
      const log = await openLog(this.#store, slot);
      const [birth] = log.configurations;
      const genesis = birth?.kind === EntryKind.genesis ? decodeGenesis(payloadOf(birth)) : null;
      this.#closed.set(slot, genesis?.cluster ?? null);
      await closeLog(log);
    }
  }

  /** True if the log of that cluster is here under another id than `own`. */
  holds(cluster: ClusterId, own: GroupId): boolean {
    for (const [slot, group] of this.#open) if (slot !== own && group.cluster === cluster) return true;
    for (const [slot, closed] of this.#closed) if (slot !== own && closed === cluster) return true;
    return false;
  }
}
