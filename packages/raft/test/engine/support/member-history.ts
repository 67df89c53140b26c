import { keyOf, membersOf } from '@smalti/core';
import fc from 'fast-check';
import type { MemberChange } from '../../../src/engine/membership.ts';
import { Cluster } from './cluster.ts';
import { configuration, member, TIMING } from './members.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;

/** Something that happens to a cluster of five nodes, of which three vote at first. */
export type Happening =
  | { readonly type: 'propose' }
  | {
      readonly type: 'change';
      readonly wishes: readonly { readonly kind: MemberChange['type']; readonly node: string }[];
      readonly force: boolean;
    }
  | { readonly type: 'transfer'; readonly to: string | null }
  | { readonly type: 'crash'; readonly node: string; readonly landed: number }
  | { readonly type: 'restart'; readonly node: string }
  | { readonly type: 'hold'; readonly node: string }
  | { readonly type: 'pause'; readonly node: string }
  | { readonly type: 'cut'; readonly from: string; readonly to: string }
  | { readonly type: 'partition'; readonly part: readonly string[] }
  | { readonly type: 'checkpoint'; readonly node: string }
  | { readonly type: 'heal' }
  | { readonly type: 'wait'; readonly ms: number };

const node = fc.constantFrom(...NAMES);
const wish = fc.record({
  kind: fc.constantFrom<MemberChange['type'][]>('add', 'promote', 'promote', 'demote', 'remove'),
  node,
});

const others = [
  { weight: 4, arbitrary: fc.record({ type: fc.constant('propose' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('change' as const),
      wishes: fc.array(wish, { minLength: 1, maxLength: 3 }),
      force: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('transfer' as const), to: fc.option(node) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('crash' as const), node, landed: fc.nat({ max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('restart' as const), node }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('hold' as const), node }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pause' as const), node }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cut' as const), from: node, to: node }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('partition' as const),
      part: fc.uniqueArray(node, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('heal' as const) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 300 })),
    }),
  },
];

export const happening: fc.Arbitrary<Happening> = fc.oneof(...others);

/** Nodes also come to hold checkpoints of all that is committed, and keep no log before them. */
export const happeningWithCheckpoints: fc.Arbitrary<Happening> = fc.oneof(...others, {
  weight: 6,
  arbitrary: fc.record({ type: fc.constant('checkpoint' as const), node }),
});

/**
 * Lets it all happen, and then everything heals: there is a leader in ten election timeouts, all members have what is
 * committed, and whoever was one knows that it is none. Throws what the checker throws, or that nothing came of it.
 */
export class MemberHistory {
  readonly cluster = new Cluster({ size: NAMES.length, genesis: configuration(['a', 'b', 'c']) });
  /** Changes that began, and leaders that were told to hand over. */
  readonly counts = { changes: 0, transfers: 0 };
  #proposals = 0;

  constructor(happenings: readonly Happening[]) {
    this.cluster.elect('a');
    for (const each of happenings) this.#let(each);
    this.#heal();
    this.#comesToRest();
  }

  #let(what: Happening): void {
    const { cluster } = this;
    const { leader } = cluster;
    switch (what.type) {
      case 'propose':
        if (leader !== undefined) this.#propose(leader.name);
        return;
      case 'change': {
        if (leader === undefined) return;
        const answer = cluster.change(leader.name, what.wishes.map(changeOf), what.force);
        if (typeof answer === 'number') this.counts.changes += 1;
        return;
      }
      case 'transfer':
        if (leader !== undefined && cluster.transfer(leader.name, what.to) === null)
          this.counts.transfers += 1;
        return;
      case 'crash':
        if (cluster.node(what.node).alive) cluster.crash(what.node, what.landed);
        return;
      case 'restart':
        if (cluster.node(what.node).alive) this.#wake(what.node);
        else cluster.restart(what.node);
        return;
      case 'hold':
        cluster.node(what.node).disk.held = true;
        return;
      case 'pause':
        if (cluster.node(what.node).alive) cluster.pause(what.node);
        return;
      case 'cut':
        if (what.from !== what.to) cluster.cut(what.from, what.to);
        return;
      case 'partition':
        cluster.partition(
          what.part,
          NAMES.filter((name) => !what.part.includes(name)),
        );
        return;
      case 'checkpoint': {
        const { alive, paused, engine } = cluster.node(what.node);
        if (!alive || paused) return;
        const { commit } = engine;
        cluster.checkpoint(what.node, commit);
        cluster.prune(what.node, commit);
        return;
      }
      case 'heal':
        cluster.heal();
        return;
      default:
        cluster.run(what.ms);
    }
  }

  #propose(name: string): void {
    this.#proposals += 1;
    this.cluster.propose(name, `command ${this.#proposals}`);
  }

  /** What a node was kept from goes on. */
  #wake(name: string): void {
    const { cluster } = this;
    if (cluster.node(name).paused) cluster.resume(name);
    cluster.release(name);
  }

  #heal(): void {
    const { cluster } = this;
    cluster.heal();
    for (const { name, alive } of cluster.nodes.values()) {
      if (!alive) cluster.restart(name);
      this.#wake(name);
    }
  }

  #comesToRest(): void {
    const { cluster } = this;
    const { length } = cluster.checker.committed;
    const end = cluster.now + 10 * TIMING.electionMaxMs;
    while (!(cluster.checker.committed.length > length && this.#isAtRest())) {
      if (cluster.now >= end) throw new Error(`it does not come to rest: ${this.#show()}`);
      if (cluster.leader !== undefined) this.#propose(cluster.leader.name);
      cluster.run(20);
    }
  }

  #isAtRest(): boolean {
    const { leader, nodes } = this.cluster;
    if (leader === undefined || leader.engine.view.changing) return false;
    const { configuration: now, commit, everNamed } = leader.engine.view;
    const members = new Set(membersOf(now).map(keyOf));
    return [...nodes.values()].every(({ key, engine: { view } }) =>
      // An entry that named a node can be lost with whoever had it: then it is not told, and may ask again.
      members.has(key) ? view.commit >= commit : view.removed || !(everNamed(key) && view.everNamed(key)),
    );
  }

  #show(): string {
    return [...this.cluster.nodes.values()]
      .map(({ name, engine: { view } }) => {
        const { voters, outgoing, learners } = view.configuration;
        const [by, and, also] = [voters, outgoing, learners].map((list) => list.map(({ id }) => id).join(''));
        return `${name} ${view.role} t${view.term} c${view.commit}/${view.last.index} ${by}/${and}/${also}@${view.configurationIndex}${view.removed ? ' removed' : ''}`;
      })
      .join(', ');
  }
}

function changeOf({ kind, node: name }: { readonly kind: MemberChange['type']; readonly node: string }) {
  return kind === 'add'
    ? ({ type: 'add', member: member(name) } as const)
    : ({ type: kind, node: name } as const);
}
