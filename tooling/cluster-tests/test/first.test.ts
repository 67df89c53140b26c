import { expect, it } from 'vitest';
import { CounterMachine } from '../src/counter.ts';
import { SimCluster } from '../src/sim-cluster.ts';

it('three nodes are born, elect and agree', async () => {
  const cluster = await new SimCluster<number, void, number, CounterMachine>({
    size: 3,
    machine: () => new CounterMachine(),
  }).start();
  const leader = await cluster.untilLeader();
  const { sim } = cluster;
  const done = await sim.complete(leader.group.execute(3));
  expect(done.result).toBe(3);
  for (const member of cluster.running) {
    expect((await sim.complete(member.group.execute(1))).result).toBeGreaterThan(3);
  }
  for (const member of cluster.running) {
    expect((await sim.complete(member.group.query(undefined, 'strong'))).result).toBe(6);
  }
  await cluster.converge();
  console.log(cluster.show(), sim.now, sim.events);
});
