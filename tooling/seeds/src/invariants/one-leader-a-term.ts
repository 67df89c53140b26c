import type { WatchMaker } from '../observe/watch.ts';

/** Raft figure 3, election safety: in a term one node at most says what leaders say. */
export const oneLeaderATerm: WatchMaker = (truth) => ({
  name: 'one leader a term',
  sent: ({ from, body }) => {
    if (body.type !== 'append' && body.type !== 'heartbeat' && body.type !== 'catch-up') return;
    const leader = truth.leaders.get(body.term);
    if (leader !== from)
      truth.violate('one leader a term', `${leader} and ${from} both lead term ${body.term}`);
  },
});
