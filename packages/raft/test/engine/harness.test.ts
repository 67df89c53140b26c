import { describe, expect, it } from 'vitest';
import { Cluster } from './support/cluster.ts';

describe('the test cluster', () => {
  it('elects a leader by itself, and commits what is proposed', () => {
    const cluster = new Cluster({ size: 3 });
    cluster.runUntil(() => cluster.leader !== undefined);
    cluster.run(50);
    const leader = cluster.leader;
    const [entry] = cluster.propose(leader?.name ?? '', 'one');
    cluster.run(50);
    for (const node of cluster.nodes.values()) expect(node.engine.commit).toBe(entry?.index);
  });

  it('elects whom the test wants', () => {
    const cluster = new Cluster({ size: 5 });
    for (const name of ['c', 'a', 'e']) {
      if (cluster.leader !== undefined) cluster.crash(cluster.leader.name);
      cluster.elect(name);
      for (const node of cluster.up) expect(node.engine.view.leader).toBe(cluster.node(name).key);
      for (const node of cluster.nodes.values()) if (!node.alive) cluster.restart(node.name);
      cluster.run(100);
    }
  });

  it('gives equal inputs the same effects and deadlines', () => {
    const cluster = new Cluster({ size: 3, seed: 4 });
    cluster.run(1000);
    for (const node of cluster.nodes.values()) expect(node.recording.steps.length).toBeGreaterThan(10);
  });
});
