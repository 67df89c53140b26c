/** A process that holds a state and nothing else: `node state-alone.ts KEYS BYTES` tells its memory. */
import { FilledMachine } from './filled-machine.ts';
import { memoryAfter } from './memory.ts';

const [keys = 0, valueBytes = 0] = process.argv.slice(2).map(Number);
const machine = new FilledMachine();
const EACH = 128;
for (let first = 0; first < keys; first += EACH) {
  machine.apply({ first, count: Math.min(EACH, keys - first), step: 1, valueBytes, version: 1 }, { time: 1 });
}
const usual = await memoryAfter(3);
const all = await memoryAfter(3, true);
if (machine.size !== keys) throw new Error(`it has ${machine.size} keys, and not ${keys}`);
process.send?.({ usual, all }, () => process.exit(0));
