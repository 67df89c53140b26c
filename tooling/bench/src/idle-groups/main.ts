/** `node src/idle-groups/main.ts [groups] [seconds]`: three processes with many groups in which nothing happens. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../catch-up/child.ts';
import type { Said } from './node.ts';

const [groups = '1000', seconds = '30'] = process.argv.slice(2);
const SETTLE_MS = 5_000;
const directory = mkdtempSync(join(process.env.SMALTI_BENCH_DIR ?? tmpdir(), 'smalti-bench-'));
const ports = await freePorts(3);
const ids = ['n1', 'n2', 'n3'];
const peers = JSON.stringify(Object.fromEntries(ids.map((id, i) => [id, `127.0.0.1:${ports[i]}`])));
const children = ids.map((id, i) =>
  fork(join(import.meta.dirname, 'node.ts'), [id, String(ports[i]), peers, join(directory, id), groups]),
);

function hear<T extends Said['type'] | 'up'>(
  child: ChildProcess,
  type: T,
): Promise<Extract<Said, { type: T }>> {
  return new Promise((resolve, reject) => {
    const listener = (said: Said): void => {
      if (said.type !== type) return;
      child.off('message', listener);
      resolve(said as Extract<Said, { type: T }>);
    };
    child.on('message', listener);
    child.once('exit', (code) => reject(new Error(`a node ended with ${code}`)));
  });
}

function hearAll<T extends Said['type'] | 'up'>(type: T): Promise<Extract<Said, { type: T }>[]> {
  return Promise.all(children.map((child) => hear(child, type)));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

await hearAll('up');
const [joined, led] = [hearAll('joined'), hearAll('led')];
for (const child of children) child.send({ type: 'begin' });
print(`${groups} groups on three nodes, each a process; WAL, WebSockets over loopback, default times`);
for (const [i, { ms }] of (await joined).entries())
  print(`  ${ids[i]}: joined all within ${ms.toFixed(0)} ms`);
const before = (await joined).map(({ rssBefore }) => rssBefore);
for (const [i, { ms, leads, rss }] of (await led).entries()) {
  const each = (rss - (before[i] ?? 0)) / Number(groups) / 1_024;
  print(
    `  ${ids[i]}: all led after ${ms.toFixed(0)} ms, ${leads} here; ${each.toFixed(1)} KiB of memory a group`,
  );
}
await sleep(SETTLE_MS);
const [used, elections] = [hearAll('used'), hearAll('elections')];
for (const child of children) child.send({ type: 'measure', ms: Number(seconds) * 1_000 });
let sum = 0;
for (const [i, { userMs, systemMs, wallMs }] of (await used).entries()) {
  const total = userMs + systemMs;
  sum += total / wallMs;
  const parts = `${percent(userMs, wallMs)} user, ${percent(systemMs, wallMs)} system`;
  print(`  ${ids[i]}: idle, ${percent(total, wallMs)} of a core (${parts})`);
}
print(`  all three: ${percent(sum, 1)} of a core`);
print(`  elections meanwhile: ${Math.max(...(await elections).map(({ count }) => count))}`);
for (const child of children) child.send({ type: 'end' });
await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
rmSync(directory, { recursive: true });
process.exit(0);
