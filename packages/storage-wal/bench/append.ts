/**
 * Appends a second on the real disk: node bench/append.ts [folder]. Each writer submits a batch, writes until it is
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

const SECONDS = 1;
/** The modes take turns, so that what else the machine does meets both. */
const ROUNDS = 8;
const PAYLOAD = new Uint8Array(128).fill(7);
const platform = nodePlatform();
const framer = new Framer(toClusterId('ab'.repeat(16)), platform.hasher);

function told<T>(submit: (done: StoreCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    submit((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

async function measure(sync: 'pool' | 'inline', batch: number, groups: number): Promise<number> {
  const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'smalti-bench-'));
  const store = await openWal({ ...platform, disk: await openDisk(folder, { sync }), node: toPeerId('n1') });
  const logs: GroupLog[] = [];
  for (let i = 0; i < groups; i++) {
    const group = toGroupId(i.toString(16).padStart(64, '0'));
    logs.push(await told((done) => store.openGroup(group, done)));
  }
  let writes = 0;
  const end = performance.now() + SECONDS * 1000;
  const write = async (log: GroupLog): Promise<void> => {
    const drafts = Array.from({ length: batch }, () => ({ kind: EntryKind.command, payload: PAYLOAD }));
    while (performance.now() < end) {
      const entries: Entry[] = framer.seal(drafts, (log.last.index + 1) as Index, 1 as Term, 0);
      await told<void>((done) => log.write({ entries }, done));
      writes += 1;
      if (log.last.index % 200_000 < batch)
        await told<void>((done) => log.prunePrefix((log.last.index - 1) as Index, done));
    }
  };
  await Promise.all(logs.map(write));
  await told<void>((done) => store.close(done));
  rmSync(folder, { recursive: true });
  return (writes * batch) / SECONDS;
}

for (const [batch, groups] of [
  [1, 1],
  [64, 1],
  [256, 1],
  [1, 64],
] as const) {
  const rates = { pool: [] as number[], inline: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? (['pool', 'inline'] as const) : (['inline', 'pool'] as const);
    for (const sync of order) rates[sync].push(await measure(sync, batch, groups));
  }
  for (const [sync, all] of Object.entries(rates)) {
    const sorted = all.map(Math.round).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    console.log(`${groups} groups x ${batch}, ${sync}: median ${median}/s, all ${sorted.join(' ')}`);
  }
}
