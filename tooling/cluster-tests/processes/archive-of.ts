import { writeFileSync } from 'node:fs';
import { writeArchive } from '@smalti/backup';
import {
  CheckpointCutter,
  cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  itemSource,
  type PartName,
  StateSection,
  textCodec,
  toClusterId,
  toGroupId,
} from '@smalti/core';
import { nodeHasher } from '@smalti/platform-node';

/** Writes a backup of a group that never was, with so many keys of a KiB each. */
export async function writeBackup(file: string, keys: number): Promise<void> {
  const items = Array.from({ length: keys }, (_, i) => ({
    key: textCodec.encode(`\u0001key ${String(i).padStart(8, '0')}`),
    // What does not expire: a zero, and the value.
    value: textCodec.encode(`\u0000${`${i} `.repeat(300).slice(0, 1_024)}`),
  }));
  const cutter = new CheckpointCutter({
    header: {
      format: DEFAULT_CHECKPOINT_FORMAT,
      cluster: toClusterId('c3'.repeat(16)),
      group: toGroupId('a1'.repeat(32)),
      anchor: cursor(5, 1_000),
      time: 1_700_000_000_000,
      machine: { signature: 'smalti/kv/2', version: 1 },
      configuration: new Uint8Array(0),
    },
    sections: new Map([[StateSection.machine, itemSource(items)]]),
    hasher: nodeHasher,
  });
  const parts = new Map<PartName, Uint8Array>();
  while (cutter.result === null) for (const { name, bytes } of cutter.step(65_536)) parts.set(name, bytes);
  const { root, name, bytes } = cutter.result;
  const manifest = { anchor: root.anchor, root: name, format: root.format.version, bytes, agreed: true };
  const get = (names: readonly PartName[]) => Promise.resolve(names.map((each) => parts.get(each) ?? null));
  const pieces: Uint8Array[] = [];
  for await (const piece of writeArchive({ manifest, parts: { get }, hasher: nodeHasher }))
    pieces.push(piece);
  writeFileSync(file, Buffer.concat(pieces));
}
