import {
  type Cursor,
  type Disk,
  type DiskCallback,
  type DiskError,
  type DiskFile,
  type DiskLock,
  type Entry,
  type GroupId,
  type GroupLog,
  type HardState,
  type Index,
  invariant,
  joinFrames,
  type LogStore,
  type LogWrite,
  type PeerId,
  readFrames,
  SmaltiError,
  type StoreCallback,
  type StoreIdentity,
  type Term,
  type TermStart,
  toHex,
  toIncarnation,
} from '@smalti/core';
import { type SimPorts, simHasher } from '@smalti/simulator';
import {
  after,
  type Change,
  configurationsOf,
  EMPTY,
  type GroupState,
  lastOf,
  termOf,
  termsOf,
} from '../src/log-store/model.ts';

/** Bugs that can be planted into the journal store. */
export interface Bugs {
  readonly acknowledgesEarly?: boolean;
  readonly skipsSync?: boolean;
  readonly forgetsTruncation?: boolean;
  readonly reordersCallbacks?: boolean;
  readonly resetDropsSuffix?: boolean;
  readonly forgetsVotes?: boolean;
  readonly believesTornRecords?: boolean;
  readonly keepsWhatWasRefused?: boolean;
}

interface Queued {
  readonly log: JournalLog;
  readonly change: Change;
  readonly done: StoreCallback;
}

/**
 * The simplest durable log store there is: one file, a record and a sync for each change, everything in memory. It is
 * right, unless bugs are planted, and shows that the suite finds them.
 */
export async function openJournal(ports: SimPorts, node: PeerId, bugs: Bugs = {}): Promise<LogStore> {
  const { disk } = ports;
  const lock = await ask<DiskLock>((done) => disk.lock('lock', done)).catch((error: DiskError) => {
    throw new SmaltiError('STORAGE_LOCKED', error.message);
  });
  const identity = await openIdentity(disk, ports, node).catch(async (error: Error) => {
    await ask((done) => lock.release(done));
    throw error;
  });
  const names = await ask<readonly string[]>((done) => disk.list('', done));
  const mode = names.includes('journal') ? 'existing' : 'create';
  const file = await ask<DiskFile>((done) => disk.open('journal', mode, done));
  await ask((done) => disk.syncDirectory('', done));
  const size = await ask<number>((done) => file.size(done));
  const bytes = await ask<Uint8Array>((done) => file.readAt(0, size, done));
  const { states, end } = replay(bytes, bugs);
  await ask((done) => file.truncate(end, done));
  if (!bugs.skipsSync) await ask((done) => file.sync(done));
  return new JournalStore(ports, lock, file, identity, states, end, bugs);
}

class JournalStore implements LogStore {
  readonly descriptor = { name: 'journal', version: '0', contract: 'log-store', contractVersion: 1 } as const;
  readonly durable = true;
  readonly identity: StoreIdentity;
  readonly bugs: Bugs;
  fault: SmaltiError | null = null;
  readonly #ports: SimPorts;
  readonly #lock: DiskLock;
  readonly #file: DiskFile;
  readonly #states: Map<GroupId, GroupState>;
  #queue: Queued[] = [];
  #whenIdle: (() => void)[] = [];
  #end: number;
  #writing = false;

  constructor(
    ports: SimPorts,
    lock: DiskLock,
    file: DiskFile,
    identity: StoreIdentity,
    states: Map<GroupId, GroupState>,
    end: number,
    bugs: Bugs,
  ) {
    this.#ports = ports;
    this.#lock = lock;
    this.#file = file;
    this.identity = identity;
    this.#states = states;
    this.#end = end;
    this.bugs = bugs;
  }

