import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SmaltiError } from '@smalti/core';
import { syncFolder } from '../service/index.ts';

/**
 * Looks whether a directory can be used, or made, and changes nothing. Whose it is, its store finds out.
 *
 * @throws SmaltiError `STORAGE_ACCESS` naming the directory and what to do.
 */
export async function checkDirectory(directory: string): Promise<void> {
  const path = resolve(directory);
  try {
    const found = await stat(path);
    if (!found.isDirectory()) throw denied(path, 'is not a directory; name another');
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof SmaltiError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // A file where a folder should be makes what is below it neither there nor missing.
    if (code === 'ENOENT' || code === 'ENOTDIR') return await checkParent(path);
    throw denied(
      path,
      `cannot be read and written (${code}); correct its permissions, or name another`,
      error,
    );
  }
}

/** Makes the directory, durably, if it is not there; its content is for its owner alone. */
export async function makeDirectory(directory: string): Promise<void> {
  const path = resolve(directory);
  try {
    // One by one: where a file system takes no folders, such as /proc, `recursive` tries for ever.
    for (const each of await missingIn(path)) {
      await makeOne(each);
      // Whoever opens it finds it there, and does not ask whether a loss of power would leave it.
      await syncFolder(dirname(each));
    }
  } catch (error) {
    throw denied(path, `cannot be made (${(error as NodeJS.ErrnoException).code}); name another`, error);
  }
}

/** The folders of a path that are not there yet, the uppermost first. */
async function missingIn(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = path; at !== dirname(at) && !(await isThere(at)); at = dirname(at)) missing.unshift(at);
  return missing;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another process can have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isThere(path))) throw error;
  }
}

/** What is not there yet can be made if the nearest folder above it can be written. */
async function checkParent(path: string): Promise<void> {
  for (let above = dirname(path); ; above = dirname(above)) {
    try {
      const found = await stat(above);
      if (!found.isDirectory()) throw denied(path, `cannot be made: ${above} is not a directory`);
      return await access(above, constants.W_OK | constants.X_OK);
    } catch (error) {
      if (error instanceof SmaltiError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if ((code === 'ENOENT' || code === 'ENOTDIR') && above !== dirname(above)) continue;
      throw denied(path, `cannot be made: ${above} cannot be written (${code})`, error);
    }
  }
}

function denied(path: string, rule: string, cause?: unknown): SmaltiError {
  return new SmaltiError('STORAGE_ACCESS', `--data ${path}: ${rule}`, { cause, details: { path } });
}
