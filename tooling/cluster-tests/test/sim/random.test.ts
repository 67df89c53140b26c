import { describe, expect, it } from 'vitest';
import { Clients } from '../../src/clients.ts';
import { LedgerMachine } from '../../src/ledger.ts';
import { SimCluster } from '../../src/sim-cluster.ts';

type Ledger = SimCluster<number, void, number, LedgerMachine>;

const env: { readonly SIM_SEEDS?: string; readonly SIM_FIRST?: string; readonly SIM_SHOW?: string } =
  process.env;
const SEEDS = Number(env.SIM_SEEDS ?? 30);
const FIRST = Number(env.SIM_FIRST ?? 1);

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

/** What a run was: the clients of it, and a hash of everything that happened. */
interface Run {
  readonly clients: Clients;
  readonly digest: string;
}

async function run(seed: number, size: number, storage: 'memory' | 'wal'): Promise<Run> {
  const cluster: Ledger = await new SimCluster<number, void, number, LedgerMachine>({
    size,
    storage,
    machine: () => new LedgerMachine(),
    simulation: {
      seed,
      network: { delay: [0.2, seed % 3 === 0 ? 40 : 3], loss: seed % 4 === 0 ? 0.001 : 0 },
    },
    join: { limits: { maxAppendBytes: 400, windowBytes: seed % 2 === 0 ? 2000 : 1_000_000 } },
  }).ready();
  const { sim } = cluster;
  const clients = new Clients(cluster, { clients: 8, pauseMs: 60 });
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
  expect(clients.check(), tell()).toEqual([]);
  for (const { id, faults } of cluster.members.values()) expect(faults, `${id}: ${tell()}`).toEqual([]);
  const [first, ...others] = cluster.running;
  expect(others).toHaveLength(size - 1);
  for (const { machine } of others) expect(machine.entries, tell()).toEqual(first?.machine.entries);
  return { clients, digest: sim.digest };
}

describe('whatever happens, what was acknowledged lasts, once, and reads are fresh', () => {
  let acknowledged = 0;
  let reads = 0;
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const size = seed % 3 === 0 ? 5 : 3;
    const storage = seed % 2 === 0 ? 'wal' : 'memory';
    it(`seed ${seed}: ${size} nodes, ${storage}`, { timeout: 20_000 }, async () => {
      const { clients } = await run(seed, size, storage);
      acknowledged += clients.acknowledged.size;
      reads += clients.reads;
      if (env.SIM_SHOW) console.log(seed, clients.acknowledged.size, clients.reads, [...clients.codes]);
    });
  }

  it('was no idle talk', () => {
    expect(acknowledged).toBeGreaterThan(SEEDS * 100);
    expect(reads).toBeGreaterThan(SEEDS * 100);
  });
});

describe('what a seed gives', () => {
  it.each([
    ['wal', 3],
    ['memory', 5],
  ] as const)(
    'is the same each time, to the last event (%s, %i nodes)',
    { timeout: 40_000 },
    async (storage, size) => {
      const first = await run(7, size, storage);
      const again = await run(7, size, storage);
      expect(again.digest).toBe(first.digest);
      expect([...again.clients.acknowledged]).toEqual([...first.clients.acknowledged]);
      expect((await run(8, size, storage)).digest).not.toBe(first.digest);
    },
  );
});