  get groups(): readonly GroupId[] {
    return [...this.#states.keys()];
  }

  openGroup(group: GroupId, done: StoreCallback<GroupLog>): void {
    const { fault } = this;
    if (fault !== null) {
      this.later(() => done(fault, undefined as unknown as GroupLog));
      return;
    }
    const state = this.#states.get(group) ?? EMPTY;
    this.#states.set(group, state);
    this.later(() => done(null, new JournalLog(this, group, state)));
  }

  onFault(): void {}

  close(done: StoreCallback): void {
    this.whenIdle(() => {
      this.fault = new SmaltiError('STORAGE_CLOSED', 'closed');
      this.#lock.release((error) => done(error && toError(error)));
    });
  }

  later(work: () => void): void {
    this.#ports.scheduler.nextTurn(work);
  }

  whenIdle(work: () => void): void {
    if (this.#writing) this.#whenIdle.push(work);
    else this.later(work);
  }

  submit(queued: Queued): void {
    this.#queue.push(queued);
    if (!this.#writing) this.later(() => this.#next());
    this.#writing = true;
  }

  probe(bytes: number, done: StoreCallback): void {
    this.whenIdle(() =>
      this.#file.allocate(this.#end + bytes, (error) => {
        if (error !== null) {
          done(toError(error));
          return;
        }
        this.#file.truncate(this.#end, (error) => done(error && toError(error)));
      }),
    );
  }

  #next(): void {
    const queued = this.#queue.shift();
    if (queued === undefined) {
      this.#writing = false;
      for (const work of this.#whenIdle.splice(0)) work();
      return;
    }
    const { log, change, done } = queued;
    const record = encode(log.group, change);
    const finish: DiskCallback = (error) => {
      if (error !== null) {
        this.#fail(queued, toError(error));
        return;
      }
      this.#end += record.length;
      this.#states.set(log.group, after(this.#states.get(log.group) ?? EMPTY, change));
      if (!this.bugs.acknowledgesEarly) done(null);
      this.#next();
    };
    if (this.bugs.acknowledgesEarly) this.later(() => done(null));
    if (this.bugs.skipsSync) this.#file.writeAt(this.#end, record, finish);
    else this.#file.writeAndSync(this.#end, record, finish);
  }

  #fail(failed: Queued, error: SmaltiError): void {
    const final = error.code !== 'STORAGE_FULL';
    if (final) this.fault = error;
    const concerned = (queued: Queued): boolean => final || queued.log === failed.log;
    const refused = [failed, ...this.#queue.filter(concerned)];
    this.#queue = this.#queue.filter((queued) => !concerned(queued));
    if (!this.bugs.keepsWhatWasRefused) failed.log.state = this.#states.get(failed.log.group) ?? EMPTY;
    for (const { done } of refused) done(error);
    this.#next();
  }
}

class JournalLog implements GroupLog {
  readonly group: GroupId;
  state: GroupState;
  readonly #store: JournalStore;
  #closed = false;

  constructor(store: JournalStore, group: GroupId, state: GroupState) {
    this.#store = store;
    this.group = group;
    this.state = state;
  }

  get hardState(): HardState {
    return this.state.hardState;
  }
  get base(): Cursor {
    return this.state.base;
  }
  get last(): Cursor {
    return lastOf(this.state);
  }
  get terms(): readonly TermStart[] {
    return termsOf(this.state) as TermStart[];
  }
  get configurations(): readonly Entry[] {
    return configurationsOf(this.state);
  }
  get bytes(): number {
    return joinFrames(this.state.entries).length;
  }

  termAt(index: Index): Term | undefined {
    return termOf(this.state, index) as Term | undefined;
  }

  write(write: LogWrite, done: StoreCallback): void {
    const { base } = this;
    const end = Math.min(this.last.index, (write.truncateFrom ?? Number.POSITIVE_INFINITY) - 1);
    invariant(end >= base.index, 'a truncation below the base');
    for (const [i, entry] of (write.entries ?? []).entries())
      invariant(entry.index === end + 1 + i, 'a hole');
    this.#submit({ kind: 'write', write }, done);
  }

  read(first: Index, last: Index, maxBytes: number, done: StoreCallback<readonly Entry[]>): void {
    const fault = this.#store.fault;
    if (fault !== null) {
      this.#store.later(() => done(fault, []));
      return;
    }
    const within = this.state.entries.filter(({ index }) => index >= first && index <= last);
    let count = within.length;
    while (count > 1 && joinFrames(within.slice(0, count)).length > maxBytes) count -= 1;
    this.#store.later(() => done(null, within.slice(0, count)));
  }

  prunePrefix(through: Index, done: StoreCallback): void {
    if (through <= this.last.index) this.#submit({ kind: 'prune', through }, done);
    else this.#store.later(() => done(new SmaltiError('STORAGE_RANGE', 'beyond the end')));
  }

  resetTo(cursor: Cursor, hardState: HardState, configuration: Entry | null, done: StoreCallback): void {
    if (this.#store.bugs.resetDropsSuffix) {
      const from = { kind: 'write', write: { truncateFrom: (this.base.index + 1) as Index } } as const;
      this.state = after(this.state, from);
    }
    this.#submit({ kind: 'reset', cursor, hardState, configuration }, done);
  }

  probe(bytes: number, done: StoreCallback): void {
    this.#store.probe(bytes, done);
  }

  close(done: StoreCallback): void {
    this.#closed = true;
    this.#store.whenIdle(() => done(null));
  }

