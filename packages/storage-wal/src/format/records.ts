import {
  ByteReader,
  type ByteWriter,
  type Cursor,
  DecodeError,
  type Entry,
  fromHex,
  type GroupId,
  type HardState,
  type Incarnation,
  type Index,
  type MemberKey,
  type PeerId,
  readFrames,
  type Term,
  type TermStart,
  toHex,
} from '@smalti/core';

/** The beginning of a segment: whose it is, and what it continues. */
export interface SegmentRecord {
  readonly kind: 'segment';
  readonly node: PeerId;
  readonly incarnation: Incarnation;
  readonly number: number;
  /** Its size: it was durable before anything was written. A file that is shorter has lost something. */
  readonly bytes: number;
  /** The segment that it continues; 0 for the first one. */
  readonly previous: number;
  /** How many sectors of that segment count: what lies behind them was abandoned. */
  readonly previousSectors: number;
}

/** All of a group but the places of its entries, at the beginning of a segment. */
export interface GroupRecord {
  readonly kind: 'group';
  readonly group: GroupId;
  readonly base: Cursor;
  readonly last: Cursor;
  readonly hardState: HardState;
  readonly terms: readonly TermStart[];
  readonly configurations: readonly Entry[];
}

/** A group's log was made. */
export interface OpenRecord {
  readonly kind: 'open';
  readonly group: GroupId;
}

/** Entries, or a hard state, or both. The frames follow in the batch, in the order of the records. */
export interface WriteRecord {
  readonly kind: 'write';
  readonly group: GroupId;
  /** Entries from there on are removed first; 0 if none. */
  readonly truncateFrom: Index;
  /** Index of the first entry; 0 if there is none. */
  readonly first: Index;
  readonly count: number;
  readonly frameBytes: number;
  readonly hardState: HardState | null;
}

/** Entries up to an index were removed. */
export interface PruneRecord {
  readonly kind: 'prune';
  readonly group: GroupId;
  readonly through: Index;
}

/** The base was set. */
export interface ResetRecord {
  readonly kind: 'reset';
  readonly group: GroupId;
  readonly cursor: Cursor;
  /** True if what follows the cursor stays. */
  readonly keep: boolean;
  readonly hardState: HardState;
  readonly configuration: Entry | null;
}

/** Entries that are in the log already were written again, so that an old segment can go. */
export interface CopyRecord {
  readonly kind: 'copy';
  readonly group: GroupId;
  readonly first: Index;
  readonly count: number;
  readonly frameBytes: number;
}

/** What a batch says. */
export type WalRecord =
  | SegmentRecord
  | GroupRecord
  | OpenRecord
  | WriteRecord
  | PruneRecord
  | ResetRecord
  | CopyRecord;

const KINDS = ['segment', 'group', 'open', 'write', 'prune', 'reset', 'copy'] as const;
const MAX_VOTE_BYTES = 128;

/** Writes one record of a table. Frames are not part of the table. */
export function writeRecord(writer: ByteWriter, record: WalRecord): void {
  writer.u8(KINDS.indexOf(record.kind) + 1);
  if (record.kind !== 'segment') writer.raw(groupBytes(record.group));
  switch (record.kind) {
    case 'segment':
      writer.text(record.node).text(record.incarnation);
      writer.varint(record.number).varint(record.bytes);
      writer.varint(record.previous).varint(record.previousSectors);
      break;
    case 'open':
      break;
    case 'group':
      writeCursor(writer, record.base);
      writeCursor(writer, record.last);
      writeHardState(writer, record.hardState);
      writer.varint(record.terms.length);
      for (const run of record.terms) writer.varint(run.first).varint(run.term);
      writer.varint(record.configurations.length);
      for (const entry of record.configurations) writer.bytes(entry.frame);
      break;
    case 'write':
      writer.varint(record.truncateFrom).varint(record.first).varint(record.count).varint(record.frameBytes);
      writer.u8(record.hardState === null ? 0 : 1);
      if (record.hardState !== null) writeHardState(writer, record.hardState);
      break;
    case 'prune':
      writer.varint(record.through);
      break;
    case 'reset':
      writeCursor(writer, record.cursor);
      writer.u8(record.keep ? 1 : 0);
      writeHardState(writer, record.hardState);
      writer.bytes(record.configuration?.frame ?? new Uint8Array(0));
      break;
    case 'copy':
      writer.varint(record.first).varint(record.count).varint(record.frameBytes);
      break;
  }
}

