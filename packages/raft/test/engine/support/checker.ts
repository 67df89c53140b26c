import { type Configuration, type Entry, type HardState, keyOf, type MemberKey } from '@smalti/core';
import type { Fresh } from '../../../src/engine/freshness.ts';
import type { Effect, Input } from '../../../src/engine/io.ts';
import { configurationOf } from '../../../src/engine/log.ts';
import type { Message } from '../../../src/engine/messages.ts';
import { checkChange, checkInForce, wasVoter } from './configuration-checks.ts';
import { majorityOfEach } from './quorum-oracle.ts';
import { checkSession, checkVerified } from './session-checks.ts';
import type { Write } from './test-disk.ts';
import type { TestNode } from './test-node.ts';
import { must } from './violation.ts';

/**
 * What must hold whatever happens (Raft figure 3), looked at from outside after every step: it reads effects and
 * disks, and of the engines only what they show.
 */
export class Checker {
  readonly #leaders = new Map<number, MemberKey>();
  /** One entry for each (index, term), and the term before it: by induction, all logs match (Raft §5.3). */
  readonly #known = new Map<string, { frame: Uint8Array; before: number }>();
  /** Entry `i` is at `i - 1`. */
  readonly committed: Entry[] = [];
  /** In which term each was committed. */
  readonly #committedIn: number[] = [];
  readonly #nodes: ReadonlyMap<string, TestNode>;
  readonly #readsAskedAt = new Map<string, number>();
  /** What was committed anywhere when a clock of a node first showed a time, for each life of it. */
  readonly #committedAt = new Map<string, Map<number, number>>();
  readonly #freshest = new Map<TestNode, Fresh>();
  /** How often an engine came to know how fresh something is. */
  fresh = 0;
  /** Who has given a vote, by candidate and term; true if it was beyond doubt. */
  readonly #votes = new Map<string, Map<MemberKey, boolean>>();
  /** What was in force at the stepping node before its step: what it commits in it is counted by that. */
  #inForce: Configuration | null = null;
  /** The step changes who is in force at the node. */
  #changes = false;

  constructor(nodes: ReadonlyMap<string, TestNode>) {
    this.#nodes = nodes;
    // Entry 1 was agreed on before there was anybody to elect.
    const [first] = nodes.values();
    const genesis = first?.disk.durable[0];
    if (genesis === undefined) return;
    this.committed.push(genesis);
    this.#committedIn.push(0);
  }

  beforeStep(node: TestNode, input: Input): void {
    const life = `${node.key}/${node.boot}`;
    const seen = this.#committedAt.get(life) ?? new Map<number, number>();
    this.#committedAt.set(life, seen);
    if (!seen.has(node.clock)) seen.set(node.clock, this.committed.length);
    this.#inForce = node.engine.view.configuration;
    this.#changes = false;
    if (input.type === 'read')
      this.#readsAskedAt.set(`${node.key}/${node.boot}/${input.id}`, this.committed.length);
  }

  /** An effect, before it is carried out. */
  effect(node: TestNode, effect: Effect): void {
    switch (effect.type) {
      case 'persist':
        this.#persist(node, effect);
        return;
      case 'reset':
        this.#reset(node, effect);
        return;
      case 'send':
        this.#send(node, effect.to, effect.message);
        return;
      case 'commit':
        this.#commit(node, effect.index);
        return;
      case 'role':
        if (effect.role === 'leader') this.#leads(node, effect.term);
        return;
      case 'read-ready': {
        const asked = this.#readsAskedAt.get(`${node.key}/${node.boot}/${effect.id}`);
        must(asked !== undefined, `read ${effect.id} at ${node.name} was asked`);
        must(
          effect.index >= asked,
          `a read at ${node.name} of ${effect.index} misses what was committed: ${asked}`,
        );
        return;
      }
      default:
    }
  }

