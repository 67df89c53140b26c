import type { WatchMaker } from '../observe/watch.ts';

/** Nothing of a term leaves before term and vote are on disk, and nothing is acknowledged before it is. */
export const promisesAreDurable: WatchMaker = (truth) => {
  const name = 'promises are on disk before they leave';
  return {
    name,
    sent: ({ from, to, body }) => {
      const { durableHard, durableTerms, terms, key } = truth.mirror(from);
      if (!('term' in body) || body.type === 'pre-vote' || body.type === 'pre-vote-reply') return;
      const speaksOf = body.type === 'forward' || body.type === 'forward-reply' ? 0 : body.term;
      if (durableHard.term < speaksOf) {
        truth.violate(
          name,
          `${from} says ${body.type} of term ${body.term}, on its disk is ${durableHard.term}`,
        );
      }
      if (body.type === 'vote' && durableHard.term === body.term && durableHard.vote !== key) {
        truth.violate(name, `${from} campaigns in term ${body.term} without its own vote on disk`);
      }
      if (body.type === 'vote-reply' && body.granted) {
        const kept = durableHard.term > body.term || durableHard.vote?.startsWith(`${to}@`);
        if (kept !== true)
          truth.violate(name, `${from} gives ${to} a vote of term ${body.term} that is not on its disk`);
      }
      if (body.type === 'append-reply' || body.type === 'heartbeat-reply') {
        // What is acknowledged is what the log holds now, and not what lay there before.
        if (durableTerms[body.match] === terms[body.match] && body.match < terms.length) return;
        const what = `${from} acknowledges entries up to ${body.match}, of term ${terms[body.match]} there`;
        truth.violate(name, `${what}: on its disk is ${durableTerms[body.match] ?? 'nothing'}`);
      }
    },
  };
};
