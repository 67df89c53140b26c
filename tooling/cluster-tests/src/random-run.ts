import { expect } from 'vitest';
import { Clients } from './clients.ts';
import { LedgerMachine } from './ledger.ts';
import { SessionWatch } from './session-watch.ts';
import { SimCluster } from './sim-cluster.ts';
import { WireTap } from './wire-tap.ts';

type Ledger = SimCluster<number, void, number, LedgerMachine>;

/** For how long a leader may take to read from its disk what is not committed, and is meanwhile. */
const READ_MS = 50;

/** Something goes wrong. A minority or a majority may be down at a time: what was acknowledged has to last. */
async function trouble(cluster: Ledger, durable: boolean): Promise<string> {
  const { sim } = cluster;
  const { random, network } = sim;
  const ids = cluster.ids;
  const any = ids[random.below(ids.length)] ?? 'n1';
  const other = ids[random.below(ids.length)] ?? 'n1';
  const member = cluster.member(any);
  const leader = cluster.leader?.id ?? any;
  const kind = random.below(15);
  if (kind <= 1) {
    const victim = cluster.member(leader);
    if (!victim.sim.running) return '';
    if (durable && kind === 0) cluster.crash(leader);
    else cluster.kill(leader);
    return `${leader} dies`;
  }
  if (kind === 2) {
    if (!member.sim.running) return '';
    cluster.crash(any);
    return `${any} loses power`;
  }
  if (kind <= 5) {
    const down = [...cluster.members.values()].find((one) => !one.sim.running);
    if (down === undefined) return '';
    await cluster.boot(down.id);
    return `${down.id} comes back`;
  }
  if (kind === 6) {
    cluster.member(leader).sim.pause();
    sim.schedule(random.between(100, 4000), 'resume', () => cluster.member(leader).sim.resume());
    return `${leader} is paused`;
  }
  if (kind === 7) {
    network.partition([ids.filter(() => random.chance(0.5))]);
    return 'a partition';
  }
  if (kind === 8) {
    network.cutOneWay(leader, other);
    return `${leader} is not heard by ${other}`;
  }
  if (kind === 9) {
    network.cutOneWay(any, leader);
    return `${any} is not heard by ${leader}`;
  }
  if (kind === 10 && any !== other) {
    network.reset(any, other);
    return `${any} and ${other} are disconnected`;
  }
  if (kind === 11 && durable) {
    const { disk } = cluster.member(leader).sim;
    disk.hangSyncs();
    sim.schedule(random.between(200, 4000), 'disk', () => disk.releaseSyncs());
    return `the disk of ${leader} hangs`;
  }
  network.heal();
  return 'the network heals';
}

/** What a run was: its clients, its sessions, and a hash of everything that happened. */
export interface Run {
  readonly clients: Clients;
  readonly sessions: SessionWatch;
  readonly digest: string;
}

/** What is otherwise than usual in a run. */
export interface RunOptions {
  readonly windowBytes?: number;
}

/** A cluster under load, in which one thing after the other goes wrong, for 20 s; then it has to come to rest. */
export async function randomRun(
  seed: number,
  size: number,
  storage: 'memory' | 'wal',
  options: RunOptions = {},
): Promise<Run> {
  const windowBytes = options.windowBytes ?? (seed % 2 === 0 ? 2000 : 1_000_000);
  const taps: WireTap[] = [];
  const cluster: Ledger = new SimCluster<number, void, number, LedgerMachine>({
    size,
    storage,
    machine: () => new LedgerMachine(),
    tap: (transport, id) => taps[0]?.wrap(transport, id) ?? transport,
    simulation: {
      seed,
      network: { delay: [0.2, seed % 3 === 0 ? 40 : 3], loss: seed % 4 === 0 ? 0.001 : 0 },
    },
    join: { limits: { maxAppendBytes: 400, windowBytes } },
  });
  const { sim } = cluster;
  const tap = new WireTap({ windowBytes, readMs: READ_MS, now: () => sim.now });
  taps.push(tap);
  await cluster.ready();
  const clients = new Clients(cluster, { clients: 8, pauseMs: 60 });
  const sessions = new SessionWatch(cluster);
  const over = clients.start();
  const story: string[] = [];
  const end = sim.now + 20_000;
  while (sim.now < end) {
    await sim.runFor(sim.random.between(50, 1500));
    const what = await trouble(cluster, storage === 'wal');
    if (what !== '') story.push(`${Math.round(sim.now)} ${what}`);
  }
  sim.network.set({ loss: 0 });
  cluster.heal();
  for (const member of cluster.members.values()) {
    member.sim.disk.releaseSyncs();
    if (!member.sim.running) await cluster.boot(member.id);
    else member.sim.resume();
  }
  const tell = (): string =>
    `seed ${seed}, ${size} nodes, ${storage}\n${story.join('\n')}\n${cluster.show()}`;
  // Ten election timeouts to a leader and an accepted write.
  const before = clients.lastAt;
  const alive = await sim.runUntil(() => clients.lastAt > Math.max(before, sim.now - 50), 20_000);
  expect(alive, `writes go on: ${tell()}`).toBe(true);
  clients.stop();
  await sim.complete(over, 30_000);
  await cluster.converge().catch((error: Error) => {
    throw new Error(`${error.message}\n${tell()}`);
  });
  sessions.stop();
  expect(clients.check(), tell()).toEqual([]);
  expect(sessions.problems, tell()).toEqual([]);
  expect(tap.violations, tell()).toEqual([]);
  for (const { id, faults } of cluster.members.values()) expect(faults, `${id}: ${tell()}`).toEqual([]);
  const [first, ...others] = cluster.running;
  expect(others).toHaveLength(size - 1);
  for (const { machine } of others) expect(machine.entries, tell()).toEqual(first?.machine.entries);
  return { clients, sessions, digest: sim.digest };
}
