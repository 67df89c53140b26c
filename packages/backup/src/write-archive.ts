import {
  DamagedPart,
  type Hasher,
  type Manifest,
  type PartName,
  type ReachStep,
  reach,
  SmaltiError,
} from '@smalti/core';
import { encodeEnd, encodeMagic, encodeManifest, recordHead } from './format.ts';
import { RecentNames } from './recent-names.ts';
import { Seal } from './seal.ts';

/** Parts that are asked for at a time: with the bound of a part this is what an archive in the making holds. */
const AT_A_TIME = 64;
/** Bytes of a piece, about. */
const PIECE_BYTES = 64 * 1024;

/** Where the parts of a checkpoint come from, e.g. a `SnapshotStore` by {@link partsOf}. */
export interface PartSource {
  /** The bytes of each part, in order, or null for one that is missing or damaged. Called with at most 64 names. */
  get(names: readonly PartName[]): Promise<readonly (Uint8Array | null)[]>;
}

/** What a backup is made of. */
export interface ArchiveContent {
  /** An agreed checkpoint. A lease on its root is the caller's, and is kept until the archive is done. */
  readonly manifest: Manifest;
  readonly parts: PartSource;
  readonly hasher: Hasher;
}

/**
 * The bytes of an archive, piece by piece, each of about 64 KiB. Nothing is read before it is wanted, so whoever takes
 * the pieces sets the pace; memory does not grow with the checkpoint. The pieces are the caller's.
 *
 * @throws SmaltiError `STORAGE_RANGE` if the checkpoint is not agreed; `STORAGE_CORRUPT` if a part is missing or
 * damaged, with its name in `details.part`: what was given until then is no archive. What `parts` throws.
 */
export async function* writeArchive(content: ArchiveContent): AsyncGenerator<Uint8Array, void> {
  const { manifest, hasher } = content;
  if (!manifest.agreed) {
    const message = `the checkpoint at index ${manifest.anchor.index} is not agreed yet, and a backup is an agreed one`;
    throw new SmaltiError('STORAGE_RANGE', message, { retryable: true });
  }
  const head = encodeManifest(manifest);
  const seal = new Seal(head, hasher);
  const pieces = new Pieces();
  pieces.add(encodeMagic());
  pieces.add(recordHead(head, hasher));
  pieces.add(head);
  let [records, bytes] = [0, 0];
  for await (const [name, part] of reached(content)) {
    pieces.add(recordHead(part, hasher));
    pieces.add(part);
    seal.add(name);
    records += 1;
    bytes += part.length;
    if (pieces.length >= PIECE_BYTES) yield pieces.take();
  }
  pieces.add(encodeEnd({ records, bytes, seal: seal.bytes }, hasher));
  yield pieces.take();
}

/** All parts that the root reaches: the root first, and each after one that names it. */
async function* reached({ manifest, parts, hasher }: ArchiveContent): AsyncGenerator<[PartName, Uint8Array]> {
  const recent = new RecentNames();
  const search = reach(manifest.root, hasher, (name) => recent.has(name));
  try {
    let step: IteratorResult<ReachStep, void> = search.next();
    while (step.done !== true) {
      if ('get' in step.value) {
        step = search.next(await all(parts, step.value.get));
        continue;
      }
      const names = [...new Set(step.value.names)];
      for (let at = 0; at < names.length; at += AT_A_TIME) {
        const some = names.slice(at, at + AT_A_TIME);
        for (const [i, bytes] of (await all(parts, some)).entries()) yield [some[i] as PartName, bytes];
      }
      for (const name of names) recent.add(name);
      step = search.next();
    }
  } catch (error) {
    if (error instanceof DamagedPart) throw damaged(error.part, error.message, error);
    throw error;
  }
}

async function all(parts: PartSource, names: readonly PartName[]): Promise<readonly Uint8Array[]> {
  const answers = await parts.get(names);
  return names.map((name, i) => answers[i] ?? refuse(name));
}

function refuse(part: PartName): never {
  throw damaged(part, `part ${part}: it is missing`);
}

function damaged(part: PartName, what: string, cause?: unknown): SmaltiError {
  const message = `the checkpoint cannot be backed up: ${what}; back up another node, or wait until this one has repaired it`;
  return new SmaltiError('STORAGE_CORRUPT', message, { cause, details: { part } });
}

/** Small pieces put together, so that whoever takes them has few. */
class Pieces {
  #list: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    this.#list.push(bytes);
    this.#length += bytes.length;
  }

  take(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const bytes of this.#list) {
      whole.set(bytes, at);
      at += bytes.length;
    }
    this.#list = [];
    this.#length = 0;
    return whole;
  }
}
