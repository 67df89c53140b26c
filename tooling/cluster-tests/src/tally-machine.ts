import {
  type ApplyContext,
  type Codec,
  type Snapshot,
  type SnapshotItem,
  type SnapshotStateMachine,
  textCodec,
} from '@smalti/core';

const count: Codec<number> = {
  encode: (value) => textCodec.encode(String(value)),
  decode: (bytes) => Number(textCodec.decode(bytes)),
};

/** Counts how often each word was said. Can be captured, and made to differ from what its replicas have. */
export class TallyMachine implements SnapshotStateMachine<string, string, number> {
  readonly descriptor = {
    name: 'test/tally',
    version: '0.1.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature = 'test/tally/1';
  readonly commands = textCodec;
  readonly queries = textCodec;
  readonly results = count;
  /** Replaced and never changed: captures share it. */
  counts: ReadonlyMap<string, number> = new Map();

  apply(word: string, _context: Pick<ApplyContext, 'at' | 'version'>): number {
    const next = (this.counts.get(word) ?? 0) + 1;
    this.counts = new Map([...this.counts, [word, next]]);
    return next;
  }

  query(word: string): number {
    return this.counts.get(word) ?? 0;
  }

  createSnapshot(_version?: number): Snapshot {
    const words = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    const items = words.map(([word, said]) => ({ key: textCodec.encode(word), value: count.encode(said) }));
    return new Items(items);
  }

  emptySnapshot(_version?: number): Snapshot {
    return new Items([]);
  }

  installSnapshot(snapshot: Snapshot): void {
    const items = snapshot.items(0, snapshot.length);
    this.counts = new Map(
      items.map(({ key, value }) => [textCodec.decode(key), count.decode(value)] as const),
    );
  }
}

class Items implements Snapshot {
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
