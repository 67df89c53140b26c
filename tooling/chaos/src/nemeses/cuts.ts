import type { Field } from '../field/field.ts';
import type { Subject } from '../field/subject.ts';
import type { Wound } from './nemesis.ts';

/** From whom, to whom. */
export type Way = readonly [from: Subject, to: Subject];

/** Cuts these ways, and joins the same ones later. */
export function cutWays(field: Field, what: string, ways: readonly Way[]): Wound {
  for (const [from, to] of ways) field.namespaces.cut(from.number, to.number);
  return {
    what,
    heal: () => {
      for (const [from, to] of ways) field.namespaces.join(from.number, to.number);
    },
  };
}

/** Both ways between each of the one and each of the other. */
export function between(some: readonly Subject[], others: readonly Subject[]): Way[] {
  return some.flatMap((a) =>
    others.flatMap((b): Way[] => [
      [a, b],
      [b, a],
    ]),
  );
}
