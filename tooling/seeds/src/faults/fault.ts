import type { SimRandom } from '@smalti/simulator';
import type { Member } from '../world/member.ts';
import type { World } from '../world/world.ts';

/** Particulars of one occurrence of a fault, drawn when the plan is made: plain values, so that a plan can be printed. */
export type Particulars = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What can go wrong. One file each. */
export interface Fault {
  /** As plans, counts and timelines call it. */
  readonly name: string;
  /** How often it is drawn, beside the others. Default 1. */
  readonly weight?: number;
  /** Milliseconds that it lasts, from a range, before it is undone. Default: nothing is to be undone. */
  readonly lasts?: readonly [min: number, max: number];
  /** @param nodes of the cluster. `leader` may be drawn as a name too: whoever leads when it strikes. */
  draw(random: SimRandom, nodes: readonly string[]): Particulars;
  /**
   * Lets it happen. Undone by what it returns.
   *
   * @returns null if it could not happen now, and did not.
   */
  strike(world: World, particulars: Particulars): (() => void) | null;
}

/** Draws one of the nodes, or rather often whoever leads. */
export function drawTarget(random: SimRandom, nodes: readonly string[]): string {
  return random.chance(0.4) ? 'leader' : random.pick(nodes);
}

/** The member of that name, or one that takes its part as long as it sleeps. */
export function targetOf(world: World, { target }: Particulars): Member {
  if (target === 'leader') return world.leader ?? world.member('n1');
  const member = world.member(String(target));
  const { nodes } = world.settings;
  return member.asleep ? (world.members[world.members.indexOf(member) % nodes] ?? member) : member;
}

/** For what need not be undone. */
export const nothing = (): void => {};
