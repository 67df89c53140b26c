import { compareBytes } from '../codec/compare-bytes.ts';
import type { SnapshotItem } from '../machine/state-machine.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { DamagedPart } from './damaged-part.ts';
import { type CheckedPart, checkPart, type ExpectedPart } from './expected-part.ts';
import type { CheckpointFormat } from './format.ts';
import type { LeafEntry } from './part-codec.ts';
import { joinSegments, mustSplit } from './split-item.ts';
import type { Tree } from './tree-builder.ts';

/** What a walk gives: a wish for the bytes of parts, or items in canonical order. */
export type WalkStep = { readonly get: readonly PartName[] } | { readonly items: readonly SnapshotItem[] };

/**
 * A walk in progress. After a `get` it is resumed with the bytes of each part, in order, or null for one that is
 * missing; after `items` with nothing.
 */
export type Walk<T = void> = Generator<WalkStep, T, WalkAnswer>;
export type WalkAnswer = readonly (Uint8Array | null)[] | undefined;

/** Parts that are asked for at a time: what bounds the memory of a walk, together with the height of the tree. */
const AT_A_TIME = 64;

/**
 * Walks a tree and gives its items. Each part is verified under what names it, and the items are in order and as many
 * as were announced; so what was given is right even if the walk ends early. Views into the parts' bytes, not copies.
 * Pure: whoever drives it gets the parts, and takes pauses.
 *
 * @throws DamagedPart, naming a part that is missing or not what it must be.
 */
export function* walkTree(tree: Tree, format: CheckpointFormat, hasher: Hasher): Walk {
  if (tree.top === null) return;
  const walker = new TreeWalker(format, hasher);
  const { top, items, bytes } = tree;
  yield* walker.walk([{ kind: 'node', name: top, level: null, items, bytes }]);
}

class TreeWalker {
  readonly #format: CheckpointFormat;
  readonly #hasher: Hasher;
  #last: Uint8Array | null = null;

  constructor(format: CheckpointFormat, hasher: Hasher) {
    this.#format = format;
    this.#hasher = hasher;
  }

  *walk(nodes: readonly ExpectedPart[]): Walk {
    for (let at = 0; at < nodes.length; at += AT_A_TIME) {
      const some = nodes.slice(at, at + AT_A_TIME);
      for (const [i, { part, below }] of (yield* this.#get(some)).entries()) {
        if (part.kind === 'leaf') yield* this.#leaf(some[i] as ExpectedPart, part.entries, below);
        else yield* this.walk(below);
      }
    }
  }

  *#leaf(leaf: ExpectedPart, entries: readonly LeafEntry[], below: readonly ExpectedPart[]): Walk {
    const items: SnapshotItem[] = [];
    const split = below[Symbol.iterator]();
    for (const entry of entries) {
      const item = 'key' in entry ? entry : yield* this.#split(split.next().value as ExpectedPart);
      if (this.#last !== null && compareBytes(this.#last, item.key) >= 0) {
        throw new DamagedPart(leaf.name, 'its items are not in the order of their keys');
      }
      this.#last = item.key;
      items.push(item);
    }
    yield { items };
  }

  *#split(top: ExpectedPart): Walk<SnapshotItem> {
    const segments: Uint8Array[] = [];
    yield* this.#segments([top], segments);
    const length = segments.reduce((sum, segment) => sum + segment.length, 0);
    let item: SnapshotItem;
    try {
      item = joinSegments(segments, length);
    } catch (error) {
      throw new DamagedPart(top.name, (error as Error).message, error);
    }
    if (!mustSplit(item, this.#format)) throw new DamagedPart(top.name, 'an item is split that need not be');
    return item;
  }

  *#segments(parts: readonly ExpectedPart[], segments: Uint8Array[]): Walk {
    for (let at = 0; at < parts.length; at += AT_A_TIME) {
      for (const { part, below } of yield* this.#get(parts.slice(at, at + AT_A_TIME))) {
        if (part.kind === 'segment') segments.push(part.bytes);
        else yield* this.#segments(below, segments);
      }
    }
  }

  *#get(parts: readonly ExpectedPart[]): Walk<CheckedPart[]> {
    const answer = yield { get: parts.map(({ name }) => name) };
    return parts.map((expected, i) => {
      const bytes = answer?.[i] ?? null;
      if (bytes === null) throw new DamagedPart(expected.name, 'it is missing');
      return checkPart(bytes, expected, this.#format, this.#hasher);
    });
  }
}
