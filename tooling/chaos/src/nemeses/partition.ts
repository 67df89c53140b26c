import { between, cutWays } from './cuts.ts';
import { type Nemesis, named, pickSome, victims } from './nemesis.ts';

/** Two sides that do not reach each other. */
export const partition: Nemesis = {
  async inject(field, { variant, picks }) {
    const { subjects, majority } = field;
    const side =
      variant === 'halves'
        ? pickSome(subjects, subjects.length - majority, picks)
        : await victims(field, variant.split(' ')[0] ?? '', picks);
    const rest = subjects.filter((subject) => !side.includes(subject));
    return cutWays(field, `cut off ${named(side)} from ${named(rest)}`, between(side, rest));
  },
};
