/** Measures what a sync costs here, on the main thread and through the thread pool: node bench/sync-cost.ts [folder] */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = fs.mkdtempSync(join(process.argv[2] ?? tmpdir(), 'smalti-sync-'));
const size = 4096;
const block = new Uint8Array(size).fill(7);
const rounds = 2000;

const file = fs.openSync(join(folder, 'log'), 'w+');
fs.writeSync(file, new Uint8Array(rounds * size));
fs.fsyncSync(file);

function report(name: string, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * sorted.length)] ?? 0).toFixed(3);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  console.log(
    `${name}: ${Math.round(1000 / mean)}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(0.9999)} ms`,
  );
}

const inline: number[] = [];
for (let i = 0; i < rounds; i++) {
  const started = performance.now();
  fs.writeSync(file, block, 0, size, i * size);
  fs.fdatasyncSync(file);
  inline.push(performance.now() - started);
}
report('inline', inline);

const pool: number[] = [];
const again = (i: number): void => {
  if (i === rounds) {
    report('pool', pool);
    fs.rmSync(folder, { recursive: true });
    return;
  }
  const started = performance.now();
  fs.write(file, block, 0, size, i * size, () => {
    fs.fdatasync(file, () => {
      pool.push(performance.now() - started);
      again(i + 1);
    });
  });
};
again(0);
