import {
  CheckpointCutter,
  cursor,
  itemSource,
  type Manifest,
  type PartName,
  type SnapshotItem,
  textCodec,
  toClusterId,
  toGroupId,
} from '@smalti/core';
import { SimRandom, simHasher } from '@smalti/simulator';

/** A checkpoint to be stored. */
export interface Checkpoint {
  readonly manifest: Manifest;
  readonly parts: ReadonlyMap<PartName, Uint8Array>;
}

/** A state of so many items that changes with the seed, most of it not: neighbours share most of their parts. */
export function checkpoint(index: number, seed = index, count = 150): Checkpoint {
  const random = new SimRandom(`checkpoint ${seed}`);
  const changed = random.below(count);
  const items: SnapshotItem[] = Array.from({ length: count }, (_, i) => {
    const value = new SimRandom(`item ${i} ${i === changed ? seed : ''}`).bytes(20 + (i % 50));
    return { key: textCodec.encode(`key ${String(i).padStart(6, '0')}`), value };
  });
  items.push({ key: textCodec.encode('z long'), value: new SimRandom(`long ${seed % 3}`).bytes(3000) });
  const anchor = cursor(1, index);
  const cutter = new CheckpointCutter({
    header: {
      format: { version: 1, minBytes: 256, targetBytes: 384, maxBytes: 512 },
      cluster: toClusterId('c3'.repeat(16)),
      group: toGroupId('a1'.repeat(32)),
      anchor,
      time: index * 10,
      machine: { signature: 'test/items/1', version: 1 },
      configuration: new Uint8Array(0),
    },
    sections: new Map([['machine', itemSource(items)]]),
    hasher: simHasher,
  });
  const parts = new Map<PartName, Uint8Array>();
  while (cutter.result === null) for (const { name, bytes } of cutter.step(4096)) parts.set(name, bytes);
  const { name, bytes } = cutter.result;
  return { manifest: { anchor, root: name, format: 1, bytes, agreed: false }, parts };
}
