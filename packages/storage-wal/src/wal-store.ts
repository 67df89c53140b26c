import {
  CONTRACTS,
  type DiskLock,
  type GroupId,
  type GroupLog,
  invariant,
  type LogStore,
  type PluginDescriptor,
  SmaltiError,
  type StoreCallback,
  type StoreIdentity,
} from '@smalti/core';
import { call, run, type Steps } from '@smalti/core/steps';
import { FrameReader } from './files/frame-reader.ts';
import { GroupState } from './group/group-state.ts';
import { WalGroupLog } from './group/wal-group-log.ts';
import type { Recovered } from './recovery/recover.ts';
import { Housekeeper } from './writing/housekeeper.ts';
import { Journal } from './writing/journal.ts';

const DESCRIPTOR: PluginDescriptor = Object.freeze({
  name: '@smalti/storage-wal',
  version: '0.1.0',
  contract: 'log-store',
  contractVersion: CONTRACTS['log-store'],
});

/** A node's log storage in one directory. Made by `openWal`. */
export class WalStore implements LogStore {
  readonly descriptor = DESCRIPTOR;
  readonly identity: StoreIdentity;
  readonly durable = true;
  readonly #recovered: Recovered;
  readonly #lock: DiskLock;
  readonly #journal: Journal;
  readonly #reader: FrameReader;
  readonly #open = new Set<GroupId>();
  /** Groups that are being made. */
  #making = 0;
  #closing: StoreCallback[] | null = null;
  #closed = false;

  constructor(recovered: Recovered, lock: DiskLock) {
    const { env, segments, groups, use } = recovered;
    this.identity = env.identity;
    this.#recovered = recovered;
    this.#lock = lock;
    this.#journal = new Journal(recovered);
    this.#reader = new FrameReader(segments, env.hasher, env.disk.location);
    const housekeeper = new Housekeeper(segments, groups, use, this.#reader);
    this.#journal.housekeeping = (written) => housekeeper.work(written);
    segments.prepare();
    this.#journal.wake();
  }

  get groups(): readonly GroupId[] {
    return [...this.#recovered.groups.keys()];
  }

  openGroup(group: GroupId, done: StoreCallback<GroupLog>): void {
    invariant(!this.#open.has(group), `the log of group ${group} is open at most once`);
    this.#open.add(group);
    const state = this.#recovered.groups.get(group) ?? this.#newState(group);
    const log = new WalGroupLog({
      journal: this.#journal,
      reader: this.#reader,
      state,
      onClose: () => this.#open.delete(group),
    });
    const isNew = !this.#recovered.groups.has(group);
    const { room } = this.#recovered.promises;
    const tooMany = isNew && this.#recovered.groups.size + this.#making >= room;
    const making = isNew && !tooMany ? 1 : 0;
    this.#making += making;
    const told = (error: SmaltiError | null): void => {
      this.#making -= making;
      if (error !== null) this.#open.delete(group);
      // On an error there is no log; the contract's callback has no other way to say so.
      done(error, error === null ? log : (undefined as unknown as GroupLog));
    };
    if (tooMany) {
      const message = `a store holds at most ${room} groups: give this node's other groups another directory`;
      this.#recovered.env.scheduler.endOfTurn(() => told(new SmaltiError('STORAGE_RANGE', message)));
      return;
    }
    this.#journal.submit({
      group,
      record: isNew ? { kind: 'open', group } : null,
      frames: [],
      frameBytes: 0,
      apply: () => this.#recovered.groups.set(group, state),
      revert: () => {},
      done: told,
    });
  }

  onFault(listener: (error: SmaltiError) => void): void {
    this.#journal.onFault(listener);
  }

  close(done: StoreCallback): void {
    const { scheduler } = this.#recovered.env;
    if (this.#closed) {
      scheduler.endOfTurn(() => done(null));
      return;
    }
    if (this.#closing !== null) {
      this.#closing.push(done);
      return;
    }
    const waiting = [done];
    this.#closing = waiting;
    run(this.#shutDown(), (error) => {
      // What was promised is on the disk; a file that could not be closed changes nothing of it.
      if (error !== null) this.#recovered.env.logger.warn('the log was not closed cleanly', { error });
      this.#closed = true;
      scheduler.endOfTurn(() => {
        for (const told of waiting) told(null);
      });
    });
  }

  #newState(group: GroupId): GroupState {
    return new GroupState(group, this.#recovered.use);
  }

  *#shutDown(): Steps<void> {
    yield* this.#journal.drain();
    try {
      yield* this.#recovered.segments.close();
      yield* call<void>((closed) => this.#recovered.promises.close(() => closed(null, undefined)));
    } finally {
      yield* call<void>((released) => this.#lock.release((error) => released(error, undefined)));
    }
  }
}
