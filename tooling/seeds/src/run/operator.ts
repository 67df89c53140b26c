import type { SmaltiError } from '@smalti/core';
import { keyOf, membersOf } from '@smalti/core';
import type { GroupStatus } from '@smalti/raft';
import { SimRandom } from '@smalti/simulator';
import type { Place } from '../observe/skips.ts';
import type { Member } from '../world/member.ts';
import type { World } from '../world/world.ts';

/** Looks at the nodes so often, in milliseconds: seldom, unless a machine has failed. */
const LOOK_MS = 50;
const REST_MS = 250;
const TIMEOUT_MS = 2_000;
/** Between the starts of two nodes, at most, in milliseconds: drawn for a run. */
const PAUSES = [100, 500, 2_000] as const;
/** Of what else may be done, so much is done at each look; all of it in the end. */
const MENDS = 0.002;
const SKIPS = 0.2;
/** Checkpoints are asked for, between the command and what skips it. */
const TAKES = 0.3;
/** Skips that are asked for where they should be refused: of those that are asked for. */
const WRONG = 0.1;
/** Others are started with what can apply it, right before the skip is asked for. */
const RASH = 0.5;

/**
 * Somebody who looks after the nodes whose machines have failed: has commands skipped that no replica can apply, starts
 * nodes again, and gives them a program that can apply them; what was applied once by whoever is no member any more is not
 * skipped, as nobody but operators can know of that.
 */
export class Operator {
  readonly counts = { skipped: 0, refused: 0 };
  /** Everything that helps is done at once. */
  thorough = false;
  readonly #world: World;
  readonly #random: SimRandom;
  readonly #pauseMs: number;
  /** No node is started again before. */
  #resting = 0;

  constructor(world: World) {
    this.#world = world;
    this.#random = new SimRandom(`operator ${world.settings.seed}`);
    this.#pauseMs = this.#random.pick(PAUSES);
  }

  /** Nobody waits for an operator. */
  get isDone(): boolean {
    return this.#world.members.every(({ live }) => {
      const status = live?.status();
      return status === undefined || !needsCare(status);
    });
  }

  begin(): void {
    const { sim } = this.#world;
    const look = (): void => {
      sim.schedule(this.#act() ? LOOK_MS : REST_MS, 'operator', look);
    };
    look();
  }

  /** @returns whether there is something to be done. */
  #act(): boolean {
    let failed: Place | null = null;
    const waiting: { readonly member: Member; readonly leads: boolean }[] = [];
    const busy = this.#world.members.filter(({ live }) => live !== null && needsCare(live.status()));
    for (const member of busy) {
      const status = member.live?.status();
      if (status === undefined) continue;
      const { machineFailure, role } = status;
      if (needsStart(status)) waiting.push({ member, leads: role === 'leader' });
      else if (machineFailure === null) continue;
      else if (this.#isToBeMended(machineFailure.at)) this.#mend(member);
      // Others may have failed before it, and wait for it to be started again.
      else if (failed === null || role === 'leader') failed = machineFailure.at;
    }
    this.#startOne(waiting);
    if (failed !== null && this.#random.chance(TAKES)) this.#leader?.live?.checkpoints.take().catch(() => {});
    if (failed !== null && this.#happens(SKIPS)) this.#skip(failed);
    return busy.length > 0;
  }

  /** One after the other, whoever leads first; in the end all at once. */
  #startOne(waiting: readonly { readonly member: Member; readonly leads: boolean }[]): void {
    const { now } = this.#world.sim;
    const [first, ...others] = waiting.toSorted((a, b) => Number(b.leads) - Number(a.leads));
    if (first === undefined || (now < this.#resting && !this.thorough)) return;
    this.#resting = now + this.#random.between(0, this.#pauseMs);
    this.#startAgain(first.member);
    if (this.thorough) for (const { member } of others) this.#startAgain(member);
  }

  #happens(share: number): boolean {
    return this.thorough || this.#random.chance(share);
  }

  #isToBeMended(at: Place): boolean {
    const { truth, settings } = this.#world;
    if (settings.poison?.mends === true && this.#random.chance(MENDS)) return true;
    // Somebody has applied it: in the end that is the only way.
    return truth.skips.appliersOf(at).size > 0 && this.#happens(MENDS);
  }

  #mend(member: Member): void {
    this.#world.programs.mend(member.id);
    this.#startAgain(member);
  }

  #startAgain(member: Member): void {
    this.#world.kill(member);
    const { sim } = this.#world;
    sim.schedule(this.#random.between(0, 300), `start ${member.id} again`, () => {
      if (!member.heldDown) this.#world.boot(member);
    });
  }

  get #leader(): Member | undefined {
    return this.#world.members.find(({ live }) => live?.status().role === 'leader');
  }

  /** True if a member, or what one was before, may have told a client what became of it, and is not asked. */
  #wasAppliedElsewhere(at: Place): boolean {
    const { truth } = this.#world;
    const members = new Set(
      truth.inForce.flatMap(({ configuration }) => membersOf(configuration).map(keyOf)),
    );
    return [...truth.skips.appliersOf(at)].some((key) => !members.has(key));
  }

  #skip(at: Place): void {
    const { members, truth, settings } = this.#world;
    const leader = this.#leader;
    if (leader === undefined || this.#wasAppliedElsewhere(at)) return;
    const isRash = settings.poison?.mends === true && !this.thorough && this.#random.chance(RASH);
    const others = isRash ? members.filter((each) => each !== leader && each.live !== null) : [];
    for (const other of others) if (this.#random.chance(0.7)) this.#mend(other);
    const wrong = this.#random.chance(WRONG);
    const whom = wrong ? this.#random.pick(members.filter(({ live }) => live !== null)) : leader;
    const index = wrong ? at.index + this.#random.pick([-1, 0, 1]) : at.index;
    const { group } = whom;
    group?.skip(index, { reason: 'the operator wants it', timeoutMs: TIMEOUT_MS }).then(
      (skipped) => {
        this.counts.skipped += 1;
        if (!truth.mayBeCommitted(skipped.at.index, skipped.at.term))
          truth.violate('answers are honest', `${whom.id} says that entry ${index} is skipped`);
      },
      ({ code, details }: SmaltiError) => {
        this.counts.refused += 1;
        const { reason, members: named } = details as { reason?: string; members?: readonly string[] };
        if (this.thorough && code === 'SKIP_REFUSED' && reason === 'not-all-failed')
          this.#removeLost(leader, named ?? []);
      },
    );
  }

  /** Of those that have not failed, whoever is gone for good will not. */
  #removeLost(leader: Member, named: readonly string[]): void {
    const lost = named.filter((id) => this.#world.member(id).lost);
    const [node] = lost;
    if (node === undefined) return;
    this.#world.tell(`${node} is gone for good, and is removed`);
    leader.live?.members.change([{ type: 'remove', node }], { timeoutMs: TIMEOUT_MS }).catch(() => {});
  }
}

/** A machine applies no more; those that are members no more are left alone. */
function needsCare({ machineFailure, trouble }: GroupStatus): boolean {
  return machineFailure !== null && trouble?.includes('was removed') !== true;
}

/** What it failed at is skipped, or it has applied what is. */
function needsStart({ trouble }: GroupStatus): boolean {
  return trouble?.includes('start this node again') === true;
}