  afterStep(node: TestNode): void {
    const { view } = node.engine;
    must(view.commit <= view.durable, `${node.name} commits ${view.commit}, on its disk is ${view.durable}`);
    must(
      view.durable <= node.disk.durable.length,
      `${node.name} takes ${view.durable} for durable: it is not`,
    );
    const { visible } = node.disk;
    must(
      view.last.index === visible.length && view.last.term === (visible.at(-1)?.term ?? 0),
      `${node.name} has a log to ${view.last.index}.${view.last.term}, on its disk it ends at ${visible.length}`,
    );
    checkVerified(node, (key) => this.#nodes.get(key.slice(0, key.indexOf('@'))), this.committed);
    checkSession(node, this.committed);
    if (this.#changes) checkInForce(node);
    this.#checkFresh(node);
  }

  #checkFresh(node: TestNode): void {
    const { fresh } = node.engine;
    if (fresh === null || fresh === this.#freshest.get(node)) return;
    this.#freshest.set(node, fresh);
    this.fresh += 1;
    const committed = this.#committedAt.get(`${node.key}/${node.boot}`)?.get(fresh.at);
    must(committed !== undefined, `${node.name} counts freshness from ${fresh.at}, when it did nothing`);
    must(
      fresh.index >= committed,
      `${node.name} takes ${fresh.index} for all as of ${fresh.at}: ${committed} was committed`,
    );
  }

  #persist(node: TestNode, write: Extract<Effect, { type: 'persist' }>): void {
    must(
      write.truncateFrom === null || write.truncateFrom > node.committed,
      `${node.name} cuts what is committed`,
    );
    must(write.truncateFrom === null || node.engine.role !== 'leader', `${node.name} leads and cuts its log`);
    this.#changes ||= write.truncateFrom !== null;
    for (const entry of write.entries) {
      if (configurationOf(entry) !== null) this.#changes = true;
      const before = node.engine.termAt((entry.index - 1) as Entry['index']) ?? -1;
      const name = `${entry.index}.${entry.term}`;
      const known = this.#known.get(name);
      if (known === undefined) this.#known.set(name, { frame: entry.frame, before });
      else {
        must(
          known.before === before,
          `what precedes ${name} at ${node.name}: ${before}, elsewhere ${known.before}`,
        );
        must(sameBytes(known.frame, entry.frame), `${name} is two entries`);
      }
    }
    this.#writesHardState(node, write.hardState);
  }

  /** The log of a node begins after a checkpoint: nothing that is committed goes, and nothing of the node's votes. */
  #reset(node: TestNode, { cursor, hardState, configuration }: Extract<Effect, { type: 'reset' }>): void {
    const { index, term } = cursor;
    const said = `${node.name} installs ${index}.${term}`;
    must(this.committed[index - 1]?.term === term, `${said}, which is not committed`);
    const holds = index >= node.disk.base && node.disk.visible[index - 1]?.term === term;
    must(holds || index > node.committed, `${said}, and has applied ${node.committed}`);
    must(node.engine.role !== 'leader', `${said}, and leads`);
    const { anchor } = node.disk;
    must(anchor !== null && anchor.at.index >= index, `${said}, which is not whole on its disk`);
    must(configuration.index <= index, `${said} under a configuration of ${configuration.index}`);
    must(hardState.commit >= index, `${said}, and forgets that it is committed`);
    this.#changes = true;
    this.#writesHardState(node, hardState);
  }

