import {
  type Cursor,
  cursor,
  type Entry,
  EntryKind,
  Framer,
  type GroupId,
  type GroupLog,
  type HardState,
  type Index,
  type LogStore,
  type LogWrite,
  type MemberKey,
  NO_HARD_STATE,
  type SmaltiError,
  type StoreCallback,
  type Term,
  toClusterId,
  toGroupId,
  toPeerId,
} from '@smalti/core';
import { type SimNode, Simulation, simHasher } from '@smalti/simulator';
import { openWal, type WalOptions } from '../src/index.ts';

export const NODE = toPeerId('n1');
export const GROUP = toGroupId('a1'.repeat(32));
export const OTHER_GROUP = toGroupId('b2'.repeat(32));
export const VOTE = `n2@${'0f'.repeat(16)}` as MemberKey;
export const OTHER_VOTE = `n3@${'1e'.repeat(16)}` as MemberKey;

const framer = new Framer(toClusterId('c3'.repeat(16)), simHasher);

/** Segments small enough that a test sees many of them. */
export const SMALL: WalOptions = { segmentBytes: 8 * 1024 };

/** Entries `first` to `last` of a term, each with a payload of its own. */
export function entries(first: number, last: number, term = 1, payloadBytes = 20): Entry[] {
  const drafts = [];
  for (let index = first; index <= last; index++) {
    const payload = new Uint8Array(payloadBytes).map((_, i) => (index * 31 + term * 17 + i) & 0xff);
    drafts.push({ kind: EntryKind.command, payload });
  }
  return framer.seal(drafts, first as Index, term as Term, term * 1000);
}

export function configuration(index: number, term = 1): Entry {
  const [entry] = framer.seal(
    [{ kind: EntryKind.configuration, payload: new Uint8Array([index]) }],
    index as Index,
    term as Term,
    term * 1000,
  );
  return entry as Entry;
}

export function hard(term: number, vote: MemberKey | null = null, commit = 0, doubt = false): HardState {
  return { term: term as Term, vote, commit: commit as Index, doubt };
}

export { cursor, NO_HARD_STATE };

/** What a call told. */
export class Told<T> {
  error: SmaltiError | null = null;
  value: T | undefined;
  settled = false;

  readonly done: StoreCallback<T> = (error, value) => {
    if (this.settled) throw new Error('told twice');
    this.settled = true;
    this.error = error;
    this.value = value;
  };
}

/** A node with a store on it, in a world where time is an event queue. */
export class World {
  readonly sim: Simulation;
  readonly node: SimNode;
  readonly options: WalOptions;

  constructor(seed: number | string = 1, options: WalOptions = SMALL, capacity?: number) {
    this.sim = new Simulation({ seed });
    this.node = this.sim.node('n1', capacity === undefined ? {} : { disk: { capacity } });
    this.options = options;
  }

  /** Runs until the call was told, and gives what it was told. */
  wait<T>(submit: (done: StoreCallback<T>) => void): T {
    const told = this.waitTold(submit);
    if (told.error !== null) throw told.error;
    return told.value as T;
  }

  waitTold<T>(submit: (done: StoreCallback<T>) => void): Told<T> {
    const told = new Told<T>();
    submit(told.done);
    if (!this.sim.runUntilSync(() => told.settled, 600_000)) throw new Error('never told');
    return told;
  }

  waitError<T>(submit: (done: StoreCallback<T>) => void): SmaltiError {
    const told = this.waitTold(submit);
    if (told.error === null) throw new Error('no error');
    return told.error;
  }

  opening(node = NODE): (done: StoreCallback<LogStore | null>) => void {
    return (done) => openWal({ ...this.node.ports, node, options: this.options }, done);
  }

  open(): LogStore {
    return this.wait(this.opening()) as LogStore;
  }

  openLog(store: LogStore, group: GroupId = GROUP): GroupLog {
    return this.wait<GroupLog>((done) => store.openGroup(group, done));
  }

  write(log: GroupLog, write: LogWrite): void {
    this.wait<void>((done) => log.write(write, done));
  }

  /** Everything that the log holds. */
  read(
    log: GroupLog,
    first: number = log.base.index + 1,
    last: number = log.last.index,
    bytes = 1e9,
  ): readonly Entry[] {
    return this.wait((done) => log.read(first as Index, last as Index, bytes, done));
  }

  /** Ends the process, and opens the store again. */
  reopen(how: 'kill' | 'crash' = 'crash'): LogStore {
    if (how === 'kill') this.node.kill();
    else this.node.crash({ keep: 'nothing' });
    this.node.restart();
    return this.open();
  }
}

/** `index:term` of entries, and a check that their frames are what was written. */
export function show(list: readonly Entry[]): string[] {
  return list.map((entry) => {
    if (!framer.verify(entry)) throw new Error(`the frame of ${entry.index} is damaged`);
    return `${entry.index}:${entry.term}`;
  });
}

export function showCursor(at: Cursor): string {
  return `${at.index}:${at.term}`;
}
