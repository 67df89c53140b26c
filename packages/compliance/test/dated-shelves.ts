import { type ApplyContext, ByteReader, ByteWriter, type Snapshot, textCodec } from '@smalti/core';
import type { StateMachineFactory } from '../src/index.ts';
import { type ShelfCommand, ShelfMachine } from './shelf-machine.ts';
import { ABILITIES, shelves } from './shelves.ts';

/** What can be wrong with shelves of two versions. */
export interface VersionBugs {
  /** Does what is new before that is in force. */
  readonly actsAtOnce?: boolean;
  /** Writes items in the new way before that is in force. */
  readonly writesAtOnce?: boolean;
  /** Takes items of the old way for new ones. */
  readonly misreadsOld?: boolean;
  readonly signature?: string;
  readonly oldestVersion?: number;
}

/** Shelves whose puts count twice from version 2 on; the count is an item of 8 bytes then. */
class DatedShelves extends ShelfMachine {
  readonly version = 2;
  readonly oldestVersion: number;
  override readonly signature: string;
  readonly #bugs: VersionBugs;
  readonly #versions = new WeakMap<Snapshot, number>();

  constructor(bugs: VersionBugs) {
    super();
    this.#bugs = bugs;
    this.oldestVersion = bugs.oldestVersion ?? 1;
    this.signature = bugs.signature ?? 'test/shelves/1';
  }

  override apply(command: ShelfCommand, context: ApplyContext): string {
    const isNew = this.#bugs.actsAtOnce || context.version > 1;
    if (isNew && command.op === 'put') super.apply({ ...command, shelf: 'x' }, context);
    return super.apply(command, context);
  }

  override createSnapshot(version = 1): Snapshot {
    const snapshot = super.createSnapshot();
    const isNew = this.#bugs.writesAtOnce || version > 1;
    if (!isNew) return snapshot;
    const items = snapshot
      .items(0, snapshot.length)
      .map(({ key, value }) => ({ key, value: inNewWay(value, key) }));
    const written = super.emptySnapshot();
    written.append(items);
    return written;
  }

  override emptySnapshot(version = 1): Snapshot {
    const snapshot = super.emptySnapshot();
    this.#versions.set(snapshot, this.#bugs.misreadsOld ? 2 : version);
    return snapshot;
  }

  override installSnapshot(snapshot: Snapshot): void {
    const isNew = (this.#versions.get(snapshot) ?? 1) > 1;
    const items = snapshot.items(0, snapshot.length);
    const read = super.emptySnapshot();
    read.append(isNew ? items.map(({ key, value }) => ({ key, value: inOldWay(value, key) })) : items);
    super.installSnapshot(read);
  }
}

function isCount(key: Uint8Array): boolean {
  return textCodec.decode(key) === 'n';
}

function inNewWay(value: Uint8Array, key: Uint8Array): Uint8Array {
  if (!isCount(key)) return value;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, new ByteReader(value).varint());
  return bytes;
}

function inOldWay(value: Uint8Array, key: Uint8Array): Uint8Array {
  if (!isCount(key)) return value;
  const padded = new Uint8Array(8);
  padded.set(value.subarray(0, 8));
  return new ByteWriter().varint(new DataView(padded.buffer).getFloat64(0) | 0).finish();
}

/** Makes shelves of two versions, which follow those of one. */
export function datedShelves(bugs: VersionBugs = {}): StateMachineFactory<ShelfCommand, string, string> {
  const older = shelves();
  const abilities = [...ABILITIES, 'versions'] as const;
  return { ...older, abilities, create: () => new DatedShelves(bugs), older };
}
