import type { WatchMaker } from '../observe/watch.ts';

/** Raft §5.2: a node gives one vote in a term, over all its lives. */
export const oneVoteATerm: WatchMaker = (truth) => {
  const votes = new Map<string, string>();
  const voted = (node: string, term: number, candidate: string): void => {
    const vote = `${truth.mirror(node).key} ${term}`;
    const before = votes.get(vote);
    votes.set(vote, before ?? candidate);
    if (before === undefined || before === candidate) return;
    truth.violate('one vote a term', `${node} voted for ${before} and for ${candidate} in term ${term}`);
  };
  return {
    name: 'one vote a term',
    sent: ({ from, to, body }) => {
      if (body.type === 'vote') voted(from, body.term, from);
      if (body.type === 'vote-reply' && body.granted) voted(from, body.term, to);
    },
  };
};
