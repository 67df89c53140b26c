/**
 * `node src/catch-up/under-load.ts [entries] [bytes] [rounds]`: what 1,000 writes a second at the leader feel of a
 * member that fetches what it lacks, beside what they feel when nobody does.
 */
import { quantile } from '../distribution.ts';
import { PacedLoad, Seen } from './paced-load.ts';
import { startSmalti } from './smalti.ts';

const [count = 100_000, bytes = 128, rounds = 5] = process.argv.slice(2).map(Number);
const PER_SECOND = 1_000;
/** About as long as the fetching takes, so that either is as likely to meet a stall of the machine. */
const QUIET_MS = 20_000;
/** How often the member is asked how far it is: seldom, for the question costs it something. */
const LOOK_MS = 20;
/** So little in memory that what is missing is fetched from peers, and not pushed by the leader. */
const LIMITS = { windowBytes: 4 * 1024 * 1024, maxInflightBytes: 1024 * 1024 };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ratios: number[] = [];
const [quietly, meanwhile] = [new Seen(), new Seen()];
for (let round = 0; round < rounds; round++) {
  const cluster = await startSmalti(2, LIMITS);
  try {
    await cluster.fill(20_000, bytes);
    const load = new PacedLoad(cluster.leaderPort, PER_SECOND, bytes);
    await pause(1_000);
    load.take();
    await pause(QUIET_MS);
    const quiet = load.take();
    cluster.pause();
    await cluster.fill(count, bytes);
    await pause(1_000);
    load.take();
    const target = await cluster.reached();
    cluster.resume();
    const began = performance.now();
    while ((await cluster.applied()) < target) await pause(LOOK_MS);
    const ms = Math.round(performance.now() - began);
    const during = load.take();
    await load.stop();
    ratios.push(during.p99 / quiet.p99);
    quietly.add(quiet);
    meanwhile.add(during);
    process.stdout.write(
      `${count} entries in ${ms} ms; quiet p50 ${quiet.p50.toFixed(2)} p99 ${quiet.p99.toFixed(2)} ` +
        `(of a second ${quiet.typicalP99.toFixed(2)}) ms, meanwhile p50 ${during.p50.toFixed(2)} p99 ` +
        `${during.p99.toFixed(2)} (of a second ${during.typicalP99.toFixed(2)}) ms (${during.count} writes)\n  ${await cluster.how()}\n`,
    );
  } finally {
    await cluster.close();
  }
}
const times = (of: number, than: number): string => (of / than).toFixed(2);
process.stdout.write(
  `p99 meanwhile is ${times(meanwhile.p99, quietly.p99)} of quiet over all writes of ${rounds} rounds ` +
    `(${quietly.p99.toFixed(2)} and ${meanwhile.p99.toFixed(2)} ms), ` +
    `${times(meanwhile.typicalP99, quietly.typicalP99)} in the median second ` +
    `(${quietly.typicalP99.toFixed(2)} and ${meanwhile.typicalP99.toFixed(2)} ms), ` +
    `${quantile(ratios, 0.5).toFixed(2)} in the median round\n`,
);
