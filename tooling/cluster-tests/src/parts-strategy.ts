import {
  type AnyStateMachine,
  bytesCodec,
  type Index,
  type SessionPoll,
  SmaltiError,
  type StateSync,
  type SyncSession,
  type SyncSessionContext,
} from '@smalti/core';
import type { MemorySnapshotStore } from '@smalti/storage-memory';

type Context = SyncSessionContext<AnyStateMachine, Uint8Array>;

/**
 * Installs what the leader announces, with all parts of another node's store, which it takes from there by itself: a way
 * to catch up that has nothing to go wrong but the install. What follows the anchor is left to the next strategy.
 */
export function partsFrom(other: () => MemorySnapshotStore): StateSync<AnyStateMachine, Uint8Array> {
  return {
    descriptor: { name: 'parts', version: '1.0.0', contract: 'state-sync', contractVersion: 1 },
    name: 'parts',
    wireVersions: { min: 1, max: 1 },
    signature: 'test/parts/1',
    messages: () => bytesCodec,
    createProvider: () => ({
      receive: () => false,
      safeToPrunePrefix: () => Number.MAX_SAFE_INTEGER as Index,
    }),
    createSession: () => new PartsSession(other),
  };
}

class PartsSession implements SyncSession<AnyStateMachine, Uint8Array> {
  readonly #other: () => MemorySnapshotStore;
  #busy = false;
  #error: SmaltiError | null = null;

  constructor(other: () => MemorySnapshotStore) {
    this.#other = other;
  }

  poll(cx: Context): SessionPoll {
    if (this.#error !== null) return { failed: this.#error };
    if (this.#busy) return 'pending';
    if (cx.mustInstall) {
      this.#install(cx);
      return 'pending';
    }
    if (cx.verified.index >= cx.position.index) return { done: cx.verified };
    return { failed: new SmaltiError('CANNOT_SYNC', 'the rest is for others to fetch') };
  }

  receive(): void {}

  #install(cx: Context): void {
    const { anchor, snapshots } = cx;
    if (anchor === null || snapshots === null) return;
    this.#busy = true;
    const ended = (error: SmaltiError | null): void => {
      this.#busy = false;
      this.#error = error === null ? null : new SmaltiError('CANNOT_SYNC', error.message, { cause: error });
    };
    const lease = snapshots.lease(null, Number.POSITIVE_INFINITY);
    snapshots.put(this.#other().data.parts, (error) => {
      if (error !== null) return ended(error);
      cx.install(anchor, (why) => {
        lease.release();
        ended(why);
      });
    });
  }
}
