import { randomBytes } from 'node:crypto';
import { lstat, open, readdir } from 'node:fs/promises';
import { type DiskLock, SmaltiError } from '@smalti/core';
import { openDisk } from '@smalti/platform-node';
import { type StartSettings, UsageError } from '../cli/index.ts';
import { checkDirectory, makeDirectory } from '../node/index.ts';
import { removeMade } from './fresh.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';
import { checkPorts } from './ports.ts';

const DEFAULT_NODES = 3;

/** A directory that is ready for its nodes. */
export interface Prepared {
  readonly layout: Layout;
  /** False if the directory goes on with what an earlier start made. */
  readonly made: boolean;
  /** The cluster that an earlier start has seen born there, or null. */
  readonly cluster: string | null;
  /** What `--fresh` found that it had not made, and left. */
  readonly kept: readonly string[];
  /** Lets another start have the directory. Called once no node is left. */
  release(): Promise<void>;
}

/**
 * Checks everything, then makes what is missing. Nothing is changed before all is checked.
 *
 * @throws SmaltiError `STORAGE_*`, `ADDRESS_IN_USE`, `BAD_OPTION`.
 */
export async function prepare(settings: StartSettings): Promise<Prepared> {
  const { data, basePort, fresh } = settings;
  await checkDirectory(data);
  const marker = await readMarker(data);
  const nodes = settings.nodes ?? (fresh ? null : marker?.nodes) ?? DEFAULT_NODES;
  const layout = layoutOf(data, nodes, basePort);
  if (!fresh) await checkMarker(marker, layout, nodes);
  await checkPorts(layout, basePort);

  await makeDirectory(data);
  const release = await takeLock(layout);
  try {
    const kept = fresh && marker !== null ? await removeMade(data, marker) : [];
    const made = fresh || marker === null;
    if (made) await writeMarker(data, { nodes, cluster: null });
    for (const file of [layout.keyFile, layout.tokenFile]) if (!(await exists(file))) await makeKey(file);
    return { layout, made, cluster: made ? null : (marker?.cluster ?? null), kept, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function checkMarker(marker: Marker | null, layout: Layout, nodes: number): Promise<void> {
  if (marker === null) return;
  if (marker.nodes !== nodes) {
    throw new UsageError(
      '--nodes',
      nodes,
      `${layout.directory} holds a group of ${marker.nodes}; start it with --nodes ${marker.nodes}, ` +
        'begin anew with --fresh, or name another --data',
    );
  }
  if (await exists(layout.keyFile)) return;
  for (const node of layout.nodes) {
    if ((await readdir(node.data).catch(() => [])).length === 0) continue;
    throw new SmaltiError(
      'STORAGE_FOREIGN',
      `--data ${layout.directory}: ${layout.keyFile} is missing, and there is data of ${node.id}; ` +
        'put the key back, or begin anew with --fresh',
      { details: { file: layout.keyFile } },
    );
  }
}

/** Held until it is released or this process ends: two starts never share a directory, and none is removed under running nodes. */
async function takeLock(layout: Layout): Promise<() => Promise<void>> {
  const disk = await openDisk(layout.directory);
  const lock = await new Promise<DiskLock>((resolve, reject) => {
    disk.lock(layout.lock, (error, taken) => {
      if (error === null) return resolve(taken);
      const text = `--data ${layout.directory}: another start is using it (${error.message}); stop that one first`;
      const code = error.code === 'locked' ? 'STORAGE_LOCKED' : 'STORAGE_ACCESS';
      reject(new SmaltiError(code, text, { cause: error }));
    });
  });
  return () => new Promise<void>((resolve) => lock.release(() => resolve()));
}

async function makeKey(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
