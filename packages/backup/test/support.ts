import {
  CheckpointCutter,
  type CheckpointFormat,
  type CheckpointHeader,
  cursor,
  itemSource,
  type Manifest,
  type PartName,
  type SnapshotItem,
  textCodec,
  toClusterId,
  toGroupId,
} from '@smalti/core';
import { nodeHasher } from '@smalti/platform-node';
import { SimRandom } from '@smalti/simulator';
import { type ByteSource, type PartSource, writeArchive } from '../src/index.ts';

export const hasher = nodeHasher;
export const SMALL: CheckpointFormat = { version: 1, minBytes: 256, targetBytes: 384, maxBytes: 512 };

export interface Checkpoint {
  readonly manifest: Manifest;
  readonly parts: Map<PartName, Uint8Array>;
}

export function header(index: number, format = SMALL): CheckpointHeader {
  return {
    format,
    cluster: toClusterId('c3'.repeat(16)),
    group: toGroupId('a1'.repeat(32)),
    anchor: cursor(7, index),
    time: index * 10,
    machine: { signature: 'test/items/1', version: 1 },
    configuration: Uint8Array.of(1, 2, 3),
  };
}

/** So many items, of which each tenth is a long one, and all long ones of a kind are equal. */
export function items(count: number, seed = 'a'): SnapshotItem[] {
  return Array.from({ length: count }, (_, i) => {
    const random = new SimRandom(i % 10 === 9 ? `long ${i % 20}` : `${seed} ${i}`);
    return {
      key: textCodec.encode(`key ${String(i).padStart(7, '0')}`),
      value: random.bytes(i % 10 === 9 ? 3000 : 60),
    };
  });
}

export function cut(
  sections: Readonly<Record<string, readonly SnapshotItem[]>>,
  head = header(42),
): Checkpoint {
  const cutter = new CheckpointCutter({
    header: head,
    sections: new Map(Object.entries(sections).map(([name, all]) => [name, itemSource(all)])),
    hasher,
  });
  const parts = new Map<PartName, Uint8Array>();
  while (cutter.result === null) for (const { name, bytes } of cutter.step(65_536)) parts.set(name, bytes);
  const { name, bytes } = cutter.result;
  const format = head.format.version;
  return { manifest: { anchor: head.anchor, root: name, format, bytes, agreed: true }, parts };
}

export function partsIn(parts: ReadonlyMap<PartName, Uint8Array>): PartSource {
  return { get: (names) => Promise.resolve(names.map((name) => parts.get(name) ?? null)) };
}

export async function archiveOf({ manifest, parts }: Checkpoint): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeArchive({ manifest, parts: partsIn(parts), hasher })) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    name: 'test.backup',
    length: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
  };
}
