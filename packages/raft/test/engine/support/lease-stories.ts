import { Cluster } from './cluster.ts';
import type { EngineMaker } from './test-node.ts';

const LEASE_MS = 90;

/** Asks a for a read each millisecond, while the first of the others that leads commits something. */
function readMeanwhile(cluster: Cluster): void {
  let proposed = false;
  for (let i = 0; i < 200; i++) {
    const other = ['b', 'c'].find((name) => cluster.node(name).engine.role === 'leader');
    if (other !== undefined && !proposed) {
      cluster.propose(other, 'elsewhere');
      proposed = true;
    }
    cluster.read('a');
    cluster.run(1);
  }
}

function led(engine: EngineMaker, seed: number): Cluster {
  const cluster = new Cluster({ engine, seed, tune: { leaseMs: LEASE_MS } });
  cluster.elect('a');
  cluster.propose('a', 'x');
  cluster.run(100);
  return cluster;
}

/** The voter on whose answer the lease of a rests starts anew, and hears of a no more; c, which never did, campaigns. */
export function restartedVoter(engine: EngineMaker, seed: number): void {
  const cluster = led(engine, seed);
  cluster.isolate('c');
  cluster.run(400);
  cluster.partition(['a'], ['b', 'c']);
  cluster.restart('b');
  readMeanwhile(cluster);
}

/** Answers to a take most of an election timeout, and then nobody hears a any more. */
export function slowAnswers(engine: EngineMaker, seed: number): void {
  const cluster = led(engine, seed);
  cluster.fate = (_, to) => [to === 'a' ? 75 : 1];
  cluster.run(300);
  cluster.cut('a', 'b');
  cluster.cut('a', 'c');
  readMeanwhile(cluster);
}