  #submit(change: Change, done: StoreCallback): void {
    const { fault } = this.#store;
    const error = this.#closed ? new SmaltiError('STORAGE_CLOSED', 'closed') : fault;
    if (error !== null) {
      this.#store.later(() => done(error));
      return;
    }
    this.state = after(this.state, change);
    const swaps =
      this.#store.bugs.reordersCallbacks && change.kind === 'write' && change.write.entries === undefined;
    if (swaps) this.#store.later(() => done(null));
    this.#store.submit({ log: this, change, done: swaps ? () => {} : done });
  }
}

async function openIdentity(disk: Disk, { random }: SimPorts, node: PeerId): Promise<StoreIdentity> {
  const names = await ask<readonly string[]>((done) => disk.list('', done));
  if (!names.includes('identity')) {
    const minted: StoreIdentity = { node, incarnation: toIncarnation(toHex(random.bytes(16))) };
    if (names.includes('identity.new')) await ask((done) => disk.unlink('identity.new', done));
    const file = await ask<DiskFile>((done) => disk.open('identity.new', 'create', done));
    await ask((done) => file.writeAndSync(0, new TextEncoder().encode(JSON.stringify(minted)), done));
    await ask((done) => disk.rename('identity.new', 'identity', done));
    await ask((done) => disk.syncDirectory('', done));
    return minted;
  }
  const file = await ask<DiskFile>((done) => disk.open('identity', 'existing', done));
  const bytes = await ask<Uint8Array>((done) => file.readAt(0, 1000, done));
  const identity = JSON.parse(new TextDecoder().decode(bytes)) as StoreIdentity;
  if (identity.node !== node) {
    throw new SmaltiError('STORAGE_FOREIGN', `this is the journal of ${identity.node}, not of ${node}`);
  }
  return identity;
}

/** A record: length, CRC, length of what is JSON, JSON, frames. */
function encode(group: GroupId, change: Change): Uint8Array {
  const entries =
    change.kind === 'write'
      ? (change.write.entries ?? [])
      : change.kind === 'reset' && change.configuration
        ? [change.configuration]
        : [];
  const plain =
    change.kind === 'write'
      ? { ...change, write: { ...change.write, entries: undefined } }
      : { ...change, configuration: undefined };
  const json = new TextEncoder().encode(JSON.stringify({ group, change: plain }));
  const frames = joinFrames(entries);
  const record = new Uint8Array(12 + json.length + frames.length);
  const view = new DataView(record.buffer);
  record.set(json, 12);
  record.set(frames, 12 + json.length);
  view.setUint32(0, record.length);
  view.setUint32(8, json.length);
  view.setUint32(4, simHasher.crc32(record.subarray(8)));
  return record;
}

function replay(bytes: Uint8Array, bugs: Bugs): { states: Map<GroupId, GroupState>; end: number } {
  const states = new Map<GroupId, GroupState>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = 0;
  while (bytes.length - end >= 12) {
    const length = view.getUint32(end);
    if (length < 12 || length > bytes.length - end) break;
    const record = bytes.subarray(end, end + length);
    const holds = simHasher.crc32(record.subarray(8)) === view.getUint32(end + 4);
    if (!holds && !bugs.believesTornRecords) break;
    const jsonEnd = 12 + view.getUint32(end + 8);
    end += length;
    const { group, change } = JSON.parse(new TextDecoder().decode(record.subarray(12, jsonEnd))) as {
      group: GroupId;
      change: Change;
    };
    const entries = readFrames(record.subarray(jsonEnd));
    states.set(group, after(states.get(group) ?? EMPTY, revive(change, entries, bugs)));
  }
  return { states, end };
}

function revive(change: Change, entries: readonly Entry[], bugs: Bugs): Change {
  if (change.kind === 'reset') return { ...change, configuration: entries[0] ?? null };
  if (change.kind === 'prune') return change;
  const { truncateFrom, hardState } = change.write;
  const cut =
    truncateFrom !== undefined && !(bugs.forgetsTruncation && entries.length === 0) ? { truncateFrom } : {};
  const state =
    hardState === undefined
      ? {}
      : { hardState: bugs.forgetsVotes ? { ...hardState, vote: null } : hardState };
  return { kind: 'write', write: { ...cut, ...state, entries } };
}

function toError(error: DiskError): SmaltiError {
  return new SmaltiError(error.code === 'full' ? 'STORAGE_FULL' : 'STORAGE_FAILED', error.message);
}

function ask<T = void>(submit: (done: DiskCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    submit((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}
