/**
 * Appends a second on the real disk: node bench/append.ts [folder]. Each writer submits a batch, waits until it is
 * durable, and submits the next, as a leader does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Entry,
  EntryKind,
  Framer,
  type GroupLog,
  type Index,
  type StoreCallback,
  type Term,
  toClusterId,
  toGroupId,
  toPeerId,
} from '@smalti/core';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { openWal } from '@smalti/storage-wal';

const SECONDS = 3;
const PAYLOAD = new Uint8Array(128).fill(7);
const platform = nodePlatform();
const framer = new Framer(toClusterId('ab'.repeat(16)), platform.hasher);

function told<T>(submit: (done: StoreCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    submit((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

async function measure(sync: 'pool' | 'inline', batch: number, groups: number): Promise<void> {
  const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'smalti-bench-'));
  const store = await openWal({ ...platform, disk: await openDisk(folder, { sync }), node: toPeerId('n1') });
  const logs: GroupLog[] = [];
  for (let i = 0; i < groups; i++) {
    const group = toGroupId(i.toString(16).padStart(64, '0'));
    logs.push(await told((done) => store.openGroup(group, done)));
  }
  const waits: number[] = [];
  let busy = 0;
  const end = performance.now() + SECONDS * 1000;
  const write = async (log: GroupLog): Promise<void> => {
    const drafts = Array.from({ length: batch }, () => ({ kind: EntryKind.command, payload: PAYLOAD }));
    while (performance.now() < end) {
      const made = performance.now();
      const entries: Entry[] = framer.seal(drafts, (log.last.index + 1) as Index, 1 as Term, 0);
      const started = performance.now();
      busy += started - made;
      await told<void>((done) => log.write({ entries }, done));
      waits.push(performance.now() - started);
      if (log.last.index % 200_000 < batch)
        await told<void>((done) => log.prunePrefix((log.last.index - 1) as Index, done));
    }
  };
  await Promise.all(logs.map(write));
  const total = waits.length * batch;
  waits.sort((a, b) => a - b);
  const at = (share: number): string => (waits[Math.floor(share * waits.length)] ?? 0).toFixed(2);
  const rate = Math.round(total / SECONDS).toLocaleString('en');
  console.log(
    `${sync}, ${groups} groups x ${batch}: ${rate} entries/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (sealing took ${Math.round(busy)} ms)`,
  );
  await told<void>((done) => store.close(done));
  rmSync(folder, { recursive: true });
}

for (const sync of ['inline', 'pool'] as const) {
  for (const batch of [1, 64, 256]) await measure(sync, batch, 1);
  await measure(sync, 1, 64);
}
