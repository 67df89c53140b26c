/**
 * `node src/failover/main.ts [kills] [stops] [nodes]`: how long a group of real processes is without a write when its
 * leader is killed, and when it is told to stop. Timeouts are the defaults.
 */
import { Cluster, SteadyWrites } from '@smalti/cluster-tests/processes';
import { showDistribution } from '../distribution.ts';

const [kills = 100, stops = 20, size = 3] = process.argv.slice(2).map(Number);
/** The defaults of the library. */
const ELECTION_MAX_MS = 2_000;
/** Writes that go through before anything is done, so that every round begins alike. */
const CALM = 300;

const cluster = await Cluster.start({ nodes: size });
const load = new SteadyWrites(cluster);
try {
  await tell('leader killed', kills, async (leader) => leader.kill());
  await tell('leader told to stop', stops, async (leader) => {
    await leader.stop();
  });
  await load.stop();
  const faults = [...load.failed];
  for (const node of cluster.nodes) faults.push(...(await load.audit(node)));
  const { acknowledged, refused, unknown } = load.ledger;
  process.stdout.write(
    `${acknowledged} writes acknowledged, ${refused} refused, ${unknown} unknown; ` +
      `${faults.length === 0 ? 'none lost, none failed' : faults.join('; ')}\n`,
  );
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await load.stop();
  await cluster[Symbol.asyncDispose]();
}

/** Does it to the leader again and again, and tells how long nothing was acknowledged each time. */
async function tell(
  what: string,
  times: number,
  act: (leader: Cluster['nodes'][number]) => Promise<void>,
): Promise<void> {
  const gaps: number[] = [];
  for (let round = 0; round < times; round++) {
    await load.more(CALM);
    const leader = await cluster.leader();
    load.takeLongest();
    await act(leader);
    await load.more(CALM);
    gaps.push(load.takeLongest().gapMs);
    leader.launch();
    await leader.ready();
    await cluster.ready();
  }
  if (gaps.length === 0) return;
  const worst = Math.max(...gaps) / ELECTION_MAX_MS;
  process.stdout.write(
    `${what} ${times} times, without a write for ${showDistribution(gaps)}; ` +
      `the longest is ${worst.toFixed(2)} of the longest election timeout\n`,
  );
}
