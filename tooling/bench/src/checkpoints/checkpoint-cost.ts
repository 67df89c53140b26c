/**
 * `node src/checkpoints/checkpoint-cost.ts [MiB] [rounds] [seconds]`: what writes at a quarter of the top rate feel of a
 * state that is cut on all three nodes, at the rate that is the default, beside what they feel when nothing is cut. Rounds
 * of both take turns, and each cuts a state of which nothing has been cut before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile, Steps } from '../distribution.ts';
import type { Held } from './loop-watch.ts';
import { FAST_CUTTING, PATIENCE_MS, Peers, print } from './peers.ts';

const [mebibytes = 1024, rounds = 2, seconds = 15] = process.argv.slice(2).map(Number);
const VALUE_BYTES = 1024;
const IN_FLIGHT = 256;
const TOP_MS = 4_000;
/** Latencies are looked at by the second: one stall of the machine is one second, and not the figure. */
const WINDOW_MS = 1_000;
const { cutBytesPerSecond: _, abandonMs: __, ...checkpoints } = FAST_CUTTING;

interface Seen {
  /** Of each second. */
  readonly p50: number[];
  readonly p99: number[];
  max: number;
  writes: number;
  failed: number;
  readonly all: Steps;
}

const keys = Math.round((mebibytes * 1024 * 1024) / VALUE_BYTES);
const peers = await Peers.start(3, { checkpoints });
const began = performance.now();
try {
  const leader = await peers.leader();
  const fill = (version: number): Promise<void> => leader.ask('fill', 0, keys, 1, VALUE_BYTES, version);
  await fill(1);
  await leader.ask('top', TOP_MS / 4, IN_FLIGHT, keys);
  const top = await leader.ask('top', TOP_MS, IN_FLIGHT, keys);
  print(`${keys} keys of ${VALUE_BYTES} B; top rate of writes ${top}/s with ${IN_FLIGHT} in flight`);

  const loops = (): Promise<Held[]> => Promise.all(peers.members.map((peer) => peer.ask('loop')));
  /** Looks at windows until it is over. */
  const watch = async (isOver: () => boolean): Promise<Seen> => {
    const seen: Seen = { p50: [], p99: [], max: 0, writes: 0, failed: 0, all: new Steps() };
    await leader.ask('latencies');
    await loops();
    do {
      await sleep(WINDOW_MS);
      const { count, failed, p50, p99, max, steps } = await leader.ask('latencies');
      seen.all.add(steps, failed);
      seen.writes += count;
      seen.failed += failed;
      if (count === 0) continue;
      seen.p50.push(p50);
      seen.p99.push(p99);
      seen.max = Math.max(seen.max, max);
    } while (!isOver());
    return seen;
  };
  const show = async (name: string, { p50, p99, max, writes, failed }: Seen): Promise<void> => {
    const waits = (await loops()).map(
      ({ max, maxBusy, p99Busy, maxOwn, maxCollection }) =>
        `${max.toFixed(1)} (busy ${maxBusy.toFixed(1)}, p99 ${p99Busy.toFixed(1)}, own ${maxOwn.toFixed(1)}, ` +
        `collecting ${maxCollection.toFixed(1)})`,
    );
    print(
      `  ${name}: by the second, p50 ${quantile(p50, 0.5).toFixed(2)} p99 ${quantile(p99, 0.5).toFixed(2)} ms, ` +
        `worst p99 ${quantile(p99, 1).toFixed(1)} max ${max.toFixed(1)} ms (${writes} writes, ${failed} failed); ` +
        `event loops held up ${waits.join(', ')} ms`,
    );
  };
  const cuts = async (): Promise<boolean> => {
    const all = await Promise.all(peers.members.map((peer) => peer.ask('status')));
    return all.some(({ cutting }) => cutting);
  };

  const quiet = { seconds: [] as number[], all: new Steps() };
  const cutting = { seconds: [] as number[], all: new Steps() };
  const loaded = async (isOver: () => boolean, name: string, into: typeof quiet): Promise<void> => {
    const seen = await watch(isOver);
    await show(name, seen);
    into.seconds.push(...seen.p99);
    into.all.add(seen.all.counts, seen.all.refused);
  };
  const inQuiet = async (): Promise<void> => {
    const end = performance.now() + seconds * 1_000;
    await loaded(() => performance.now() >= end, 'quiet', quiet);
  };
  for (let round = 1; round <= rounds; round++) {
    if (round > 1) await fill(round);
    await leader.ask('load', top / 4, keys);
    await sleep(2_000);
    await inQuiet();
    const from = performance.now();
    let over = false;
    // Its log is cut as well: that is part of what a checkpoint costs.
    const taken = leader.ask('take').then(async () => {
      while (await cuts()) {
        if (performance.now() - from > PATIENCE_MS) throw new Error('the cutting does not end');
        await sleep(50);
      }
      over = true;
    });
    const watching = loaded(() => over, 'cutting', cutting);
    await taken;
    const ms = performance.now() - from;
    await watching;
    print(`  the state was cut in ${Math.round(ms)} ms`);
    if (round === rounds) await inQuiet();
    await leader.ask('endLoad');
  }
  const compare = (name: string, before: number, during: number): void =>
    print(
      `  ${name}: quiet ${before.toFixed(2)} ms, cutting ${during.toFixed(2)} ms, ratio ${(during / before).toFixed(2)}`,
    );
  const [before, during] = [quiet, cutting].map(({ seconds }) => quantile(seconds, 0.5));
  compare('median p99 of a second', before ?? Number.NaN, during ?? Number.NaN);
  compare(
    'p99 of all writes, those refused as the longest',
    quiet.all.quantile(0.99),
    cutting.all.quantile(0.99),
  );
  print(
    `  ${quiet.seconds.length} and ${cutting.seconds.length} seconds; took ${Math.round((performance.now() - began) / 1000)} s`,
  );
} finally {
  await peers.close();
}
