import { DecodeError, type Hasher, type Manifest, nameOfPart, type PartName } from '@smalti/core';
import { damagedArchive, noArchive, unknownVersion } from './damage.ts';
import {
  decodeEnd,
  decodeManifest,
  END_BYTES,
  isKnownVersion,
  lengthIn,
  MAGIC_BYTES,
  MAX_RECORD_BYTES,
  matchesHead,
  RECORD_HEAD,
  versionOf,
} from './format.ts';
import { Seal } from './seal.ts';
import type { ByteSource } from './source.ts';
import { Window } from './window.ts';

/** Bytes that are read at once where one record comes after the other. */
const AHEAD_BYTES = 1024 * 1024;

/** A part as it stands in an archive. */
export interface ArchivedPart {
  readonly name: PartName;
  readonly bytes: Uint8Array;
  /** Where its record begins. */
  readonly offset: number;
}

/** Reads an archive from its beginning to its end, in bounded memory. Errors are those of `verifyArchive`. */
export class ArchiveReader {
  readonly manifest: Manifest;
  readonly #window: Window;
  readonly #source: ByteSource;
  readonly #hasher: Hasher;
  readonly #seal: Seal;
  #at: number;

  private constructor(window: Window, source: ByteSource, hasher: Hasher, head: Uint8Array, at: number) {
    this.#window = window;
    this.#source = source;
    this.#hasher = hasher;
    this.#seal = new Seal(head, hasher);
    this.#at = at;
    try {
      this.manifest = decodeManifest(head);
    } catch (error) {
      if (!(error instanceof DecodeError || error instanceof RangeError)) throw error;
      throw damagedArchive(source, MAGIC_BYTES, `its manifest is none: ${error.message}`, error);
    }
  }

  /** @throws SmaltiError `STORAGE_FOREIGN`, `STORAGE_VERSION`, `STORAGE_CORRUPT`. */
  static async open(source: ByteSource, hasher: Hasher): Promise<ArchiveReader> {
    const window = new Window(source, AHEAD_BYTES);
    const version = versionOf(await window.take(0, MAGIC_BYTES));
    if (version === null) throw noArchive(source);
    if (!isKnownVersion(version)) throw unknownVersion(source, version);
    const head = await readRecord(window, source, MAGIC_BYTES, hasher);
    if (head === null) throw damagedArchive(source, MAGIC_BYTES, 'it has no manifest');
    return new ArchiveReader(window, source, hasher, head, MAGIC_BYTES + RECORD_HEAD + head.length);
  }

  /** All parts, as they come. After the last one it is known that nothing was lost, added or exchanged. Called once. */
  async *parts(): AsyncGenerator<ArchivedPart, void> {
    let [records, bytes] = [0, 0];
    for (;;) {
      const offset = this.#at;
      const part = await readRecord(this.#window, this.#source, offset, this.#hasher);
      if (part === null) break;
      const name = nameOfPart(part, this.#hasher);
      this.#seal.add(name);
      records += 1;
      bytes += part.length;
      this.#at += RECORD_HEAD + part.length;
      yield { name, bytes: part, offset };
    }
    await this.#end(records, bytes);
  }

  async #end(records: number, bytes: number): Promise<void> {
    const refuse = (what: string): never => {
      throw damagedArchive(this.#source, this.#at, what);
    };
    const raw = await this.#window.take(this.#at, END_BYTES);
    if (raw.length < END_BYTES) refuse('it ends before its end');
    if (!matchesHead(raw.subarray(0, RECORD_HEAD), raw.subarray(RECORD_HEAD), this.#hasher))
      refuse('the checksum of its end does not hold');
    const end = decodeEnd(raw.subarray(RECORD_HEAD));
    if (end.records !== records || end.bytes !== bytes) {
      refuse(`${records} parts of ${bytes} bytes, where ${end.records} of ${end.bytes} bytes must be`);
    }
    if (!this.#hasher.equal(end.seal, this.#seal.bytes))
      refuse('its parts are not those that were written, or in another order');
    if (this.#source.length !== this.#at + END_BYTES) refuse('something follows its end');
  }
}

/** The bytes of the record that begins there, or null for the end. */
async function readRecord(
  window: Window,
  source: ByteSource,
  offset: number,
  hasher: Hasher,
): Promise<Uint8Array | null> {
  const head = (await window.take(offset, RECORD_HEAD)).slice();
  if (head.length < RECORD_HEAD) throw damagedArchive(source, offset, 'it ends before its end');
  const length = lengthIn(head);
  if (length === 0) return null;
  if (length > MAX_RECORD_BYTES) throw damagedArchive(source, offset, `a record of ${length} bytes`);
  const bytes = await window.take(offset + RECORD_HEAD, length);
  if (bytes.length < length) throw damagedArchive(source, offset, 'it ends within a part');
  if (!matchesHead(head, bytes, hasher))
    throw damagedArchive(source, offset, 'the checksum of a part does not hold');
  return bytes;
}
