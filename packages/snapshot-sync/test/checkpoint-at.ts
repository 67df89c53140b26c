import {
  CheckpointCutter,
  type Cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  type Entry,
  itemSource,
  type Manifest,
  type PartName,
  textCodec,
} from '@smalti/core';
import { SimRandom, simHasher } from '@smalti/simulator';
import { cluster, group } from '@smalti/sync-bench';

/** A checkpoint as it lies in a store. */
export interface Checkpoint {
  readonly at: Cursor;
  readonly root: PartName;
  readonly manifest: Manifest;
  readonly parts: ReadonlyMap<PartName, Uint8Array>;
  /** Bytes of all different parts. */
  readonly bytes: number;
}

/** The state at an index: so many items of 100 bytes, of which those that `changed` names are of that index alone. */
export function checkpointAt(
  entry: Entry | undefined,
  count: number,
  changed: (item: number) => boolean = () => false,
): Checkpoint {
  if (entry === undefined) throw new Error('there is no such entry');
  const at: Cursor = { index: entry.index, term: entry.term };
  const items = Array.from({ length: count }, (_, i) => ({
    key: textCodec.encode(`key ${String(i).padStart(8, '0')}`),
    value: new SimRandom(`item ${i} ${changed(i) ? at.index : ''}`).bytes(90),
  }));
  items.push({ key: textCodec.encode('long'), value: new SimRandom('long').bytes(20_000) });
  const cutter = new CheckpointCutter({
    header: {
      format: DEFAULT_CHECKPOINT_FORMAT,
      cluster,
      group,
      anchor: at,
      time: at.index * 10,
      machine: { signature: 'test/items/1', version: 1 },
      configuration: new Uint8Array(8),
    },
    sections: new Map([['machine', itemSource(items)]]),
    hasher: simHasher,
  });
  const parts = new Map<PartName, Uint8Array>();
  while (cutter.result === null) for (const { name, bytes } of cutter.step(65_536)) parts.set(name, bytes);
  const { name: root, bytes: all } = cutter.result;
  const bytes = [...parts.values()].reduce((sum, { length }) => sum + length, 0);
  return { at, root, parts, bytes, manifest: { anchor: at, root, format: 1, bytes: all, agreed: true } };
}
