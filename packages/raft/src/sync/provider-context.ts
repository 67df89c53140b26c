import { type AnyStateMachine, EntryKind, type SnapshotStore, type SyncProviderContext } from '@smalti/core';
import { BaseContext } from './base-context.ts';
import { encodeFed } from './fed-payload.ts';
import type { Outbox } from './outbox.ts';
import type { Owner } from './owner.ts';
import type { SyncPort } from './port.ts';
import type { Room } from './room.ts';
import { type ReadableStore, SnapshotFacade } from './snapshot-facade.ts';

/** For providers: also what `createProvider` is given. */
export class ProviderContext extends BaseContext implements SyncProviderContext<AnyStateMachine, unknown> {
  readonly #owner: Owner;
  readonly #port: SyncPort;

  constructor(owner: Owner, room: Room, outbox: Outbox) {
    const { snapshots } = room.port;
    const facade =
      snapshots === null ? null : new SnapshotFacade(served(snapshots, room.port), owner, room.port);
    super(owner, room, outbox, facade);
    this.#owner = owner;
    this.#port = room.port;
    Object.freeze(this);
  }

  static {
    Object.freeze(ProviderContext.prototype);
  }

  isLeader(): boolean {
    return this.#owner.use('isLeader', () => this.#port.leads());
  }

  /** @throws RangeError for more than 64 KiB of bytes; what the machine's codec throws for a command. */
  feedCommand(entry: { readonly command: unknown } | { readonly bytes: Uint8Array }): boolean {
    return this.#owner.use('feedCommand', () => {
      if (!this.#port.leads()) return false;
      if ('bytes' in entry) {
        const payload = encodeFed(this.#owner.strategy, entry.bytes);
        return this.#port.propose([{ kind: EntryKind.sync, payload }]);
      }
      return this.#port.propose([this.#port.commandDraft(entry.command)]);
    });
  }
}

/**
 * What others may have of the checkpoints here. Whoever has found that its state is another than the majority's gives
 * none away until it is repaired: nobody knows yet what else is wrong with that node.
 */
function served(store: SnapshotStore, { diverged, scheduler }: SyncPort): ReadableStore {
  return {
    manifests: () => (diverged() ? [] : store.manifests()),
    has: (name) => !diverged() && store.has(name),
    get: (name, done) => {
      if (diverged()) scheduler.endOfTurn(() => done(null, null));
      else store.get(name, done);
    },
    lease: (root, untilMs) => store.lease(root, untilMs),
  };
}
