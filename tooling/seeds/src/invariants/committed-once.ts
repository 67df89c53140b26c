import type { WatchMaker } from '../observe/watch.ts';

/** Raft figure 3, state machine safety, for entries of every kind: what anybody considers committed, all agree on. */
export const committedOnce: WatchMaker = (truth) => ({
  name: 'state machine safety',
  claimed: (node, index) => {
    const { terms } = truth.mirror(node);
    const from = (truth.claims.get(node) ?? 0) + 1;
    for (let i = from; i <= index; i++) {
      const agreed = truth.committed[i];
      if (terms[i] === undefined) {
        truth.violate('state machine safety', `${node} considers entry ${i} committed and does not have it`);
        return;
      }
      if (agreed === undefined || terms[i] === agreed) continue;
      const both = `of term ${terms[i]}, and others of term ${agreed}`;
      truth.violate('state machine safety', `${node} considers entry ${i} ${both} committed`);
      return;
    }
  },
});
