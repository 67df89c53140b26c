import {
  ByteReader,
  ByteWriter,
  type Codec,
  type Snapshot,
  type SnapshotItem,
  type SnapshotStateMachine,
} from '@smalti/core';

/** A command of the suite: a number that no other has, and so many bytes besides. */
export interface Item {
  readonly number: number;
  readonly bytes: number;
}

const items: Codec<Item> = {
  encode({ number, bytes }) {
    // What lies in the log differs from entry to entry, as it would in earnest.
    const filling = new Uint8Array(bytes).map((_, i) => (number * 31 + i * 7) & 0xff);
    return new ByteWriter().varint(number).raw(filling).finish();
  },
  decode(encoded) {
    const reader = new ByteReader(encoded);
    return { number: reader.varint(), bytes: reader.remaining };
  },
};

const counts: Codec<number> = {
  encode: (count) => new ByteWriter().varint(count).finish(),
  decode: (bytes) => new ByteReader(bytes).varint(),
};

/** The first so many items of a list that only grows. */
class LedgerSnapshot implements Snapshot {
  readonly list: Item[];
  #length: number;

  constructor(list: Item[], length: number) {
    this.list = list;
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  items(from: number, to: number): readonly SnapshotItem[] {
    return this.list.slice(from, to).map((item, i) => ({
      key: new ByteWriter()
        .u64(from + i)
        .finish()
        .toReversed(),
      value: items.encode(item),
    }));
  }

  append(more: readonly SnapshotItem[]): void {
    for (const { value } of more) this.list.push(items.decode(value));
    this.#length += more.length;
  }

  release(): void {}
}

/** Keeps the numbers of all that it was given, in order. */
export class Ledger implements SnapshotStateMachine<Item, number, number> {
  readonly descriptor = {
    name: '@smalti/compliance',
    version: '0.1.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature = 'smalti/compliance-ledger/1';
  readonly commands = items;
  readonly queries = counts;
  readonly results = counts;
  numbers: number[] = [];
  bytes = 0;
  /** Only grows; another one takes its place when a checkpoint is installed. */
  #items: Item[] = [];

  apply({ number, bytes }: Item): number {
    this.#items.push({ number, bytes });
    this.numbers.push(number);
    this.bytes += bytes;
    return this.numbers.length;
  }

  createSnapshot(): Snapshot {
    return new LedgerSnapshot(this.#items, this.#items.length);
  }

  emptySnapshot(): Snapshot {
    return new LedgerSnapshot([], 0);
  }

  installSnapshot(snapshot: Snapshot): void {
    const { list, length } = snapshot as LedgerSnapshot;
    this.#items = list.slice(0, length);
    this.numbers = this.#items.map(({ number }) => number);
    this.bytes = this.#items.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** How many numbers there are. */
  query(): number {
    return this.numbers.length;
  }
}
