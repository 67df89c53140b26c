import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKPOINTS } from '../node/index.ts';
import { FileName, logName, nodeId } from './layout.ts';
import type { Marker } from './marker.ts';

/** Names that a node's log store gives its files. */
const LOG_FILES = /^(?:wal-\d{10}\.log|identity|identity\.new|hard-state|lock)$/;
/** Names that the store of its checkpoints gives its files. */
const CHECKPOINT_FILES = /^(?:pack-\d{10}|manifest-\d{16}|manifest\.new|identity|identity\.new|lock)$/;

/**
 * Removes what `start` and its nodes made, by name, and nothing else: what others put there stays, and links are not
 * followed. The marker goes last, so that it can be done again if it is interrupted. Gives what was left.
 */
export async function removeMade(directory: string, { nodes }: Marker): Promise<string[]> {
  const kept: string[] = [];
  for (let i = 1; i <= nodes; i++) {
    const id = nodeId(i);
    const inside = join(id, CHECKPOINTS);
    for (const name of await removeStore(join(directory, inside), CHECKPOINT_FILES))
      kept.push(join(inside, name));
    for (const name of await removeStore(join(directory, id), LOG_FILES)) {
      // What is left in there was told.
      if (name !== CHECKPOINTS) kept.push(join(id, name));
    }
    await removeFile(join(directory, logName(id)));
  }
  await removeFile(join(directory, FileName.key));
  await removeFile(join(directory, FileName.token));
  await removeFile(join(directory, `${FileName.marker}.new`));
  await removeFile(join(directory, FileName.marker));
  return kept;
}

/** Gives the names of what is not the store's. */
async function removeStore(directory: string, files: RegExp): Promise<string[]> {
  const found = await lstat(directory).catch(() => null);
  if (found === null) return [];
  if (!found.isDirectory()) return ['.'];
  const kept: string[] = [];
  for (const name of await readdir(directory)) {
    if (files.test(name) && (await removeFile(join(directory, name)))) continue;
    kept.push(name);
  }
  if (kept.length === 0) await rmdir(directory);
  return kept;
}

/** False if it is there and is not a file. */
async function removeFile(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return true;
  if (!found.isFile()) return false;
  await unlink(path);
  return true;
}
