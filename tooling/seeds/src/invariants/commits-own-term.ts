import type { WatchMaker } from '../observe/watch.ts';

/**
 * Raft §5.4.2: only a leader finds out that more is committed, and only from an entry of its own term; all others know
 * it from a leader.
 */
export const commitsOwnTerm: WatchMaker = (truth) => {
  const name = 'a leader commits by counting its own term only';
  let known = 0;
  const advance = (node: string, commit: number, leads: boolean): void => {
    if (commit <= known) return;
    const { terms, hard } = truth.mirror(node);
    // It may have found out right before it stopped leading.
    const found = truth.leaders.get(terms[commit] ?? 0) === node;
    if (!leads && !found)
      truth.violate(name, `${node} knows of ${commit} being committed, and nobody has told: ${known} was`);
    else if (leads && terms[commit] !== hard.term) {
      const what = `${node} leads term ${hard.term} and commits up to ${commit}, of term ${terms[commit]}`;
      truth.violate(name, `${what}, where ${known} was known`);
    }
    known = commit;
  };
  return {
    name,
    sent: ({ from, body }) => {
      if (body.type === 'append') advance(from, body.commit, true);
      if (body.type === 'heartbeat' || body.type === 'catch-up') advance(from, body.leaderCommit, true);
    },
    wrote: (node, { hardState }) => {
      if (hardState !== undefined) advance(node, hardState.commit, truth.isLeader(node));
    },
  };
};
