import { cutWays, type Way } from './cuts.ts';
import { type Nemesis, named, pickSome } from './nemesis.ts';

/**
 * Everybody reaches a majority, and no two reach the same one: the nodes stand in a ring, and each sees the nearest
 * ones. Three of them stand in a row, since in a ring of three all see each other.
 */
export const ring: Nemesis = {
  async inject(field, { picks }) {
    const around = pickSome(field.subjects, field.subjects.length, picks);
    const count = around.length;
    const reach = Math.ceil((field.majority - 1) / 2);
    const far = (a: number, b: number): boolean => {
      const distance = Math.abs(a - b);
      return count === 3 ? distance > 1 : Math.min(distance, count - distance) > reach;
    };
    const ways = around.flatMap((from, a) =>
      around.flatMap((to, b): Way[] => (a !== b && far(a, b) ? [[from, to]] : [])),
    );
    return cutWays(field, `a ring of ${named(around)}`, ways);
  },
};
