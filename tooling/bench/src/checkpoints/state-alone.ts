/** A process that holds a state and nothing else: `node state-alone.ts KEYS BYTES` tells its memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FilledMachine } from './filled-machine.ts';

const [keys = 0, valueBytes = 0] = process.argv.slice(2).map(Number);
const machine = new FilledMachine();
const EACH = 128;
for (let first = 0; first < keys; first += EACH) {
  machine.apply({ first, count: Math.min(EACH, keys - first), step: 1, valueBytes, version: 1 }, { time: 1 });
}
for (let i = 0; i < 3; i++) {
  globalThis.gc?.();
  await sleep(50);
}
const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
process.send?.({ rss, heapUsed, external, arrayBuffers, keys: machine.size }, () => process.exit(0));
