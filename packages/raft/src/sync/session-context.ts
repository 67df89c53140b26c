import type {
  Anchor,
  AnyStateMachine,
  Cursor,
  Entry,
  Index,
  PeerId,
  SnapshotWriter,
  StoreCallback,
  SyncProgress,
  SyncSessionContext,
} from '@smalti/core';
import { BaseContext } from './base-context.ts';
import { copyOf } from './log-facade.ts';
import type { Outbox } from './outbox.ts';
import type { Owner } from './owner.ts';
import type { SessionDoor } from './port.ts';
import type { Room } from './room.ts';
import type { SessionAppends } from './session-appends.ts';
import type { SessionInstall } from './session-install.ts';
import type { SessionWrites } from './session-writes.ts';

/** Where the requests of a session go. */
export interface SessionParts {
  readonly door: SessionDoor;
  readonly writes: SessionWrites;
  readonly appends: SessionAppends;
  readonly install: SessionInstall;
  readonly snapshots: SnapshotWriter | null;
  leader(): PeerId;
  /** @throws SmaltiError `SYNC_REFUSED` if it is no report. */
  report(progress: SyncProgress): void;
}

/** For sessions. */
export class SessionContext extends BaseContext implements SyncSessionContext<AnyStateMachine, unknown> {
  readonly #owner: Owner;
  readonly #parts: SessionParts;

  constructor(owner: Owner, room: Room, outbox: Outbox, parts: SessionParts) {
    super(owner, room, outbox, parts.snapshots);
    this.#owner = owner;
    this.#parts = parts;
    Object.freeze(this);
  }

  static {
    Object.freeze(SessionContext.prototype);
  }

  override leader(): PeerId {
    return this.#owner.use('leader', () => this.#parts.leader());
  }

  get position(): Cursor {
    return this.#owner.use('position', () => copyOf(this.#parts.door.position));
  }

  get ceiling(): Index {
    return this.#owner.use('ceiling', () => this.#parts.door.ceiling);
  }

  get verified(): Cursor {
    return this.#owner.use('verified', () => copyOf(this.#parts.door.verified));
  }

  verify(frames: Uint8Array): readonly Entry[] {
    return this.#owner.use('verify', () => this.#parts.writes.verify(frames));
  }

  append(entries: readonly Entry[], done: StoreCallback): void {
    this.#owner.use('append', () => this.#parts.appends.append(entries, done));
  }

  override get snapshots(): SnapshotWriter | null {
    this.#owner.check('snapshots');
    return this.#parts.snapshots;
  }

  get anchor(): Anchor | null {
    return this.#owner.use('anchor', () => {
      const { anchor } = this.#parts.door;
      return anchor === null ? null : Object.freeze({ at: copyOf(anchor.at), root: anchor.root });
    });
  }

  get mustInstall(): boolean {
    return this.#owner.use('mustInstall', () => this.#parts.door.mustInstall);
  }

  install(anchor: Anchor, done: StoreCallback): void {
    this.#owner.use('install', () => this.#parts.install.install(anchor, done));
  }

  setCommitted(at: Cursor): void {
    this.#owner.use('setCommitted', () => this.#parts.writes.setCommitted(at));
  }

  report(progress: SyncProgress): void {
    this.#owner.use('report', () => this.#parts.report(progress));
  }
}
