import type { WatchMaker } from '../observe/watch.ts';

/** Raft figure 3: whoever leads has every entry that was committed in a lower term. */
export const leaderCompleteness: WatchMaker = (truth) => {
  const seen = new Set<number>();
  return {
    name: 'leader completeness',
    sent: ({ from, body }) => {
      if (body.type !== 'append' && body.type !== 'heartbeat' && body.type !== 'catch-up') return;
      if (seen.has(body.term)) return;
      seen.add(body.term);
      const { terms } = truth.mirror(from);
      const { committed, committedIn } = truth;
      // A leader may be heard late, when others of a higher term have committed more.
      const end = committedIn.findLastIndex((term) => term < body.term);
      // Its log matches another up to an entry that both hold.
      if (terms[end] === committed[end]) return;
      const lacks = committed.findIndex((term, index) => terms[index] !== term);
      truth.violate(
        'leader completeness',
        `${from} leads term ${body.term} without the committed entry ${lacks}`,
      );
    },
  };
};
