import { keyOf, membersOf, payloadOf } from '@smalti/core';
import { type ChangeRefusalReason, isJoint, sameMembership } from '../../../src/engine/membership.ts';
import { Cluster } from './cluster.ts';
import { additionsOf, after, before, changesOf, type MemberCase } from './member-cases.ts';
import { TIMING } from './members.ts';
import type { TestNode } from './test-node.ts';
import { must } from './violation.ts';

/** Who crashes, after how many steps of a change, and what becomes of the writes that were under way. */
export interface Crash {
  readonly after: number;
  readonly node: string;
  readonly landed: boolean;
}

/** How long a node that crashed stays away: for longer than an election takes to begin. */
const DOWN_MS = 130;
const ASK_EVERY_MS = 10;
/** Refusals that time heals. While one node is down, the others may be too few. */
const PASSING: readonly ChangeRefusalReason[] = [
  'not-ready',
  'pending',
  'transferring',
  'leader-leaves',
  'quorum-at-risk',
];
/** In which everything has to come to rest: ten election timeouts. */
const LIMIT_MS = 10 * TIMING.electionMaxMs;

/**
 * A change of the members, asked for until it has begun, and interrupted by at most one crash: in the end what was
 * acknowledged before is still there, the old or the new members are in force and not both, whoever was removed knows
 * it, and a new command is committed by all that count. Throws what the checker throws, or what is not so.
 */
export class InterruptedChange {
  readonly cluster: Cluster;
  /** How many steps there were from the first wish to the change's being committed everywhere. */
  steps = 0;
  readonly #case: MemberCase;
  readonly #crash: Crash | null;
  readonly #force: boolean;
  #began = false;
  /** It is refused for good. */
  #refused = false;
  #askAt = 0;
  #down: { readonly node: string; readonly until: number } | null = null;

  constructor(of: MemberCase, force: boolean, crash: Crash | null) {
    this.#case = of;
    this.#force = force;
    this.#crash = crash;
    this.cluster = new Cluster({ size: of.length, genesis: before(of) });
    this.cluster.elect('a');
    const [first] = this.cluster.propose('a', 'before the change');
    this.cluster.run(10);
    must(this.cluster.node('a').committed >= (first?.index ?? 0), 'the first command is acknowledged');
    this.#change();
    this.#comesToRest(first?.index ?? 0);
  }

  /** From the wish to the end of the change, step by step. */
  #change(): void {
    const { cluster } = this;
    const end = cluster.now + LIMIT_MS;
    while (this.#down !== null || (cluster.now < end && !this.#refused && !this.#isDone())) {
      this.#ask();
      this.#comeBack();
      if (this.#crash?.after === this.steps && this.#down === null) {
        const { node, landed } = this.#crash;
        cluster.crash(node, landed ? Number.POSITIVE_INFINITY : 0);
        this.#down = { node, until: cluster.now + DOWN_MS };
      }
      this.steps += 1;
      if (!cluster.step(cluster.now + 1)) cluster.run(1);
    }
  }

  /** Whoever leads is asked, until it begins. */
  #ask(): void {
    const { cluster } = this;
    const { leader } = cluster;
    if (this.#began || leader === undefined || cluster.now < this.#askAt) return;
    this.#askAt = cluster.now + ASK_EVERY_MS;
    const answer = cluster.change(leader.name, changesOf(this.#case), this.#force);
    if (typeof answer === 'number') this.#began = true;
    else if (answer.reason === 'not-caught-up') cluster.change(leader.name, additionsOf(this.#case));
    else if (answer.reason === 'no-successor') this.#refused = this.#down === null;
    else must(PASSING.includes(answer.reason), `the change is refused: ${answer.text}`);
  }

  #comeBack(): void {
    if (this.#down === null || this.cluster.now < this.#down.until) return;
    this.cluster.restart(this.#down.node);
    this.#down = null;
  }

  /** Every member of the new configuration knows that it is committed. */
  #isDone(): boolean {
    const target = after(this.#case);
    return membersOf(target).every((each) => {
      const { view } = this.cluster.node(each.id).engine;
      return !view.changing && sameMembership(view.configuration, target);
    });
  }

  #comesToRest(acknowledged: number): void {
    const { cluster } = this;
    const end = cluster.now + LIMIT_MS;
    const { length } = cluster.checker.committed;
    let asked = 0;
    while (!(cluster.checker.committed.length > length && this.#isAtRest())) {
      if (cluster.now >= end) throw new Error(`it does not come to rest: ${this.#show()}`);
      if (cluster.now >= asked && cluster.leader !== undefined) {
        asked = cluster.now + 50;
        cluster.propose(cluster.leader.name, 'after the change');
      }
      cluster.run(2);
    }
    const entry = cluster.checker.committed[acknowledged - 1];
    const text = entry === undefined ? '' : new TextDecoder().decode(payloadOf(entry));
    must(text === 'before the change', `what was acknowledged at ${acknowledged} is ${text}`);
  }

  /** One configuration is in force, all its members have what is committed, and the others were told. */
  #isAtRest(): boolean {
    const { leader, nodes, checker } = this.cluster;
    if (leader === undefined) return false;
    const { view } = leader.engine;
    if (view.changing || isJoint(view.configuration) || !this.#isExpected(leader)) return false;
    const members = new Set(membersOf(view.configuration).map(keyOf));
    return [...nodes.values()].every((node) => {
      const own = node.engine.view;
      if (members.has(node.key)) return own.commit === checker.committed.length;
      return !own.everNamed(node.key) || own.removed;
    });
  }

  /** What was before, what was asked for, or what was before with those that are new as learners. */
  #isExpected({ engine: { view } }: TestNode): boolean {
    const [old, target] = [before(this.#case), after(this.#case)];
    const known = new Set(membersOf(old).map(keyOf));
    const fresh = membersOf(target).filter((each) => !known.has(keyOf(each)));
    const between = { ...old, learners: [...old.learners, ...fresh] };
    return [old, target, between].some((each) => sameMembership(view.configuration, each));
  }

  #show(): string {
    return [...this.cluster.nodes.values()]
      .map(({ name, alive, engine: { view } }) => {
        const ids = (list: typeof view.configuration.voters): string => list.map(({ id }) => id).join('');
        const { voters, outgoing, learners } = view.configuration;
        const by = `${ids(voters)}/${ids(outgoing)}/${ids(learners)}@${view.configurationIndex}`;
        return `${name} ${alive ? view.role : 'down'} t${view.term} c${view.commit}/${view.last.index} ${by}${view.removed ? ' removed' : ''}`;
      })
      .join(', ');
  }
}
