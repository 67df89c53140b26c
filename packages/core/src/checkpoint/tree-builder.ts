import { ByteWriter } from '../codec/byte-writer.ts';
import { compareBytes } from '../codec/compare-bytes.ts';
import { toHex } from '../codec/hex.ts';
import { invariant } from '../errors/invariant.ts';
import type { SnapshotItem } from '../machine/state-machine.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { drawOf, endsAfter } from './border.ts';
import type { CheckpointFormat } from './format.ts';
import {
  type Child,
  inlineBytes,
  LEAF_HEAD,
  PartKind,
  varintBytes,
  writeChild,
  writeEntry,
} from './part-codec.ts';
import { ownMemory, type PartMemory } from './part-memory.ts';
import { NAME_BYTES, nameNewPart } from './part-name.ts';
import { type CutPart, cutSplitItem, mustSplit, splitLength, splitPartBytes } from './split-item.ts';

/** A tree of parts, as the root names it. */
export interface Tree {
  /** The top, or null if there are no items. */
  readonly top: PartName | null;
  readonly items: number;
  /** Bytes of all its parts, each as often as it is named. */
  readonly bytes: number;
}

/** A node that is not closed yet. */
interface OpenNode {
  readonly writer: ByteWriter;
  /** Of the node below it, or of items. */
  count: number;
  items: number;
  /** Bytes of the parts below it. */
  below: number;
  /** The child that was added last, for inner nodes. */
  child: Child | null;
  /** CRC-32 of the last key below it. */
  crc: number;
}

/**
 * Builds the tree over items that come in canonical order, from the leaves up. Parts come out as soon as they are
 * complete, children before parents; only the open node of each level is held. What comes out depends on the items
 * and the format alone.
 */
export class TreeBuilder {
  readonly #format: CheckpointFormat;
  readonly #hasher: Hasher;
  readonly #memory: PartMemory;
  readonly #emit: (part: CutPart) => void;
  readonly #open: (OpenNode | undefined)[] = [];
  /** Of each level: its nodes are written one after the other. */
  readonly #writers: ByteWriter[] = [];
  /** How many nodes of each level were closed. */
  readonly #closed: number[] = [];
  #last: Uint8Array | null = null;

  /** `emit` is called with each part, within the calls of this builder. */
  constructor(
    format: CheckpointFormat,
    hasher: Hasher,
    emit: (part: CutPart) => void,
    memory: PartMemory = ownMemory,
  ) {
    this.#format = format;
    this.#hasher = hasher;
    this.#memory = memory;
    this.#emit = emit;
  }

  /**
   * Adds an item. Yields after each part of an item that is split, so that even a long one can be cut in steps.
   *
   * @throws InvariantError if its key is not greater than the last one: a bug of whoever gave the items.
   */
  *add(item: SnapshotItem): Generator<number, void> {
    const { key } = item;
    if (this.#last !== null && compareBytes(this.#last, key) >= 0) {
      const [shown, before] = [toHex(key.subarray(0, 40)), toHex(this.#last.subarray(0, 40))];
      invariant(
        false,
        `items of a snapshot come in the order of their keys, and ${shown} came after ${before}`,
      );
    }
    this.#last = key;
    const crc = this.#hasher.crc32(key);
    if (!mustSplit(item, this.#format)) {
      const node = this.#nodeFor(0, inlineBytes(item));
      writeEntry(node.writer, item);
      this.#added(0, node, inlineBytes(item), 1, 0, crc);
      return;
    }
    const length = splitLength(item);
    const parts = cutSplitItem(item, this.#format, this.#hasher, this.#memory);
    let next = parts.next();
    while (next.done !== true) {
      this.#emit(next.value);
      yield next.value.bytes.length;
      next = parts.next();
    }
    const bytes = 1 + varintBytes(length) + NAME_BYTES;
    const node = this.#nodeFor(0, bytes);
    writeEntry(node.writer, { length, top: next.value });
    this.#added(0, node, bytes, 1, splitPartBytes(length, this.#format), crc);
  }

  /** There are no more items. Called once, last. */
  finish(): Tree {
    for (let level = 0; level <= this.#open.length; level++) {
      const node = this.#open[level];
      if (level > 0 && node?.count === 1 && this.#closed[level] === undefined) {
        const { name, items, bytes } = node.child as Child;
        return { top: name, items, bytes };
      }
      if (node !== undefined) this.#close(level, node);
    }
    return { top: null, items: 0, bytes: 0 };
  }

  /** The open node of a level, with room for an entry of so many bytes. */
  #nodeFor(level: number, bytes: number): OpenNode {
    const open = this.#open[level];
    if (open !== undefined) {
      if (open.writer.length + bytes <= this.#format.maxBytes) return open;
      this.#close(level, open);
    }
    this.#writers[level] ??= new ByteWriter(this.#format.maxBytes);
    const writer = this.#writers[level].reset();
    if (level === 0) writer.u8(PartKind.leaf);
    else writer.u8(PartKind.inner).u8(level);
    const node = { writer, count: 0, items: 0, below: 0, child: null, crc: 0 };
    this.#open[level] = node;
    return node;
  }

  #added(level: number, node: OpenNode, bytes: number, items: number, below: number, crc: number): void {
    node.count += 1;
    node.items += items;
    node.below += below;
    node.crc = crc;
    if (endsAfter(drawOf(crc, level), bytes, node.writer.length, this.#format)) this.#close(level, node);
  }

  #close(level: number, node: OpenNode): void {
    this.#open[level] = undefined;
    this.#closed[level] = (this.#closed[level] ?? 0) + 1;
    const { length: size } = node.writer;
    invariant(size > LEAF_HEAD && size <= this.#format.maxBytes, 'a node is within its bounds');
    const bytes = this.#memory.take(size);
    bytes.set(node.writer.finish());
    const name = nameNewPart(bytes, this.#hasher);
    this.#emit({ name, bytes });
    const child = { name, items: node.items, bytes: node.below + bytes.length };
    const length = NAME_BYTES + varintBytes(child.items) + varintBytes(child.bytes);
    const parent = this.#nodeFor(level + 1, length);
    writeChild(parent.writer, child);
    parent.child = child;
    this.#added(level + 1, parent, length, child.items, child.bytes, node.crc);
  }
}
