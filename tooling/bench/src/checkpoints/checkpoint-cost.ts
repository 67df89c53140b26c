/**
 * `node src/checkpoints/checkpoint-cost.ts [MiB] [seconds]`: what writes at a quarter of the top rate feel of a state
 * that is cut on all three nodes, at the rate that is the default, beside what they feel when nothing is cut.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Held } from './loop-watch.ts';
import { FAST_CUTTING, PATIENCE_MS, Peers, print } from './peers.ts';

const [mebibytes = 1024, seconds = 20] = process.argv.slice(2).map(Number);
const VALUE_BYTES = 1024;
const IN_FLIGHT = 256;
const TOP_MS = 4_000;
const { cutBytesPerSecond: _, ...checkpoints } = FAST_CUTTING;

const keys = Math.round((mebibytes * 1024 * 1024) / VALUE_BYTES);
const peers = await Peers.start(3, { checkpoints });
try {
  const leader = await peers.leader();
  await leader.ask('fill', 0, keys, 1, VALUE_BYTES, 1);
  await leader.ask('top', TOP_MS / 4, IN_FLIGHT, keys);
  const top = await leader.ask('top', TOP_MS, IN_FLIGHT, keys);
  print(`${keys} keys of ${VALUE_BYTES} B; top rate of writes ${top}/s with ${IN_FLIGHT} in flight`);
  await leader.ask('load', top / 4, keys);
  await sleep(2_000);
  const loops = (): Promise<Held[]> => Promise.all(peers.members.map((peer) => peer.ask('loop')));
  const show = async (name: string): Promise<number> => {
    const { count, failed, p50, p99, max } = await leader.ask('latencies');
    const waits = (await loops()).map(
      ({ max, maxBusy, p99Busy, maxCollection }) =>
        `${max.toFixed(1)} (busy ${maxBusy.toFixed(1)}, p99 ${p99Busy.toFixed(1)}, collecting ${maxCollection.toFixed(1)})`,
    );
    print(
      `  ${name}: p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} max ${max.toFixed(1)} ms ` +
        `(${count} writes, ${failed} failed); event loops held up ${waits.join(', ')} ms`,
    );
    return p99;
  };
  const quiet = async (name: string): Promise<number> => {
    await leader.ask('latencies');
    await loops();
    await sleep(seconds * 1_000);
    return show(name);
  };
  const before = await quiet('quiet');
  const began = performance.now();
  const taken = leader.ask('take');
  // Its log is cut as well: that is part of what a checkpoint costs.
  await taken;
  const during = await show('meanwhile');
  const deadline = performance.now() + PATIENCE_MS;
  while (
    (await Promise.all(peers.members.map((peer) => peer.ask('status')))).some(({ cutting }) => cutting)
  ) {
    if (performance.now() > deadline) throw new Error('the cutting does not end');
    await sleep(50);
  }
  const ms = performance.now() - began;
  const after = await quiet('quiet again');
  await leader.ask('endLoad');
  const ratio = (during / ((before + after) / 2)).toFixed(2);
  print(`  the state was cut in ${Math.round(ms)} ms; p99 meanwhile is ${ratio} of quiet`);
} finally {
  await peers.close();
}
