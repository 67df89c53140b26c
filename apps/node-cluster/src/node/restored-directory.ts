import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SmaltiError } from '@smalti/core';
import { openDisk } from '@smalti/platform-node';
import { syncFolder } from '../service/index.ts';

/** Where checkpoints are in the directory of a node. */
export const CHECKPOINTS = 'checkpoints';
/** As long as this folder is there, the directory is not restored yet. The log is made in it. */
const UNFINISHED = 'restore-unfinished';
/** What makes a directory that of a node. */
const IDENTITY = 'identity';
const LOCK = 'lock';

/**
 * Refuses a directory into which a backup was not restored to the end. Called before a node does anything in it.
 *
 * @throws SmaltiError `STORAGE_CORRUPT` saying what to do.
 */
export async function refuseUnfinished(data: string): Promise<void> {
  if (!(await isUnfinished(data))) return;
  const text =
    'a backup was being restored into it and that was not finished: run the same smalti restore again, which begins anew';
  throw new SmaltiError('STORAGE_CORRUPT', `--data ${resolve(data)}: ${text}`, { details: { data } });
}

/**
 * Refuses a directory in which there is anything, but for what is left of a restore.
 *
 * @throws SmaltiError `STORAGE_FOREIGN`.
 */
export async function refuseUsed(data: string): Promise<void> {
  const names = await readdir(data).catch(() => []);
  if (names.length === 0 || (await isUnfinished(data))) return;
  const shown = names.slice(0, 3).join(', ');
  const text = `is not empty, it has ${shown}: a backup is restored into an empty directory, never over other data`;
  throw new SmaltiError('STORAGE_FOREIGN', `--data ${resolve(data)}: ${text}`, { details: { data } });
}

/**
 * Begins to make a directory, which is empty or has what is left of an earlier attempt. No node starts in it until
 * {@link finishRestore}.
 *
 * @returns the folder for the log. Checkpoints go where they stay.
 */
export async function beginRestore(data: string): Promise<string> {
  await openDisk(data);
  const log = join(data, UNFINISHED);
  await mkdir(log, { recursive: true, mode: 0o700 });
  await syncFolder(data);
  for (const name of await readdir(data))
    if (name !== UNFINISHED) await rm(join(data, name), { recursive: true });
  for (const name of await readdir(log)) await rm(join(log, name), { recursive: true });
  return log;
}

/** Makes it the directory of a node. All that is in it is on disk, and closed. */
export async function finishRestore(data: string): Promise<void> {
  const log = join(data, UNFINISHED);
  const names = (await readdir(log)).filter((name) => name !== LOCK);
  // The identity comes last: without it there is no log, whatever else there is.
  for (const name of names.filter((each) => each !== IDENTITY))
    await rename(join(log, name), join(data, name));
  await syncFolder(data);
  await rename(join(log, IDENTITY), join(data, IDENTITY));
  await syncFolder(data);
  await rm(log, { recursive: true });
  await syncFolder(data);
}

async function isUnfinished(data: string): Promise<boolean> {
  return await access(join(data, UNFINISHED)).then(
    () => true,
    () => false,
  );
}
