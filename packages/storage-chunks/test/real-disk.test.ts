import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SnapshotStore, StoreCallback } from '@smalti/core';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openChunks } from '../src/index.ts';
import { checkpoint, OWNER } from './world.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smalti-chunks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function open(): Promise<SnapshotStore> {
  return openChunks({
    ...nodePlatform(),
    disk: await openDisk(folder),
    owner: OWNER,
    options: { packBytes: 65_536 },
  });
}

function told<T = void>(submit: (done: StoreCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    submit((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

it('keeps checkpoints on a real disk', async () => {
  let store = await open();
  await expect(open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
  const all = [checkpoint(1, 1500), checkpoint(2, 1500)];
  const lease = store.lease(null, Number.POSITIVE_INFINITY);
  for (const { manifest, parts } of all) {
    const puts = [...parts].map((part) => told((done) => store.put(new Map([part]), done)));
    await Promise.all(puts);
    await told((done) => store.commit(manifest, done));
  }
  lease.release();
  await told((done) => store.close(done));
  store = await open();
  expect(store.manifests()).toEqual(all.map(({ manifest }) => manifest));
  for (const { parts } of all) {
    for (const [name, bytes] of parts) {
      const got = await told<Uint8Array | null>((done) => store.get(name, done));
      expect(got !== null && Buffer.from(got).equals(bytes)).toBe(true);
    }
  }
  await told((done) => store.close(done));
  expect(readdirSync(folder).filter((name) => name.startsWith('pack-')).length).toBeGreaterThan(2);
});
