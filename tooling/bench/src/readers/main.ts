/**
 * `node src/readers/main.ts [readers] [rounds] [bytes]`: what 1,000 writes a second cost the leader of three voters, and
 * how long they take, without readers and with that many, which are nodes of one other process. Needs Linux.
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { Cluster } from '@smalti/cluster-tests/processes';
import { PacedLoad, Seen } from '../catch-up/paced-load.ts';
import { quantile } from '../distribution.ts';
import { NODE_OPTIONS } from '../node-options.ts';
import type { ReadersTask } from './readers-process.ts';

const [readers = 20, rounds = 3, bytes = 128] = process.argv.slice(2).map(Number);
const PER_SECOND = 1_000;
const SETTLE_MS = 10_000;
const MEASURE_MS = 20_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Processor time of a process, in units that are the same for all. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

interface Measured {
  readonly ticksPerWrite: number;
  readonly seen: Seen;
}

async function measure(pid: number, load: PacedLoad): Promise<Measured> {
  await pause(SETTLE_MS);
  load.take();
  const before = ticksOf(pid);
  await pause(MEASURE_MS);
  const ticks = ticksOf(pid) - before;
  const seen = load.take();
  return { ticksPerWrite: ticks / seen.count, seen };
}

/** Starts them, and resolves when all are online. */
async function startReaders(cluster: Cluster): Promise<() => void> {
  const child = fork(join(import.meta.dirname, 'readers-process.ts'), { stdio: 'inherit' });
  // Elsewhere they would have processors of their own: what they leave of these is not what is asked.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const task: ReadersTask = {
    readers,
    join: cluster.nodes.map((node) => node.listen),
    key: readFileSync(cluster.keyFile, 'utf8').trim(),
  };
  child.send(task);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the readers have ended with ${code}`)));
  });
  return () => void child.kill('SIGKILL');
}

const show = ({ p50, p99, typicalP99 }: Seen): string =>
  `p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} (of a second ${typicalP99.toFixed(2)}) ms`;
const times = (of: number, than: number): string => (of / than).toFixed(2);
// The processes that are started inherit it.
process.env.NODE_OPTIONS = NODE_OPTIONS;
const costs: number[] = [];
const tails: number[] = [];
const [without, withThem] = [new Seen(), new Seen()];
for (let round = 0; round < rounds; round++) {
  await using cluster = await Cluster.start();
  const leader = await cluster.leader();
  const load = new PacedLoad(leader.place.ports.resp, PER_SECOND, bytes);
  const alone = await measure(leader.pid, load);
  const stop = await startReaders(cluster);
  try {
    const read = await measure(leader.pid, load);
    const { members, committed } = await leader.status();
    const behind = members
      .filter(({ role }) => role === 'learner')
      .map(({ match }) => Math.max(0, committed - (match ?? 0)));
    if (behind.length !== readers) throw new Error(`the leader knows ${behind.length} readers`);
    if ((await cluster.leader()) !== leader) throw new Error('the leader has changed meanwhile');
    costs.push(read.ticksPerWrite / alone.ticksPerWrite);
    tails.push(read.seen.p99 / alone.seen.p99);
    without.add(alone.seen);
    withThem.add(read.seen);
    process.stdout.write(
      `without readers ${show(alone.seen)}, with ${readers} ${show(read.seen)}; processor time of the leader per write ` +
        `${costs.at(-1)?.toFixed(2)} times as much; no reader lacks more than ${Math.max(...behind)} entries\n`,
    );
  } finally {
    stop();
    await load.stop();
  }
}
process.stdout.write(
  `${readers} readers: processor time per write is ${quantile(costs, 0.5).toFixed(2)} times what it is without (median of ` +
    `${rounds} rounds); p99 ${times(withThem.p99, without.p99)} times over all writes ` +
    `(${without.p99.toFixed(2)} and ${withThem.p99.toFixed(2)} ms), ` +
    `${times(withThem.typicalP99, without.typicalP99)} times in the median second ` +
    `(${without.typicalP99.toFixed(2)} and ${withThem.typicalP99.toFixed(2)} ms), ` +
    `${quantile(tails, 0.5).toFixed(2)} times in the median round\n`,
);
