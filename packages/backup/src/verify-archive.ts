import {
  type CheckpointRoot,
  DamagedPart,
  type Hasher,
  type Manifest,
  nameOfPart,
  type PartName,
  type SmaltiError,
  sameCursor,
  verifyCheckpoint,
} from '@smalti/core';
import { ArchiveReader } from './archive-reader.ts';
import { damagedArchive } from './damage.ts';
import { lengthIn, MAX_RECORD_BYTES, RECORD_HEAD } from './format.ts';
import { PartPlaces } from './part-places.ts';
import type { ByteSource, ReadOptions } from './source.ts';
import { Window } from './window.ts';

/** An archive of which everything was looked at. */
export interface VerifiedArchive {
  readonly manifest: Manifest;
  readonly root: CheckpointRoot;
  /** Different parts. */
  readonly parts: number;
  /** Bytes of the archive. */
  readonly bytes: number;
}

/** Bytes that are read at once: a walk goes through the parts in about the order in which they were written. */
const AHEAD_BYTES = 64 * 1024;
/** How many parts are walked between two words of progress. */
const TELL_EVERY = 256;

/**
 * Verifies an archive without any cluster: that all of it is there and as it was written, and that it is a checkpoint,
 * cut as it must be, and nothing else. Reads it twice. Memory: a MiB, and about 32 bytes for each part, so about 16 MiB
 * for 1 GiB of state; and the longest item.
 *
 * @throws SmaltiError `STORAGE_CORRUPT` with file and byte in its details; `STORAGE_FOREIGN` if it is no archive;
 * `STORAGE_VERSION` if it, or the checkpoint in it, is of a version that is not known here. What the source throws.
 */
export async function verifyArchive(source: ByteSource, options: ReadOptions): Promise<VerifiedArchive> {
  const { hasher, progress = () => {} } = options;
  const all = 2 * source.length;
  const reader = await ArchiveReader.open(source, hasher);
  const { manifest } = reader;
  const places = new PartPlaces();
  const parts = new PartsAtPlaces(source, places, hasher);
  for await (const { name, offset } of reader.parts()) {
    // One that stands twice is the same twice.
    if ((await parts.find(name)) === null) places.add(name, offset);
    progress(offset, all);
  }
  const root = await walk(source, manifest, parts, hasher, () =>
    progress(source.length + Math.round((source.length * places.marked) / Math.max(1, places.size)), all),
  );
  const top = await parts.find(manifest.root);
  check(source, manifest, root, top?.bytes.length ?? 0);
  if (places.marked < places.size) {
    throw damagedArchive(source, 0, `${places.size - places.marked} parts are of no use to its checkpoint`);
  }
  progress(all, all);
  return { manifest, root, parts: places.size, bytes: source.length };
}

async function walk(
  source: ByteSource,
  manifest: Manifest,
  parts: PartsAtPlaces,
  hasher: Hasher,
  tell: () => void,
): Promise<CheckpointRoot> {
  const search = verifyCheckpoint(manifest.root, hasher);
  try {
    let step = search.next();
    for (let gets = 0; step.done !== true; ) {
      if ('items' in step.value) {
        step = search.next();
        continue;
      }
      const bytes: (Uint8Array | null)[] = [];
      for (const name of step.value.get) {
        bytes.push(await parts.take(name));
        gets += 1;
        if (gets % TELL_EVERY === 0) tell();
      }
      step = search.next(bytes);
    }
    return step.value;
  } catch (error) {
    if (error instanceof DamagedPart) {
      const found = await parts.find(error.part);
      const offset = found === null ? 0 : found.offset;
      throw damagedArchive(source, offset, error.message, error);
    }
    throw error;
  }
}

/** The manifest says what the root, of so many bytes, says. */
function check(source: ByteSource, manifest: Manifest, root: CheckpointRoot, length: number): void {
  const { anchor, format, agreed } = manifest;
  const bytes = root.sections.reduce((sum, section) => sum + section.bytes, length);
  const isRight = agreed && sameCursor(anchor, root.anchor) && format === root.format.version;
  if (!isRight || bytes !== manifest.bytes) {
    throw damagedArchive(source, 0, 'its manifest is not that of its checkpoint');
  }
}

/** The parts of an archive by their names. */
class PartsAtPlaces {
  readonly #source: ByteSource;
  readonly #places: PartPlaces;
  readonly #hasher: Hasher;
  readonly #window: Window;

  constructor(source: ByteSource, places: PartPlaces, hasher: Hasher) {
    this.#source = source;
    this.#places = places;
    this.#hasher = hasher;
    this.#window = new Window(source, AHEAD_BYTES);
  }

  /** The bytes of a part, which is then known to be needed; null if it is not there. */
  async take(name: PartName): Promise<Uint8Array | null> {
    const found = await this.find(name);
    if (found === null) return null;
    this.#places.mark(found.slot);
    return found.bytes;
  }

  async find(
    name: PartName,
  ): Promise<{ readonly slot: number; readonly offset: number; readonly bytes: Uint8Array } | null> {
    for (const slot of this.#places.slots(name)) {
      const offset = this.#places.offsetAt(slot);
      const bytes = await this.#readAt(offset);
      if (nameOfPart(bytes, this.#hasher) === name) return { slot, offset, bytes };
    }
    return null;
  }

  async #readAt(offset: number): Promise<Uint8Array> {
    const length = lengthIn(await this.#read(offset, RECORD_HEAD));
    if (length > MAX_RECORD_BYTES) throw this.#changed(offset);
    return await this.#read(offset + RECORD_HEAD, length);
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = await this.#window.take(offset, length);
    if (bytes.length < length) throw this.#changed(offset);
    return bytes;
  }

  #changed(offset: number): SmaltiError {
    return damagedArchive(this.#source, offset, 'it was changed while it was read');
  }
}