  #writesHardState(node: TestNode, hardState: HardState | null): void {
    const there =
      node.disk.pending.findLast((earlier) => earlier.hardState !== null)?.hardState ?? node.disk.hardState;
    if (hardState === null) return;
    must(hardState.term >= there.term, `${node.name} goes back from term ${there.term} to ${hardState.term}`);
    const revoked = hardState.term === there.term && there.vote !== null && hardState.vote !== there.vote;
    must(!revoked, `${node.name} votes for ${hardState.vote} after ${there.vote} in term ${there.term}`);
  }

  /** No message of a term leaves before that term, and the vote in it, are on disk; no entry is vouched for before it is. */
  #send(node: TestNode, to: MemberKey, message: Message): void {
    const { hardState, durable } = node.disk;
    const preVote = message.type === 'pre-vote' || (message.type === 'pre-vote-reply' && message.granted);
    if (preVote) return;
    const said = `${node.name} sends a ${message.type} of term ${message.term}`;
    must(hardState.term >= message.term, `${said}, on its disk is term ${hardState.term}`);
    if (hardState.term > message.term) return;
    if (message.type === 'vote')
      must(hardState.vote === node.key, `${said}, on its disk it votes ${hardState.vote}`);
    if (message.type === 'vote-reply' && message.granted) {
      must(hardState.vote === to, `${said} for ${to}, on its disk it votes ${hardState.vote}`);
      this.#votesFor(to, message.term).set(node.key, !message.doubtful);
    }
    if (message.type === 'append-reply' || message.type === 'heartbeat-reply') {
      must(message.match <= durable.length, `${said}: ${message.match}, on its disk are ${durable.length}`);
      const holder = this.#nodes.get(to.slice(0, to.indexOf('@')));
      // Its log in that term, whether it still leads or not.
      if (
        holder?.alive !== true ||
        holder.engine.role !== 'leader' ||
        holder.engine.view.term !== message.term
      )
        return;
      const { match } = message;
      const term = durable[match - 1]?.term ?? 0;
      const pruned = match < holder.engine.base.index;
      must(
        (pruned ? (this.committed[match - 1]?.term ?? 0) : holder.engine.termAt(match)) === term,
        `${said}: at ${message.match} it holds another entry`,
      );
    }
  }

  #commit(node: TestNode, index: number): void {
    must(index > node.committed, `${node.name} goes back to commit ${index} from ${node.committed}`);
    for (let i = node.committed + 1; i <= index; i++) {
      const entry = node.disk.durable[i - 1];
      must(entry !== undefined, `${node.name} commits ${i}, which is not on its disk`);
      const known = this.committed[i - 1];
      if (known !== undefined) {
        must(
          known.term === entry.term,
          `${i} was committed of term ${known.term}, at ${node.name} of ${entry.term}`,
        );
        continue;
      }
      // What follows it, up to the index, is on the same disks.
      const counted = node.disk.durable[index - 1] ?? entry;
      const held =
        this.#inForce !== null && majorityOfEach(this.#inForce, (key) => this.#holds(key, counted));
      must(held, `${node.name} commits ${i}.${entry.term}, which no majority has on disk`);
      this.committed.push(entry);
      this.#committedIn.push(node.engine.view.term);
    }
  }

  /** What a leader has just added to its log: carried out, so that the log is what it is now. */
  written(node: TestNode, write: Write): void {
    if (node.engine.role !== 'leader' || write.type === 'reset') return;
    for (const entry of write.entries) {
      const own = entry.term === node.engine.view.term && entry.index > 1;
      if (own && configurationOf(entry) !== null) checkChange(node, entry, (key, of) => this.#holds(key, of));
    }
  }

  #votesFor(candidate: MemberKey, term: number): Map<MemberKey, boolean> {
    const name = `${candidate} ${term}`;
    const votes = this.#votes.get(name) ?? new Map<MemberKey, boolean>();
    this.#votes.set(name, votes);
    return votes;
  }

  #holds(key: MemberKey, entry: Entry): boolean {
    for (const node of this.#nodes.values()) {
      if (node.key === key) return node.disk.durable[entry.index - 1]?.term === entry.term;
    }
    return false;
  }

  #leads(node: TestNode, term: number): void {
    const other = this.#leaders.get(term);
    must(other === undefined || other === node.key, `${other} and ${node.key} lead term ${term}`);
    this.#leaders.set(term, node.key);
    const { configuration } = node.engine.view;
    const voters = [...configuration.voters, ...configuration.outgoing].map(keyOf);
    must(wasVoter(node), `${node.key} leads and is no voter`);
    const votes = this.#votesFor(node.key, term);
    votes.set(node.key, !node.disk.hardState.doubt);
    const won = majorityOfEach(configuration, (key) => votes.get(key) === true);
    const byAll = voters.every((key) => votes.has(key));
    must(
      won || byAll,
      `${node.key} leads term ${term} with the votes of ${[...votes.keys()].join(', ')} alone`,
    );
    for (const entry of this.committed.slice(node.engine.base.index)) {
      // Raft §5.4.3. A leader of an older term may come to lead when a younger one has committed already.
      if ((this.#committedIn[entry.index - 1] ?? 0) >= term) continue;
      const here = node.engine.termAt(entry.index);
      must(
        here === entry.term,
        `${node.name} leads term ${term} without ${entry.index}.${entry.term}: it has ${here}`,
      );
    }
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]));
}
