import {
  CheckpointCutter,
  type Cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  type Entry,
  EntryKind,
  Framer,
  type Index,
  itemSource,
  type Manifest,
  type PartName,
  type PeerId,
  type Term,
  textCodec,
  toBootNonce,
  toClusterId,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { SimRandom, simHasher } from '@smalti/simulator';

export const cluster = toClusterId('cd'.repeat(16));
export const group = toGroupId('ab'.repeat(32));
export const network = toNetworkId('test');
export const framer = new Framer(cluster, simHasher);

/** A log: its length, and from which index on which term begins (the first from 1 on). */
export function makeLog(
  length: number,
  terms: Readonly<Record<number, number>> = { 1: 1 },
  bytes = 8,
): Entry[] {
  const starts = Object.entries(terms).map(([first, term]) => ({ first: Number(first), term }));
  return starts.flatMap(({ first, term }, i) => {
    const last = Math.min(length, (starts[i + 1]?.first ?? length + 1) - 1);
    return sealed(first, last, term, bytes);
  });
}

/** Entries of one term. Their payloads name index and term, and differ in nothing else. */
export function sealed(first: number, last: number, term: number, bytes = 8): Entry[] {
  const drafts = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const payload = new Uint8Array(bytes).fill(first + i);
    payload[0] = term;
    return { kind: EntryKind.command, payload };
  });
  return framer.seal(drafts, first as Index, term as Term, 1_000);
}

/** A copy of the frames in which the last byte is another one. */
export function damaged(frames: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frames);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

export function identityOf(id: PeerId | string, boot = 0) {
  return {
    id: toPeerId(id),
    incarnation: toIncarnation('0'.repeat(32)),
    boot: toBootNonce(boot.toString(16).padStart(16, '0')),
    cluster,
    bootstrapping: false,
    address: '',
    protocol: { min: 1, max: 1 },
  };
}

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
