import { CheckpointCutter, itemSource } from '../src/index.ts';
import { bytesOf, cutTree, header, item, newBytes } from '../test/checkpoint/parties.ts';
import { nodeHasher } from '../test/node-hasher.ts';

// What a change costs: bytes of the parts that are new, of all bytes. Items of 100 bytes, key and value together.
const items = Number(process.argv[2] ?? 100_000);
const base = Array.from({ length: items }, (_, i) => item(i));
const before = cutTree(base).parts;
const total = bytesOf(before);
const hundredth = items / 100;

let state = 1;
const chance = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

const changes: Readonly<Record<string, () => ReturnType<typeof item>[]>> = {
  'one value': () => base.map((each, i) => (i === 777 ? item(i, 1) : each)),
  'one item less': () => base.filter((_, i) => i !== 777),
  '1 % of values, side by side': () => base.map((each, i) => (i < hundredth ? item(i, 1) : each)),
  '1 % of values, evenly spread': () => base.map((each, i) => (i % 100 === 7 ? item(i, 1) : each)),
  '1 % of values, by chance': () => base.map((each, i) => (chance() < 0.01 ? item(i, 1) : each)),
  '1 % of values, other lengths': () =>
    base.map((each, i) => (i % 100 === 7 ? item(i, 1, 60 + (i % 80)) : each)),
  '1 % of items less, side by side': () => base.filter((_, i) => i < 5000 || i >= 5000 + hundredth),
  '1 % of items less, evenly spread': () => base.filter((_, i) => i % 100 !== 7),
};

const sizes = [...before.values()].filter(([kind]) => kind === 1).map(({ length }) => length);
console.log(`${items} items, ${total} bytes, ${before.size} parts`);
console.log(
  `leaves: ${Math.min(...sizes)} to ${Math.max(...sizes)} bytes, ${Math.round(sizes.reduce((a, b) => a + b) / sizes.length)} on average`,
);
for (const [name, change] of Object.entries(changes)) {
  const bytes = newBytes(before, cutTree(change()).parts);
  console.log(
    `${name.padEnd(34)} ${String(bytes).padStart(10)} bytes ${((100 * bytes) / total).toFixed(2).padStart(6)} %`,
  );
}
const times = Array.from({ length: 5 }, () => {
  const start = performance.now();
  cutTree(base);
  return performance.now() - start;
}).sort((a, b) => a - b);
console.log(`cut at ${Math.round(total / 1000 / (times[2] ?? 1))} MB/s, median of 5`);

// What one step holds the event loop for: 64 KiB at a time.
const cutter = new CheckpointCutter({
  header: header(),
  sections: new Map([['machine', itemSource(base)]]),
  hasher: nodeHasher,
});
const steps: number[] = [];
while (cutter.result === null) {
  const start = performance.now();
  cutter.step(64 * 1024);
  steps.push(performance.now() - start);
}
steps.sort((a, b) => a - b);
console.log(
  `steps of 64 KiB: median ${steps[steps.length >> 1]?.toFixed(2)} ms, longest ${steps.at(-1)?.toFixed(2)} ms`,
);
