import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry, GroupLog, LogStore, StoreCallback } from '@smalti/core';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWal } from '../src/index.ts';
import { entries, GROUP, hard, NODE, show, VOTE } from './world.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smalti-wal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function open(sync: 'pool' | 'inline'): Promise<LogStore> {
  const disk = await openDisk(folder, { sync });
  return openWal({ ...nodePlatform(), disk, node: NODE, options: { segmentBytes: 64 * 1024 } });
}

function told<T>(submit: (done: StoreCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    submit((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

it.each(['pool', 'inline'] as const)('keeps a log on a real disk, synced %s', async (sync) => {
  let store = await open(sync);
  let log = await told<GroupLog>((done) => store.openGroup(GROUP, done));
  const writes: Promise<void>[] = [];
  for (let i = 0; i < 300; i++) {
    writes.push(told((done) => log.write({ entries: entries(i * 4 + 1, i * 4 + 4, 1, 128) }, done)));
    if (i % 50 === 0) await Promise.all(writes);
  }
  await Promise.all(writes);
  await told<void>((done) => log.write({ hardState: hard(3, VOTE, 1000) }, done));
  await told<void>((done) => log.prunePrefix(900 as never, done));
  await expect(open(sync)).rejects.toMatchObject({
    code: 'STORAGE_LOCKED',
    message: expect.stringContaining(`process ${process.pid}`),
  });
  await told<void>((done) => store.close(done));
  store = await open(sync);
  log = await told<GroupLog>((done) => store.openGroup(GROUP, done));
  expect([log.base.index, log.last.index, log.hardState]).toEqual([900, 1200, hard(3, VOTE, 1000)]);
  const read = await told<readonly Entry[]>((done) => log.read(901 as never, 1200 as never, 1e6, done));
  expect(show(read).length).toBe(300);
  await told<void>((done) => store.close(done));
  expect(readdirSync(folder)).not.toContain('wal-0000000001.log');
});
