import type { WatchMaker } from '../observe/watch.ts';

/** Within a process's life. */
export const commitNeverGoesBack: WatchMaker = (truth) => {
  const name = 'the commit index never goes back';
  const told = new Map<string, { term: number; commit: number }>();
  return {
    name,
    sent: ({ from, body }) => {
      if (body.type !== 'heartbeat') return;
      const before = told.get(from);
      told.set(from, { term: body.term, commit: body.leaderCommit });
      if (before !== undefined && body.leaderCommit < before.commit) {
        truth.violate(name, `${from} had committed up to ${before.commit}, and says ${body.leaderCommit}`);
      }
    },
    ended: (node) => {
      told.delete(node);
    },
  };
};
