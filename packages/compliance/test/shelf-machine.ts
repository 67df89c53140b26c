import {
  type ApplyContext,
  ByteReader,
  ByteWriter,
  type Codec,
  DecodeError,
  RejectCommand,
  type Snapshot,
  type SnapshotItem,
  type SnapshotStateMachine,
  textCodec,
} from '@smalti/core';

/** Puts something on a shelf, or takes it away: an empty shelf refuses that. `bytes` of a take are empty. */
export interface ShelfCommand {
  readonly op: 'put' | 'take';
  readonly shelf: string;
  readonly bytes: Uint8Array;
}

/** What can be wrong with it. */
export interface Bugs {
  readonly ownChance?: boolean;
  readonly wallClock?: boolean;
  /** Counts in a variable that all machines of the process share. */
  readonly shared?: boolean;
  /** Snapshots come in the order in which shelves were filled. */
  readonly leaksOrder?: boolean;
  /** Notes that somebody asked before it refuses. */
  readonly changesOnReject?: boolean;
  /** Keeps the bytes of its commands, as they were handed over. */
  readonly keepsBytes?: boolean;
  /** Counts queries. */
  readonly countsQueries?: boolean;
  /** A batch stops at what is refused. */
  readonly batchesStop?: boolean;
  readonly readsAnything?: boolean;
  /** Throws what is no RejectCommand. */
  readonly throwsAnyhow?: boolean;
  /** A snapshot is the state itself. */
  readonly snapshotsMove?: boolean;
  /** An install leaves what was there. */
  readonly installsOver?: boolean;
  /** The count of puts is not in the snapshot. */
  readonly forgetsCount?: boolean;
}

const OPS = ['put', 'take'] as const;

const strictCommands: Codec<ShelfCommand> = {
  encode: ({ op, shelf, bytes }) =>
    new ByteWriter()
      .u8(OPS.indexOf(op) + 1)
      .text(shelf)
      .bytes(bytes)
      .finish(),
  decode(encoded) {
    const reader = new ByteReader(encoded);
    const op = OPS[reader.u8() - 1];
    const [shelf, bytes] = [reader.text(), reader.bytes()];
    reader.end();
    if (op === undefined || (op === 'take' && bytes.length > 0)) throw new DecodeError('no command', 0);
    return { op, shelf, bytes };
  },
};

const looseCommands: Codec<ShelfCommand> = {
  encode: strictCommands.encode,
  decode(encoded) {
    try {
      return strictCommands.decode(encoded);
    } catch {
      return { op: 'take', shelf: '?', bytes: new Uint8Array(0) };
    }
  },
};

let everywhere = 0;

class ShelfSnapshot implements Snapshot {
  readonly #items: SnapshotItem[];

  constructor(items: SnapshotItem[]) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length;
  }

  items(from: number, to: number): readonly SnapshotItem[] {
    return this.#items.slice(from, to);
  }

  append(items: readonly SnapshotItem[]): void {
    this.#items.push(...items);
  }

  release(): void {}
}

/** Shelves with bytes on them. */
export class ShelfMachine implements SnapshotStateMachine<ShelfCommand, string, string> {
  readonly descriptor = {
    name: 'shelves',
    version: '1.0.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature: string = 'test/shelves/1';
  readonly commands: Codec<ShelfCommand>;
  readonly queries = textCodec;
  readonly results = textCodec;
  readonly #bugs: Bugs;
  #shelves = new Map<string, Uint8Array>();
  #puts = 0;
  readonly #moving: SnapshotItem[] = [];

  constructor(bugs: Bugs = {}) {
    this.#bugs = bugs;
    this.commands = bugs.readsAnything ? looseCommands : strictCommands;
  }

  apply({ op, shelf, bytes }: ShelfCommand, _context: ApplyContext): string {
    const bugs = this.#bugs;
    everywhere += 1;
    if (op === 'take') return this.#take(shelf);
    this.#puts += 1;
    this.#shelves.set(shelf, bugs.keepsBytes ? bytes : Uint8Array.from(bytes));
    if (bugs.ownChance) return String(Math.random() < 0.5);
    if (bugs.wallClock) return String(Math.floor(Date.now() / 86_400_000));
    return bugs.shared ? String(everywhere) : String(this.#puts);
  }

  applyBatch(commands: readonly ShelfCommand[], contexts: readonly ApplyContext[]): (string | Error)[] {
    const results: (string | Error)[] = [];
    for (const [i, command] of commands.entries()) {
      try {
        const refusedBefore = this.#bugs.batchesStop && results.some((result) => result instanceof Error);
        results.push(refusedBefore ? 'skipped' : this.apply(command, contexts[i] as ApplyContext));
      } catch (error) {
        results.push(error as Error);
      }
    }
    return results;
  }

  query(shelf: string): string {
    if (this.#bugs.countsQueries) this.#puts += 1;
    return `${this.#shelves.get(shelf) ?? 'nothing'} ${this.#puts}`;
  }

  createSnapshot(_version?: number): Snapshot {
    const items = [...this.#shelves].map(([shelf, value]) => ({ key: textCodec.encode(`s${shelf}`), value }));
    const count = { key: textCodec.encode('n'), value: new ByteWriter().varint(this.#puts).finish() };
    const all = this.#bugs.forgetsCount ? items : [count, ...items];
    if (!this.#bugs.leaksOrder) all.sort((a, b) => Buffer.compare(a.key, b.key));
    if (!this.#bugs.snapshotsMove) return new ShelfSnapshot(all);
    this.#moving.splice(0, this.#moving.length, ...all);
    return new ShelfSnapshot(this.#moving);
  }

  emptySnapshot(_version?: number): Snapshot {
    return new ShelfSnapshot([]);
  }

  installSnapshot(snapshot: Snapshot): void {
    if (!this.#bugs.installsOver) this.#shelves = new Map();
    if (!this.#bugs.forgetsCount) this.#puts = 0;
    for (const { key, value } of snapshot.items(0, snapshot.length)) {
      const name = textCodec.decode(key);
      if (name === 'n') this.#puts = new ByteReader(value).varint();
      else this.#shelves.set(name.slice(1), Uint8Array.from(value));
    }
  }

  #take(shelf: string): string {
    if (this.#bugs.changesOnReject) this.#puts += 1;
    if (!this.#shelves.delete(shelf)) {
      if (this.#bugs.throwsAnyhow) throw new Error('nothing is there');
      throw new RejectCommand('EMPTY', `nothing is on ${shelf.length > 9 ? 'it' : shelf}`);
    }
    return 'taken';
  }
}
