/**
 * `node src/checkpoints/join-under-load.ts [MB] [perSecond] [seconds]`: five nodes that commit so many writes a second
 * take in a sixth from nothing to a voter; what the writes feel of it, and how long the logs are on disk meanwhile.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY_BYTES } from './filled-machine.ts';
import { FAST_CUTTING, mib, PATIENCE_MS, Peers, print } from './peers.ts';

const [megabytes = 100, perSecond = 1_000, seconds = 20] = process.argv.slice(2).map(Number);
const ITEM_BYTES = 1_000;
const MIB = 1024 * 1024;
const LOOK_MS = 2_000;
/** A checkpoint comes every ten seconds or so at a thousand writes a second. */
const CHECKPOINTS = { ...FAST_CUTTING, everyBytes: 2 * MIB, cutBytesPerSecond: 32 * MIB };
const LIMITS = { windowBytes: 4 * MIB, maxInflightBytes: MIB };

const keys = Math.round((megabytes * 1e6) / ITEM_BYTES);

function sizeOf(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, file) => {
    const found = statSync(join(directory, file), { throwIfNoEntry: false });
    return sum + (found?.isFile() ? found.size : 0);
  }, 0);
}

const peers = await Peers.start(5, { checkpoints: CHECKPOINTS, limits: LIMITS });
try {
  const leader = await peers.leader();
  await leader.ask('fill', 0, keys, 1, ITEM_BYTES - KEY_BYTES, 1);
  await leader.ask('take');
  await leader.ask('load', perSecond, keys);
  const began = performance.now();
  const logs = (): number =>
    Math.max(...peers.members.map(({ options }) => sizeOf(join(options.directory, 'log'))));
  let most = 0;
  const look = async (phase: string): Promise<void> => {
    await sleep(LOOK_MS);
    const { first, last, logBytes, kept } = await leader.ask('status');
    const bytes = logs();
    most = Math.max(most, bytes);
    const at = ((performance.now() - began) / 1000).toFixed(0);
    print(
      `  ${at} s, ${phase}: longest log ${mib(bytes)} on disk, the leader's has ${mib(logBytes)} in ${last - first + 1} entries, checkpoint at ${kept.at(-1)?.index}`,
    );
  };
  const feel = async (phase: string): Promise<void> => {
    const { count, failed, p50, p99, max } = await leader.ask('latencies');
    print(
      `  writes ${phase}: ${count}, ${failed} failed, p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} max ${max.toFixed(1)} ms`,
    );
  };
  print(`${keys} keys of ${ITEM_BYTES} B on five nodes, ${perSecond} writes a second`);
  while (performance.now() - began < seconds * 1_000) await look('before');
  await feel('before');
  const joined = performance.now();
  const newcomer = await peers.join('n9');
  let caughtUpMs = Number.NaN;
  let voterMs = Number.NaN;
  const becomes = (async () => {
    await newcomer.up;
    const target = await leader.ask('applied');
    while ((await newcomer.ask('applied')) < target) await sleep(10);
    caughtUpMs = performance.now() - joined;
    while (Number.isNaN(voterMs)) {
      await leader.ask('promote', 'n9').then(
        () => {
          voterMs = performance.now() - joined;
        },
        () => sleep(100),
      );
    }
  })();
  while (Number.isNaN(voterMs)) {
    if (performance.now() - joined > PATIENCE_MS) throw new Error('it does not become a voter');
    await look('while it joins');
  }
  await becomes;
  await feel('while it joins');
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) await look('after');
  await feel('after');
  const { voter, keys: found } = await newcomer.ask('status');
  print(
    `  has the state after ${Math.round(caughtUpMs)} ms, a voter after ${Math.round(voterMs)} ms (${voter}, ${found} keys)`,
  );
  print(`  longest log on disk: ${mib(most)}`);
} finally {
  await peers.close();
}
