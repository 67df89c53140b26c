import { cutWays, type Way } from './cuts.ts';
import { type Nemesis, pickSome } from './nemesis.ts';

/** What one sends is lost, and what it is sent arrives. */
export const oneway: Nemesis = {
  async inject(field, { variant, picks }) {
    if (variant === 'some links') {
      const all = field.subjects.flatMap((from) =>
        field.subjects.flatMap((to): Way[] => (from === to ? [] : [[from, to]])),
      );
      const [count = 0, ...rest] = picks;
      const some = pickSome(all, 1 + Math.floor(count * 4), rest);
      return cutWays(field, `cut ${some.map(([from, to]) => `${from.id}>${to.id}`).join(' ')}`, some);
    }
    const leader = await field.leader();
    const others = field.subjects.filter((subject) => subject !== leader);
    const deaf = variant === 'leader deaf';
    const ways = others.map((other): Way => (deaf ? [other, leader] : [leader, other]));
    return cutWays(field, deaf ? `${leader.id} hears nobody` : `nobody hears ${leader.id}`, ways);
  },
};
