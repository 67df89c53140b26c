import { cutWays, type Way } from './cuts.ts';
import { type Nemesis, named, pickSome } from './nemesis.ts';

/**
 * Everybody reaches a majority, and no two reach the same one: the nodes stand in a ring, and each sees the nearest
 * ones. Three of them stand in a row, since in a ring of three all see each other.
 */
export const ring: Nemesis = {
  async inject(field, { picks }) {
    const around = pickSome(field.subjects, field.subjects.length, picks);
    const ways = around.flatMap((from, a) =>
      around.flatMap((to, b): Way[] => (seeEachOther(around.length, a, b) ? [] : [[from, to]])),
    );
    return cutWays(field, `a ring of ${named(around)}`, ways);
  },
};

/** Whether those at these places of a ring of so many, from 0 on, see each other. */
export function seeEachOther(count: number, a: number, b: number): boolean {
  const distance = Math.abs(a - b);
  if (count === 3) return distance <= 1;
  // Half of the others that a majority has, on each side.
  const reach = Math.ceil(Math.floor(count / 2) / 2);
  return Math.min(distance, count - distance) <= reach;
}
