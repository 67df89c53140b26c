import type { MemberKey } from '@smalti/core';
import { isEverybody, isMajority, votes } from '../observe/configurations.ts';
import type { Mirror } from '../observe/mirror.ts';
import type { WatchMaker } from '../observe/watch.ts';

/**
 * True if a node votes by the newest configuration before that entry; or did by the one before, and does not know that the
 * newest is committed: it may be needed then, and has no vote of its own (Thesis §4.2.2).
 */
function mayLead({ key, configurations }: Mirror, end: number, known: number): boolean {
  const all = configurations.filter(({ index }) => index < end);
  const newest = all.at(-1)?.index ?? 0;
  return all
    .slice(newest > known ? -2 : -1)
    .some(({ configuration }) => key !== null && votes(configuration, key));
}

/**
 * Raft §5.2 and §6: whoever leads a term is a voter, and has the votes of more than half of the voters of the newest
 * configuration in its log, of both in a joint one. A vote in doubt counts only when all voters have given theirs.
 */
export const electedByAMajority: WatchMaker = (truth) => {
  const name = 'a leader is elected by a majority of the voters';
  const given = new Map<string, Map<MemberKey, { readonly sure: boolean }>>();
  const seen = new Set<number>();
  const votesFor = (candidate: string, term: number): Map<MemberKey, { readonly sure: boolean }> => {
    const votesOfTerm = given.get(`${candidate} ${term}`) ?? new Map<MemberKey, { readonly sure: boolean }>();
    given.set(`${candidate} ${term}`, votesOfTerm);
    return votesOfTerm;
  };
  const leads = (node: string, term: number): void => {
    if (seen.has(term)) return;
    seen.add(term);
    const mirror = truth.mirror(node);
    const { key, terms, hard } = mirror;
    // Its own configurations come later.
    const first = terms.indexOf(term);
    const configuration = mirror.configurationAt(first < 0 ? terms.length : first - 1);
    if (key === null || configuration === null || hard.term !== term) return;
    const got = votesFor(node, term);
    const own = { sure: !hard.doubt };
    const voteOf = (voter: MemberKey) => (voter === key ? own : got.get(voter));
    const sure = (voter: MemberKey): boolean => voteOf(voter)?.sure === true;
    const any = (voter: MemberKey): boolean => voteOf(voter) !== undefined;
    if (!mayLead(mirror, first < 0 ? terms.length : first, truth.claims.get(node) ?? 0))
      truth.violate(name, `${node} leads term ${term}, and is no voter`);
    else if (!isMajority(configuration, sure) && !isEverybody(configuration, any)) {
      const voters = [...got].map(([voter, { sure: certain }]) => `${voter}${certain ? '' : ' in doubt'}`);
      truth.violate(name, `${node} leads term ${term} with its own vote and those of ${voters.join(', ')}`);
    }
  };
  return {
    name,
    sent: ({ from, to, body }) => {
      if (body.type === 'append' || body.type === 'heartbeat' || body.type === 'catch-up')
        leads(from, body.term);
      if (body.type !== 'vote-reply' || !body.granted) return;
      const { key } = truth.mirror(from);
      if (key !== null) votesFor(to, body.term).set(key, { sure: !body.doubtful });
    },
    wrote: (node) => {
      const { hard } = truth.mirror(node);
      if (truth.isLeader(node) && hard.term > 1) leads(node, hard.term);
    },
  };
};
