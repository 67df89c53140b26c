import { keyOf, type MemberKey, memberId } from '@smalti/core';
import { electorates } from '../observe/configurations.ts';
import type { Truth } from '../observe/truth.ts';

/**
 * How many disks a group may lose for good. A disk that is wiped comes back as a directory that does not count, and one
 * that rots is not believed any more: with more than a minority of the voters gone, nothing can be expected of anybody.
 * When the log has another directory in the place of one that is gone, the group is whole again. Learners count as well:
 * they may be voters in a moment.
 *
 * A torn sector cannot be told from a rotten one: until that node knows that it lacks nothing, its disk is one that may
 * have been lost, too. As long as none was, any number of them may be torn: all nodes together can lead.
 */
export class Budget {
  readonly #spent = new Set<MemberKey>();
  readonly #torn = new Set<MemberKey>();
  readonly #rotten = new Set<MemberKey>();
  /** Nodes that are about to vote no more, and how many have asked for it. */
  readonly #leaving = new Map<string, number>();
  readonly #truth: Truth;
  readonly #autopilot: boolean;

  /** @param autopilot leaders change the members by themselves. */
  constructor(truth: Truth, autopilot: boolean) {
    this.#truth = truth;
    this.#autopilot = autopilot;
  }

  /** True if the disk of that node may be lost now; it then counts as lost. */
  spend(node: string): boolean {
    const { key } = this.#truth.mirror(node);
    // What has not been opened yet has promised nothing.
    if (key === null || this.#spent.has(key)) return true;
    if (!this.#fits(key)) return false;
    this.#spent.add(key);
    return true;
  }

  /** True if the end of that node's log may be torn now. */
  mayTear(node: string): boolean {
    const { key } = this.#truth.mirror(node);
    return key === null || this.#spentMembers() === 0 || this.#fits(key);
  }

  /** It was. */
  tear(node: string): void {
    const { key } = this.#truth.mirror(node);
    if (key !== null) this.#torn.add(key);
  }

  /** That node is beyond doubt. */
  sure(node: string): void {
    const { key } = this.#truth.mirror(node);
    if (key !== null) this.#torn.delete(key);
  }

  /** True if a part of that node's checkpoints may rot: most others have to have theirs. It then counts as rotten. */
  rot(node: string): boolean {
    const { key } = this.#truth.mirror(node);
    if (key === null || !this.#fits(key, [], this.#rotten)) return false;
    this.#rotten.add(key);
    this.#truth.checkpoints.rotten.add(node);
    return true;
  }

  /** True if that node's state may be changed: most others have to be right. */
  mayFlip(node: string): boolean {
    const { key } = this.#truth.mirror(node);
    return key !== null && this.#fits(key);
  }

  /** True if these may stop voting: nothing is lost that the others could not bear. */
  mayLeave(nodes: readonly string[]): boolean {
    return this.#fits(null, nodes);
  }

  /** They are about to. @returns what to call when it is known whether they did. */
  leave(nodes: readonly string[]): () => void {
    for (const node of nodes) this.#leaving.set(node, (this.#leaving.get(node) ?? 0) + 1);
    return () => {
      for (const node of nodes) this.#leaving.set(node, (this.#leaving.get(node) ?? 0) - 1);
    };
  }

  /** How many members' disks are lost. */
  #spentMembers(): number {
    const members = this.#truth.inForce.flatMap(({ configuration: { voters, outgoing, learners } }) =>
      [...voters, ...outgoing, ...learners].map(keyOf),
    );
    return members.filter((key) => this.#spent.has(key)).length;
  }

  #fits(key: MemberKey | null, leavers: readonly string[] = [], others: Iterable<MemberKey> = []): boolean {
    const gone = new Set([...this.#spent, ...this.#torn, ...this.#changed, ...others]);
    if (key !== null) gone.add(key);
    const leaves = (node: string): boolean => leavers.includes(node) || (this.#leaving.get(node) ?? 0) > 0;
    return this.#truth.inForce.every(({ configuration }) =>
      electorates(configuration).every((list) => {
        // Whoever is about to leave may stay as well: what is lost counts, and what is whole does not.
        const staying = list.map(keyOf).filter((voter) => gone.has(voter) || !leaves(memberId(voter)));
        const counted = new Set([...staying, ...configuration.learners.map(keyOf)]);
        const least = staying.length - (this.#isEvenedOut(list.length, staying.length) ? 1 : 0);
        return [...counted].filter((member) => gone.has(member)).length <= (least - 1) / 2;
      }),
    );
  }

  /** Those whose states are not right: they say nothing that counts of checkpoints. */
  get #changed(): readonly MemberKey[] {
    return this.#truth.checkpoints.flipped.flatMap((node) => this.#truth.mirror(node).key ?? []);
  }

  /** Leaders that change the members by themselves give one voter up when there is an even number of them, but for two. */
  #isEvenedOut(from: number, to: number): boolean {
    const even = from - (from % 2);
    return this.#autopilot && even >= 4 && even >= to;
  }
}
