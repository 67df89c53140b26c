import {
  ByteReader,
  ByteWriter,
  DecodeError,
  type DiskFile,
  type GroupId,
  type HardState,
  type Hasher,
  invariant,
  toHex,
} from '@smalti/core';
import { allocate, read, readAll, type Steps, sync, writeAndSync } from '@smalti/core/steps';
import { corrupt } from '../errors.ts';
import { groupBytes, readHardState, writeHardState } from '../format/records.ts';
import type { Environment } from './environment.ts';

/** The name of the second file. */
export const HARD_STATE_FILE = 'hard-state';
/** The most that a group's id, term, vote and flags take. */
const GROUP_BYTES = 192;
/** How many groups a new file has room for. */
export const NEW_ROOM = 2048;
const MAGIC = 0x616d_5332;
const HEAD_BYTES = 12;

/** The place behind which a segment was abandoned, or is about to be. */
export interface Cut {
  readonly segment: number;
  readonly sectors: number;
}

/** How far the log had come. */
export interface Reached {
  /** A batch that was durable in the log when this was written. */
  readonly sequence: number;
  /** The segment that was written then. It is removed only after a later one is named here. */
  readonly segment: number;
}

/** What the second file keeps. */
export interface Promises extends Reached {
  /** Counts the writes of this file. */
  readonly version: number;
  readonly groups: ReadonlyMap<GroupId, HardState>;
  /** Written before a damaged tail is left behind, so that a crash in between is understood. */
  readonly cut: Cut | null;
}

/*
 * The file: two slots, each half of it. A file keeps the length that it was made with. Each slot, little-endian:
 *   0  u32  magic
 *   4  u32  bytes that follow the head
 *   8  u32  CRC-32 of the bytes before and of those that follow
 *  12       version, sequence, segment, cut, groups
 * Writes alternate between the slots, so that a write that is torn leaves the one before.
 */

/** The second place of term, vote and doubt. */
export class HardStateFile {
  readonly #file: DiskFile;
  readonly #hasher: Hasher;
  readonly #slotBytes: number;
  #version: number;

  private constructor(file: DiskFile, hasher: Hasher, slotBytes: number, version: number) {
    this.#file = file;
    this.#hasher = hasher;
    this.#slotBytes = slotBytes;
    this.#version = version;
  }

  /** Groups that it has room for. */
  get room(): number {
    return Math.floor(this.#slotBytes / GROUP_BYTES);
  }

  /** Makes a new file durable, but not its name. */
  static *create(file: DiskFile, env: Pick<Environment, 'hasher'>): Steps<HardStateFile> {
    const slotBytes = NEW_ROOM * GROUP_BYTES;
    yield* allocate(file, 2 * slotBytes);
    yield* sync(file);
    const made = new HardStateFile(file, env.hasher, slotBytes, 0);
    // Both slots, so that neither is empty.
    yield* made.write({ sequence: 0, segment: 0 }, new Map(), null);
    yield* made.write({ sequence: 0, segment: 0 }, new Map(), null);
    return made;
  }

  /** @throws SmaltiError `STORAGE_CORRUPT` if neither slot can be read. */
  static *open(file: DiskFile, env: Environment): Steps<{ file: HardStateFile; promises: Promises }> {
    const bytes = yield* readAll(file);
    const slotBytes = Math.floor(bytes.length / 2);
    const slots = [0, slotBytes].map((at) => readSlot(bytes.subarray(at, at + slotBytes), env.hasher));
    const [newest] = slots.filter((slot) => slot !== null).sort((a, b) => b.version - a.version);
    if (newest === undefined) {
      throw corrupt(env.disk.location, HARD_STATE_FILE, 0, 'neither copy of the terms and votes is whole');
    }
    return { file: new HardStateFile(file, env.hasher, slotBytes, newest.version), promises: newest };
  }

  /**
   * Makes durable what was read: a process that was killed may have left it in the page cache only. The next write
   * goes over the other slot, and a loss of power then must not take both. It is written again, because after a sync
   * that failed the next one succeeds without what the first was to cover.
   */
  *settle(): Steps<void> {
    const at = (this.#version % 2) * this.#slotBytes;
    const slot = yield* read(this.#file, at, this.#slotBytes);
    const length = new DataView(slot.buffer, slot.byteOffset, slot.byteLength).getUint32(4, true);
    yield* writeAndSync(this.#file, at, slot.slice(0, HEAD_BYTES + length));
  }

  /** Makes the hard states of all groups durable. Called by one writer, never twice at once. */
  *write(reached: Reached, groups: ReadonlyMap<GroupId, HardState>, cut: Cut | null): Steps<void> {
    const version = this.#version + 1;
    const bytes = encodeSlot({ version, ...reached, groups, cut }, this.#hasher);
    invariant(bytes.length <= this.#slotBytes, `${groups.size} groups have room in the second file`);
    yield* writeAndSync(this.#file, (version % 2) * this.#slotBytes, bytes);
    this.#version = version;
  }

  close(done: () => void): void {
    this.#file.close(() => done());
  }
}

function encodeSlot(promises: Promises, hasher: Hasher): Uint8Array {
  const writer = new ByteWriter(512);
  writer.u64(promises.version).u64(promises.sequence).u64(promises.segment);
  writer.varint(promises.cut?.segment ?? 0).varint(promises.cut?.sectors ?? 0);
  writer.varint(promises.groups.size);
  for (const [group, state] of promises.groups) writeHardState(writer.raw(groupBytes(group)), state);
  const body = writer.finish();
  const bytes = new Uint8Array(HEAD_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, body.length, true);
  view.setUint32(8, hasher.crc32(body, hasher.crc32(bytes.subarray(0, 8))), true);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}

function readSlot(bytes: Uint8Array, hasher: Hasher): Promises | null {
  if (bytes.length < HEAD_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(4, true);
  if (view.getUint32(0, true) !== MAGIC || length > bytes.length - HEAD_BYTES) return null;
  const body = bytes.subarray(HEAD_BYTES, HEAD_BYTES + length);
  if (view.getUint32(8, true) !== hasher.crc32(body, hasher.crc32(bytes.subarray(0, 8)))) return null;
  try {
    const reader = new ByteReader(body);
    const [version, sequence, segment] = [reader.u64(), reader.u64(), reader.u64()];
    const cut = { segment: reader.varint(), sectors: reader.varint() };
    const groups = new Map<GroupId, HardState>();
    for (let left = reader.varint(); left > 0; left--) {
      groups.set(toHex(reader.raw(32)) as GroupId, readHardState(reader));
    }
    return { version, sequence, segment, groups, cut: cut.segment === 0 ? null : cut };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
