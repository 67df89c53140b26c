import { compareBytes } from '../codec/compare-bytes.ts';
import type { SnapshotItem } from '../machine/state-machine.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { DamagedPart } from './damaged-part.ts';
import { type CheckedPart, checkPart, type ExpectedPart, type SplitPart } from './expected-part.ts';
import type { CheckpointFormat } from './format.ts';
import type { LeafEntry } from './part-codec.ts';
import { joinedItem, mustSplit } from './split-item.ts';
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
/** Bytes of split items of a leaf that are given at a time, but for a single longer one. */
const GROUP_BYTES = 256 * 1024;

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

  /** Gives the items in groups, so that neither many long ones are held at once, nor each is waited for by itself. */
  *#leaf(leaf: ExpectedPart, entries: readonly LeafEntry[], below: readonly ExpectedPart[]): Walk {
    if (below.length === 0) {
      // Within a leaf they are in order, or it would not have been read: only where it begins is new.
      const items = entries as readonly SnapshotItem[];
      this.#follows(leaf, items[0] as SnapshotItem);
      this.#last = (items.at(-1) as SnapshotItem).key;
      yield { items };
      return;
    }
    const split = (below as readonly SplitPart[])[Symbol.iterator]();
    let group: (SnapshotItem | SplitPart)[] = [];
    let bytes = 0;
    for (const entry of entries) {
      const one = 'key' in entry ? entry : (split.next().value as SplitPart);
      const length = 'length' in one ? one.length : 0;
      if (bytes > 0 && bytes + length > GROUP_BYTES) {
        yield* this.#group(leaf, group);
        group = [];
        bytes = 0;
      }
      group.push(one);
      bytes += length;
    }
    yield* this.#group(leaf, group);
  }

  *#group(leaf: ExpectedPart, group: readonly (SnapshotItem | SplitPart)[]): Walk {
    const tops = group.filter((one) => 'kind' in one);
    const joined = (yield* this.#splits(tops))[Symbol.iterator]();
    const items = group.map((one) => ('kind' in one ? (joined.next().value as SnapshotItem) : one));
    for (const item of items) {
      this.#follows(leaf, item);
      this.#last = item.key;
    }
    yield { items };
  }

  #follows(leaf: ExpectedPart, { key }: SnapshotItem): void {
    if (this.#last === null || compareBytes(this.#last, key) < 0) return;
    throw new DamagedPart(leaf.name, 'its items are not in the order of their keys');
  }

  /** The items that were split, by their tops. Each piece has its place in its item, so that they may come in any order. */
  *#splits(tops: readonly SplitPart[]): Walk<SnapshotItem[]> {
    const items: Uint8Array[] = [];
    // What is left to be got, and where it belongs: lists give way to what they name.
    let left = tops.map((part, of) => ({ part, of, at: 0 }));
    while (left.length > 0) {
      const now = left.slice(0, AT_A_TIME);
      const got = yield* this.#get(now.map(({ part }) => part));
      const more: typeof left = [];
      for (const [i, { of, at }] of now.entries()) {
        const { part, below } = got[i] as CheckedPart;
        const { length } = tops[of] as SplitPart;
        if (part.kind !== 'segment') {
          let from = at;
          for (const each of below as readonly SplitPart[]) {
            more.push({ part: each, of, at: from });
            from += each.length;
          }
        } else if (part.bytes.length === length) {
          items[of] = part.bytes;
        } else {
          items[of] ??= new Uint8Array(length);
          items[of].set(part.bytes, at);
        }
      }
      left = [...more, ...left.slice(AT_A_TIME)];
    }
    return tops.map((top, of) => this.#joined(top, items[of] as Uint8Array));
  }

  #joined(top: SplitPart, bytes: Uint8Array): SnapshotItem {
    let item: SnapshotItem;
    try {
      item = joinedItem(bytes);
    } catch (error) {
      throw new DamagedPart(top.name, (error as Error).message, error);
    }
    if (!mustSplit(item, this.#format)) throw new DamagedPart(top.name, 'an item is split that need not be');
    return item;
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
