import { open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { SmaltiError } from '@smalti/core';
import { VERSION } from '../version.ts';
import { FileName } from './layout.ts';

/** Says that a directory was made by `start`, and what it made there. */
export interface Marker {
  readonly nodes: number;
  /** The cluster that was born there; null until it is known. */
  readonly cluster: string | null;
}

const MADE_BY = 'smalti start';
const FORMAT = 1;
const MAX_NODES = 1_000;

/**
 * What `start` made in the directory, or null if the directory is empty or not there.
 *
 * @throws SmaltiError `STORAGE_FOREIGN` if the directory is not ours, `STORAGE_VERSION` if a version made it that is
 * not known, `STORAGE_ACCESS`.
 */
export async function readMarker(directory: string): Promise<Marker | null> {
  let content: string;
  try {
    content = await readFile(join(directory, FileName.marker), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw unreadable(directory, error);
    return await emptyOrForeign(directory);
  }
  return parse(directory, content);
}

/** Writes the marker; after a crash there is the old one, the new one, or none. */
export async function writeMarker(directory: string, { nodes, cluster }: Marker): Promise<void> {
  const path = join(directory, FileName.marker);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    const content = { madeBy: MADE_BY, format: FORMAT, version: VERSION, nodes, cluster };
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

function parse(directory: string, content: string): Marker {
  let value: Partial<Record<'madeBy' | 'format' | 'version' | 'nodes' | 'cluster', unknown>> | null;
  try {
    value = JSON.parse(content) as typeof value;
  } catch {
    value = null;
  }
  if (value?.madeBy !== MADE_BY) {
    throw foreign(directory, `its ${FileName.marker} was not written by ${MADE_BY}`);
  }
  if (value.format !== FORMAT) {
    throw new SmaltiError(
      'STORAGE_VERSION',
      `--data ${directory}: made by smalti ${String(value.version)} in format ${String(value.format)}, and this is ` +
        `${VERSION} with format ${FORMAT}; use that version, or another directory`,
      { details: { directory } },
    );
  }
  const { nodes, cluster = null } = value;
  if (typeof nodes !== 'number' || !Number.isInteger(nodes) || nodes < 1 || nodes > MAX_NODES) {
    throw foreign(directory, `its ${FileName.marker} does not say how many nodes there are`);
  }
  if (cluster !== null && !(typeof cluster === 'string' && /^[0-9a-f]{32}$/.test(cluster))) {
    throw foreign(directory, `its ${FileName.marker} names a cluster in a way that is not known`);
  }
  return { nodes, cluster };
}

async function emptyOrForeign(directory: string): Promise<null> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(directory, error);
  }
  // What a crash can leave before the marker is there.
  const others = names.filter((name) => name !== FileName.lock && name !== `${FileName.marker}.new`);
  if (others.length === 0) return null;
  throw foreign(directory, `it holds ${others.slice(0, 3).join(', ')} and no ${FileName.marker}`);
}

function foreign(directory: string, why: string): SmaltiError {
  return new SmaltiError(
    'STORAGE_FOREIGN',
    `--data ${directory}: not made by ${MADE_BY}: ${why}; name an empty directory, or one that is not there yet`,
    { details: { directory } },
  );
}

function unreadable(directory: string, cause: unknown): SmaltiError {
  const { code } = cause as NodeJS.ErrnoException;
  const what = code === 'ENOTDIR' ? 'is not a directory; name another' : `cannot be read (${code})`;
  return new SmaltiError('STORAGE_ACCESS', `--data ${directory}: ${what}`, { cause, details: { directory } });
}