/** Reads a table. @throws DecodeError if it is none. */
export function readRecords(table: Uint8Array): WalRecord[] {
  const reader = new ByteReader(table);
  const records: WalRecord[] = [];
  while (reader.remaining > 0) records.push(readRecord(reader));
  return records;
}

function readRecord(reader: ByteReader): WalRecord {
  const kind = readKind(reader);
  const group = (kind === 'segment' ? '' : toHex(reader.raw(32))) as GroupId;
  switch (kind) {
    case 'segment':
      return {
        kind,
        node: reader.text(64) as PeerId,
        incarnation: reader.text(32) as Incarnation,
        number: reader.varint(),
        bytes: reader.varint(),
        previous: reader.varint(),
        previousSectors: reader.varint(),
      };
    case 'open':
      return { kind, group };
    case 'group':
      return {
        kind,
        group,
        base: readCursor(reader),
        last: readCursor(reader),
        hardState: readHardState(reader),
        terms: readList(reader, () => ({ first: reader.varint() as Index, term: reader.varint() as Term })),
        configurations: readList(reader, () => readEntry(reader.bytes())),
      };
    case 'write':
      return {
        kind,
        group,
        truncateFrom: reader.varint() as Index,
        first: reader.varint() as Index,
        count: reader.varint(),
        frameBytes: reader.varint(),
        hardState: reader.u8() === 0 ? null : readHardState(reader),
      };
    case 'prune':
      return { kind, group, through: reader.varint() as Index };
    case 'reset': {
      const [cursor, keep, hardState] = [readCursor(reader), reader.u8() === 1, readHardState(reader)];
      const frame = reader.bytes();
      return {
        kind,
        group,
        cursor,
        keep,
        hardState,
        configuration: frame.length > 0 ? readEntry(frame) : null,
      };
    }
    case 'copy':
      return {
        kind,
        group,
        first: reader.varint() as Index,
        count: reader.varint(),
        frameBytes: reader.varint(),
      };
  }
}

function readKind(reader: ByteReader): (typeof KINDS)[number] {
  const at = reader.offset;
  const kind = KINDS[reader.u8() - 1];
  if (kind === undefined) throw new DecodeError('a record of a kind that is not known', at);
  return kind;
}

function readList<T>(reader: ByteReader, read: () => T): T[] {
  const count = reader.varint();
  if (count > reader.remaining) throw new DecodeError(`a list of ${count}`, reader.offset);
  return Array.from({ length: count }, read);
}

function readEntry(frame: Uint8Array): Entry {
  const [entry, ...more] = readFrames(frame);
  if (entry === undefined || more.length > 0) throw new DecodeError('not one entry', 0);
  return entry;
}

function writeCursor(writer: ByteWriter, cursor: Cursor): void {
  writer.varint(cursor.term).varint(cursor.index);
}

function readCursor(reader: ByteReader): Cursor {
  return { term: reader.varint() as Term, index: reader.varint() as Index };
}

/** Term, commit, doubt and vote. */
export function writeHardState(writer: ByteWriter, state: HardState): void {
  writer.varint(state.term).varint(state.commit);
  writer.u8((state.doubt ? 1 : 0) + (state.vote === null ? 0 : 2));
  if (state.vote !== null) writer.text(state.vote);
}

/** @throws DecodeError if the bytes are none. */
export function readHardState(reader: ByteReader): HardState {
  const term = reader.varint() as Term;
  const commit = reader.varint() as Index;
  const flags = reader.u8();
  const vote = (flags & 2) === 0 ? null : (reader.text(MAX_VOTE_BYTES) as MemberKey);
  return { term, vote, commit, doubt: (flags & 1) === 1 };
}

const known = new Map<GroupId, Uint8Array>();
const KNOWN_GROUPS = 1024;

/** The 32 bytes of a group id, remembered because every record names its group. */
export function groupBytes(group: GroupId): Uint8Array {
  let bytes = known.get(group);
  if (bytes === undefined) {
    bytes = fromHex(group);
    if (known.size >= KNOWN_GROUPS) known.clear();
    known.set(group, bytes);
  }
  return bytes;
}
