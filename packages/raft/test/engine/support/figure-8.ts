import type { Index } from '@smalti/core';
import { Cluster } from './cluster.ts';
import { hardState } from './members.ts';
import { type EngineMaker, realEngine } from './test-node.ts';

/**
 * Raft, figure 8: a leader of term 4 has copied an entry of term 2 to a majority, and nothing of its own term; then it
 * falls, and a node that holds an entry of term 3 in that place leads.
 */
export function figure8(engine: EngineMaker = realEngine): { afterCopying: Index; cluster: Cluster } {
  const cluster = new Cluster({
    size: 5,
    engine,
    logs: { a: [2], b: [2], e: [3] },
    // One entry a message.
    tune: { maxAppendBytes: 1 },
  });
  const a = cluster.node('a');
  cluster.crash('e');
  a.disk.hardState = hardState(3, null, 1);
  cluster.restart('a');
  cluster.fate = (_from, to, message) => {
    const ofTerm4 = message.type === 'append' && message.entries.some(({ term }) => term === 4);
    return ofTerm4 && cluster.node(to).engine.view.last.index >= 2 ? [] : [1];
  };
  cluster.elect('a');
  cluster.run(60);
  for (const name of ['b', 'c', 'd']) {
    const at2 = cluster.node(name).disk.durable[1]?.term;
    if (at2 !== 2) throw new Error(`${name} holds term ${at2} at 2`);
  }
  const afterCopying = a.engine.commit;
  cluster.crash('a');
  cluster.fate = () => [1];
  cluster.restart('e');
  // Once to learn of term 4, and once to win.
  cluster.campaign('e');
  cluster.elect('e');
  cluster.restart('a');
  cluster.run(300);
  return { afterCopying, cluster };
}
