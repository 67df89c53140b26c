import { type AnyStateMachine, EntryKind, type SyncProviderContext } from '@smalti/core';
import { BaseContext } from './base-context.ts';
import { encodeFed } from './fed-payload.ts';
import type { Outbox } from './outbox.ts';
import type { Owner } from './owner.ts';
import type { SyncPort } from './port.ts';
import type { Room } from './room.ts';
import { SnapshotFacade } from './snapshot-facade.ts';

/** For providers: also what `createProvider` is given. */
export class ProviderContext extends BaseContext implements SyncProviderContext<AnyStateMachine, unknown> {
  readonly #owner: Owner;
  readonly #port: SyncPort;

  constructor(owner: Owner, room: Room, outbox: Outbox) {
    const { snapshots, clock } = room.port;
    const facade = snapshots === null ? null : new SnapshotFacade(snapshots, owner, () => clock.now());
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
