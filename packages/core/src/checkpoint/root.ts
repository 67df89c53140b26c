import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { type Cursor, toIndex, toTerm } from '../vocabulary/cursor.ts';
import { type ClusterId, type GroupId, toClusterId, toGroupId } from '../vocabulary/ids.ts';
import { type CheckpointFormat, checkFormat, readFormat, writeFormat } from './format.ts';
import { PartKind } from './part-codec.ts';
import { NAME_BYTES, nameFromBytes, nameToBytes } from './part-name.ts';
import type { Tree } from './tree-builder.ts';

/** Bytes of a root, at most: it lists sections, and holds a configuration. */
export const MAX_ROOT_BYTES = 256 * 1024;
/** How many sections a checkpoint can have. */
export const MAX_SECTIONS = 64;

/** What a checkpoint says of itself. */
export interface CheckpointHeader {
  readonly format: CheckpointFormat;
  readonly cluster: ClusterId;
  readonly group: GroupId;
  /** The marker entry, at which the state was captured. */
  readonly anchor: Cursor;
  /** Group time at the anchor, in milliseconds. */
  readonly time: number;
  readonly machine: {
    readonly signature: string;
    /** Which version of it was in force at the anchor: its items are encoded as that one says. */
    readonly version: number;
  };
  /**
   * The frame of the entry that brought the configuration in force at the anchor: of a configuration, or of entry 1.
   * The group's own matter: nothing here looks at it.
   */
  readonly configuration: Uint8Array;
}

/** One kind of items: the machine's, or what the group keeps besides. */
export interface Section extends Tree {
  /** 1 to 64 characters of `a-z 0-9 -`, e.g. `machine`. Unique. */
  readonly name: string;
}

/** The top of a checkpoint: its name stands for the whole state. */
export interface CheckpointRoot extends CheckpointHeader {
  /** In the order of their names. */
  readonly sections: readonly Section[];
}

/**
 * The root as a part.
 *
 * @throws RangeError if the sections are too many, not in order or ill-named, or the root is longer than 256 KiB.
 */
export function encodeRoot(root: CheckpointRoot): Uint8Array {
  const { format, cluster, group, anchor, time, machine, configuration, sections } = root;
  checkSections(sections);
  const writer = new ByteWriter(1024).u8(PartKind.root);
  writeFormat(writer, checkFormat(format));
  writer.text(cluster).text(group).varint(anchor.index).varint(anchor.term).varint(time);
  writer.text(machine.signature).varint(machine.version).bytes(configuration).varint(sections.length);
  for (const { name, top, items, bytes } of sections) {
    writer.text(name).varint(items);
    if (top !== null) writer.varint(bytes).raw(nameToBytes(top));
  }
  const bytes = writer.finish();
  if (bytes.length > MAX_ROOT_BYTES) {
    throw new RangeError(`a root of ${bytes.length} bytes, and at most ${MAX_ROOT_BYTES} are possible`);
  }
  return bytes;
}

/** @throws DecodeError if the bytes are no root of a format that is known here. */
export function decodeRoot(bytes: Uint8Array): CheckpointRoot {
  if (bytes.length > MAX_ROOT_BYTES) throw new DecodeError(`a root of ${bytes.length} bytes`, 0);
  const reader = new ByteReader(bytes);
  if (reader.u8() !== PartKind.root) throw new DecodeError('no root of a checkpoint', 0);
  const format = readFormat(reader);
  try {
    const header = {
      format,
      cluster: toClusterId(reader.text(32)),
      group: toGroupId(reader.text(64)),
      anchor: anchorOf(reader),
      time: reader.varint(),
      machine: { signature: reader.text(), version: reader.varint() },
      configuration: reader.bytes(),
    };
    const root = { ...header, sections: readSections(reader) };
    reader.end();
    return root;
  } catch (error) {
    if (error instanceof RangeError) throw new DecodeError(error.message, reader.offset);
    throw error;
  }
}

function anchorOf(reader: ByteReader): Cursor {
  const index = toIndex(reader.varint());
  return { index, term: toTerm(reader.varint()) };
}

function readSections(reader: ByteReader): Section[] {
  const count = reader.varint();
  if (count > MAX_SECTIONS) throw new DecodeError(`${count} sections`, reader.offset);
  const sections: Section[] = [];
  for (let i = 0; i < count; i++) {
    const [name, items] = [reader.text(64), reader.varint()];
    const empty = items === 0;
    const bytes = empty ? 0 : reader.varint();
    sections.push({ name, items, bytes, top: empty ? null : nameFromBytes(reader.raw(NAME_BYTES)) });
  }
  checkSections(sections);
  return sections;
}

function checkSections(sections: readonly Section[]): void {
  if (sections.length > MAX_SECTIONS) throw new RangeError(`${sections.length} sections`);
  for (const [i, { name, top, items }] of sections.entries()) {
    if (!/^[a-z0-9-]{1,64}$/.test(name))
      throw new RangeError(`a section cannot be named ${JSON.stringify(name)}`);
    const before = sections[i - 1]?.name;
    if (before !== undefined && before >= name) throw new RangeError(`section ${name} comes after ${before}`);
    if ((top === null) !== (items === 0))
      throw new RangeError(`section ${name} has ${items} items, and no top`);
  }
}
