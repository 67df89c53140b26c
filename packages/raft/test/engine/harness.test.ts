import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import { Chaos } from './support/chaos.ts';
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

  it('has engines whose effects and deadlines follow from their inputs alone', () => {
    for (const seed of [5, 6, 7]) {
      const { cluster } = new Chaos({ size: 3, seed });
      let steps = 0;
      for (const { recording } of cluster.nodes.values()) {
        steps += recording.steps.length;
        const engine = new Engine(recording.options, recording.recovered, recording.begun);
        for (const { now, wall, input, effects, deadline } of recording.steps) {
          expect(engine.step(now, wall, input)).toEqual(effects);
          expect(engine.nextDeadline()).toBe(deadline);
        }
      }
      expect(steps).toBeGreaterThan(100);
    }
  });
});
