import {
  bytesCodec,
  invariant,
  type Snapshot,
  type SnapshotItem,
  type SnapshotStateMachine,
  textCodec,
  toHex,
} from '@smalti/core';

/** A machine whose state is all that was said to it, by index; it counts how often an item of a snapshot is read. */
export class ListMachine implements SnapshotStateMachine<string, Uint8Array, string> {
  readonly descriptor = {
    name: 'test/list',
    version: '0.1.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature = 'test/list/1';
  readonly commands = textCodec;
  readonly queries = bytesCodec;
  readonly results = textCodec;
  /** Only ever replaced or added to: what a snapshot shares does not change. */
  said: SnapshotItem[] = [];
  itemsRead = 0;
  /** The versions whose items were asked for. */
  readonly captured: number[] = [];
  snapshotsAlive = 0;

  get words(): readonly string[] {
    return this.said.map(({ value }) => textCodec.decode(value));
  }

  apply(command: string, { at }: { at: { index: number } }): string {
    const key = new Uint8Array(8);
    new DataView(key.buffer).setBigUint64(0, BigInt(at.index));
    this.said.push({ key, value: textCodec.encode(command) });
    return `said ${command}`;
  }

  query(): string {
    return toHex(new Uint8Array(1));
  }

  createSnapshot(version: number): Snapshot {
    this.captured.push(version);
    return this.#snapshot(this.said, this.said.length);
  }

  emptySnapshot(version: number): Snapshot {
    if (version !== 1) throw new RangeError(`version ${version} is not known`);
    return this.#snapshot([], null);
  }

  installSnapshot(snapshot: Snapshot): void {
    this.said = [...snapshot.items(0, snapshot.length)];
  }

  #snapshot(said: SnapshotItem[], held: number | null): Snapshot {
    this.snapshotsAlive += 1;
    const count = (): number => held ?? said.length;
    return {
      get length() {
        return count();
      },
      items: (from, to) => {
        const items = said.slice(from, Math.min(to, count()));
        this.itemsRead += items.length;
        return items;
      },
      append: (items) => {
        invariant(held === null, 'what was captured is not added to');
        said.push(...items);
      },
      release: () => {
        this.snapshotsAlive -= 1;
      },
    };
  }
}
