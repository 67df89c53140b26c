import {
  CheckpointCutter,
  type CheckpointFormat,
  type CheckpointHeader,
  type CutCheckpoint,
  cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  itemSource,
  type PartName,
  type Snapshot,
  type SnapshotItem,
  type Tree,
  TreeBuilder,
  textCodec,
  toClusterId,
  toGroupId,
  type Walk,
  walkTree,
} from '../../src/index.ts';
import { nodeHasher } from '../node-hasher.ts';

export const FORMAT: CheckpointFormat = DEFAULT_CHECKPOINT_FORMAT;
/** Parts so small that few items make a tree of several levels. */
export const SMALL: CheckpointFormat = { version: 1, minBytes: 256, targetBytes: 384, maxBytes: 512 };

export function header(format: CheckpointFormat = FORMAT): CheckpointHeader {
  return {
    format,
    cluster: toClusterId('c3'.repeat(16)),
    group: toGroupId('a1'.repeat(32)),
    anchor: cursor(3, 1000),
    time: 1_700_000_000_000,
    machine: { signature: 'test/shelves/1', version: 2 },
    configuration: textCodec.encode('who counts'),
  };
}

/** Bytes that look like nothing, the same for equal numbers. */
export function noise(length: number, seed: number): Uint8Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** An item with a key and a value of 100 bytes together. */
export function item(i: number, version = 0, bytes = 100): SnapshotItem {
  const key = textCodec.encode(`key:${String(i).padStart(10, '0')}`);
  return { key, value: noise(bytes - key.length, i * 7919 + version) };
}

export type Parts = Map<PartName, Uint8Array>;

export interface CutTree {
  readonly tree: Tree;
  readonly parts: Parts;
}

export function cutTree(items: readonly SnapshotItem[], format: CheckpointFormat = FORMAT): CutTree {
  const parts: Parts = new Map();
  const builder = new TreeBuilder(format, nodeHasher, ({ name, bytes }) => parts.set(name, bytes));
  for (const each of items) for (const _ of builder.add(each));
  return { tree: builder.finish(), parts };
}

export function cutAll(
  sections: Readonly<Record<string, readonly SnapshotItem[] | Pick<Snapshot, 'length' | 'items'>>>,
  format: CheckpointFormat = FORMAT,
  step: () => number = () => 4096,
): { readonly checkpoint: CutCheckpoint; readonly parts: Parts; readonly order: PartName[] } {
  const sources = Object.entries(sections).map(
    ([name, items]) => [name, Array.isArray(items) ? itemSource(items) : items] as const,
  );
  const cutter = new CheckpointCutter({
    header: header(format),
    sections: new Map(sources as never),
    hasher: nodeHasher,
  });
  const parts: Parts = new Map();
  const order: PartName[] = [];
  while (cutter.result === null) {
    for (const { name, bytes } of cutter.step(step())) {
      parts.set(name, bytes);
      order.push(name);
    }
  }
  return { checkpoint: cutter.result, parts, order };
}

/** Drives a walk, and gives what it returned and the items. */
export function drive<T>(
  walk: Walk<T>,
  get: (name: PartName) => Uint8Array | null,
): { result: T; items: SnapshotItem[] } {
  const items: SnapshotItem[] = [];
  let step = walk.next();
  while (step.done !== true) {
    if ('items' in step.value) {
      items.push(...step.value.items);
      step = walk.next(undefined);
    } else {
      step = walk.next(step.value.get.map(get));
    }
  }
  return { result: step.value, items };
}

export function itemsOf({ tree, parts }: CutTree, format: CheckpointFormat = FORMAT): SnapshotItem[] {
  return drive(walkTree(tree, format, nodeHasher), (name) => parts.get(name) ?? null).items;
}

/** Bytes of the parts of the second that the first does not have. */
export function newBytes(before: Parts, after: Parts): number {
  let bytes = 0;
  for (const [name, part] of after) if (!before.has(name)) bytes += part.length;
  return bytes;
}

export function bytesOf(parts: Parts): number {
  return newBytes(new Map(), parts);
}

export function show(items: readonly SnapshotItem[]): string[] {
  return items.map(
    ({ key, value }) => `${Buffer.from(key).toString('hex')}=${Buffer.from(value).toString('hex')}`,
  );
}
