import type { Field } from '../field/field.ts';
import type { Subject } from '../field/subject.ts';
import type { Strike } from '../plan/schedule.ts';

/** Something bad that can be done to a cluster. */
export interface Nemesis {
  /**
   * Does it. What is wrong with how the cluster takes it goes to the field's faults; an error means that it could not
   * be done.
   */
  inject(field: Field, strike: Strike): Promise<Wound>;
}

/** What was done, and how it ends. */
export interface Wound {
  /** What was done to whom. */
  readonly what: string;
  /** Undoes it: after that, nothing stands in the way of the cluster any more. */
  heal(): Promise<void> | void;
}

/** One of them, by a number in [0, 1). */
export function pick<T>(all: readonly T[], at: number | undefined): T {
  const found = all[Math.floor((at ?? 0) * all.length)];
  if (found === undefined) throw new Error('a choice among nothing');
  return found;
}

/** So many of them, by a number each. */
export function pickSome<T>(all: readonly T[], count: number, picks: readonly number[]): T[] {
  const left = [...all];
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => {
    const found = pick(left, picks[i]);
    left.splice(left.indexOf(found), 1);
    return found;
  });
}

/** The leader, a follower, more than half, or all, as the name says. */
export async function victims(field: Field, who: string, picks: readonly number[]): Promise<Subject[]> {
  switch (who) {
    case 'leader':
      return [await field.leader()];
    case 'follower':
      return [pick(await field.followers(), picks[0])];
    case 'majority':
      return pickSome(field.subjects, field.majority, picks);
    case 'all':
      return [...field.subjects];
    default:
      throw new Error(`nobody is called '${who}'`);
  }
}

export function named(subjects: readonly Subject[]): string {
  return subjects.map(({ id }) => id).join(' ');
}
