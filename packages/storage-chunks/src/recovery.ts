import { DiskError, type Manifest, nameOfPart } from '@smalti/core';
import { list, open, read, type Steps, size, unlink } from '@smalti/core/steps';
import type { Environment } from './files/environment.ts';
import { type Pack, packNumber, packPath } from './files/pack.ts';
import type { NamedPart, PackFiles } from './files/pack-files.ts';
import { readSmallFile, replaceFile } from './files/small-files.ts';
import { type BatchHead, decodeHead, HEAD_BYTES, readBody, roundUp, SECTOR_BYTES } from './format/batch.ts';
import {
  decodeManifest,
  encodeManifest,
  isManifestPath,
  manifestPath,
  UNFINISHED_MANIFEST,
} from './format/manifest-file.ts';
import type { PartIndex } from './part-index.ts';

/** Bytes that are looked at together for the head of a batch. */
const WINDOW = 64 * 1024;

/** The batch with the highest number, which alone may not be on the disk although it can be read. */
interface Newest {
  sequence: number;
  parts: readonly NamedPart[];
}

/**
 * Reads all packs and manifests of a directory. Parts that are damaged are left out, as if they had never been put; a
 * manifest that is damaged is left out, too. What a process that was killed, or that saw a sync fail, may have left in
 * the page cache alone is written once more: the newest batch, and the manifests.
 */
export function* recover(env: Environment, index: PartIndex, files: PackFiles): Steps<Manifest[]> {
  const names = yield* list(env.disk);
  const newest: Newest = { sequence: 0, parts: [] };
  // In the order in which they were written: of two copies of a part the later one counts.
  const numbers = names.flatMap((name) => packNumber(name) ?? []).sort((a, b) => a - b);
  for (const number of numbers) yield* readPack(env, index, files, number, newest);
  files.goOnAfter(newest.sequence);
  if (newest.parts.length > 0) yield* files.write(newest.parts);
  return yield* readManifests(env, names);
}

function* readPack(
  env: Environment,
  index: PartIndex,
  files: PackFiles,
  number: number,
  newest: Newest,
): Steps<void> {
  const file = yield* open(env.disk, packPath(number), 'existing');
  const length = yield* size(file);
  const pack: Pack = { number, file, end: 0, allocated: length, parts: 0, reading: 0, removed: false };
  files.adopt(pack);
  try {
    for (let at = 0; at < length; ) {
      const found = yield* findHead(env, pack, at, length);
      if (found === null) break;
      const { head, at: start } = found;
      const body = yield* read(
        file,
        start + HEAD_BYTES,
        Math.min(head.bodyBytes, length - start - HEAD_BYTES),
      );
      const good = goodParts(env, body, head);
      for (const { name, bytes, at: within } of good) index.set(name, pack, start + within, bytes.length);
      if (head.sequence > newest.sequence) {
        newest.sequence = head.sequence;
        newest.parts = good.map(({ name, bytes }) => [name, bytes]);
      }
      pack.end = start + roundUp(HEAD_BYTES + head.bodyBytes);
      at = pack.end;
    }
  } catch (error) {
    // A stretch that cannot be read is damage like another; what was found before it stays.
    if (!(error instanceof DiskError)) throw error;
    env.logger.warn('a pack of parts cannot be read to its end', { file: packPath(number), error });
    pack.end = roundUp(length);
  }
}

/** The next head of a batch from there on: behind a damaged one there may be others. */
function* findHead(
  env: Environment,
  { file, number }: Pack,
  from: number,
  length: number,
): Steps<{ readonly head: BatchHead; readonly at: number } | null> {
  for (let window = from; window < length; window += WINDOW) {
    const bytes = yield* read(file, window, Math.min(WINDOW, length - window));
    for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
      const head = decodeHead(bytes.subarray(at, at + HEAD_BYTES), number, env.hasher);
      if (head !== null) return { head, at: window + at };
    }
  }
  return null;
}

/** All parts, if the sum over them holds, and otherwise those that are what their names say. */
function goodParts({ hasher, logger, meter }: Environment, body: Uint8Array, head: BatchHead) {
  const parts = readBody(body);
  if (body.length === head.bodyBytes && hasher.crc32(body) === head.bodyCrc) return parts;
  const good = parts.filter(({ name, bytes }) => nameOfPart(bytes, hasher) === name);
  meter.count('chunks.damaged_batches');
  logger.warn('a batch of parts is damaged', {
    batch: head.sequence,
    parts: parts.length,
    good: good.length,
  });
  return good;
}

function* readManifests(env: Environment, names: readonly string[]): Steps<Manifest[]> {
  const { disk, hasher, logger } = env;
  const manifests: Manifest[] = [];
  for (const name of names.filter(isManifestPath)) {
    const manifest = decodeManifest(yield* readSmallFile(disk, name), hasher);
    if (manifest === null || manifestPath(manifest.anchor.index) !== name) {
      logger.warn('the manifest of a checkpoint is damaged, and so the checkpoint is forgotten', { name });
      yield* unlink(disk, name);
      continue;
    }
    yield* replaceFile(disk, name, UNFINISHED_MANIFEST, encodeManifest(manifest, hasher));
    manifests.push(manifest);
  }
  return manifests;
}
