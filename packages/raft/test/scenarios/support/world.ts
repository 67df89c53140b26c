import type { Entry, MemberKey } from '@smalti/core';
import type { EngineOptions } from '../../../src/engine/core.ts';
import type { Effect, Input } from '../../../src/engine/io.ts';
import { configurationOf } from '../../../src/engine/log.ts';
import type { Message } from '../../../src/engine/messages.ts';
import { Checker } from '../../engine/support/checker.ts';
import {
  configuration,
  deepFreeze,
  hardState,
  logOf,
  nameOf,
  optionsOf,
} from '../../engine/support/members.ts';
import { TestDisk } from '../../engine/support/test-disk.ts';
import { realEngine, TestNode } from '../../engine/support/test-node.ts';
import {
  effect as describeEffect,
  message as describeMessage,
  reset as describeReset,
  write as describeWrite,
} from './describe.ts';
import { Links } from './links.ts';
import { Trace } from './trace.ts';

export interface WorldOptions {
  /** The voters. */
  readonly names: readonly string[];
  readonly learners: readonly string[];
  /** Nodes that have entry 1, and that nobody has named. */
  readonly strangers: readonly string[];
  /** The terms of the commands after entry 1, for each node that has some. */
  readonly logs: ReadonlyMap<string, readonly number[]>;
  /** The term each node is in, if it is not that of the end of its log. */
  readonly terms: ReadonlyMap<string, number>;
  /** Disks complete each write at once. */
  readonly quick: boolean;
  readonly tune: Partial<EngineOptions>;
}

type ReadLog = Extract<Effect, { type: 'read-log' }>;

const WALL = 1_000_000;
const MANY_ROUNDS = 100;

/**
 * Engines of which nothing moves unless a script says so: every message waits to be delivered, every write to be
 * completed, and every node has a clock of its own. Everything they want goes through the {@link Checker} first.
 */
export class World {
  readonly trace = new Trace();
  readonly nodes = new Map<string, TestNode>();
  readonly links = new Links();
  readonly #quick = new Set<TestNode>();
  readonly #reading = new Map<TestNode, ReadLog[]>();
  readonly #checker: Checker;

  constructor(options: WorldOptions) {
    const voters = configuration(options.names, options.learners);
    const names = [...options.names, ...options.learners, ...options.strangers];
    for (const [i, name] of names.entries()) {
      const log = logOf(voters, options.logs.get(name) ?? []);
      const term = options.terms.get(name) ?? log.at(-1)?.term ?? 1;
      const disk = new TestDisk(hardState(term, null, 1), log);
      const tuned = (self: MemberKey, boot: number): EngineOptions =>
        optionsOf(self, i + boot * 101, options.tune);
      const node = new TestNode(name, disk, tuned, realEngine);
      this.nodes.set(name, node);
      if (options.quick) this.#quick.add(node);
    }
    this.#checker = new Checker(this.nodes);
    for (const a of names) for (const b of names) if (a < b) this.bond(a, b);
  }

  node(name: string): TestNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  alive(name: string): TestNode {
    const node = this.node(name);
    if (!node.alive) throw new Error(`${name} is down`);
    return node;
  }

  /** What a checkpoint at that entry says of the log. */
  stateAt(index: number): { readonly configuration: Entry; readonly stamp: number } {
    const prefix = this.#checker.committed.slice(0, index);
    const configuration = prefix.findLast((entry) => configurationOf(entry) !== null);
    if (configuration === undefined) throw new Error(`nothing is committed up to ${index}`);
    return { configuration, stamp: prefix.at(-1)?.stamp ?? 0 };
  }

  /** One input, the end of its turn, and what a quick disk makes of it. Returns the effects of the input itself. */
  give(node: TestNode, input: Input): readonly Effect[] {
    const effects = this.#step(node, input);
    this.#step(node, { type: 'turn-end' });
    if (this.#quick.has(node)) while (node.disk.pending.length > 0) this.#settle(node);
    return effects;
  }

  /** Time passes at that node alone, and each of its deadlines is met. */
  tick(node: TestNode, ms: number): void {
    const until = node.clock + ms;
    while (node.engine.nextDeadline() <= until) this.tickOnce(node);
    node.clock = until;
  }

  /** Time passes up to that node's next deadline. */
  tickOnce(node: TestNode): void {
    const deadline = node.engine.nextDeadline();
    node.clock = Math.max(node.clock, deadline);
    this.trace.under(`${node.name} at ${Math.round(node.clock)} ms`, () => this.give(node, { type: 'tick' }));
    if (node.engine.nextDeadline() <= deadline) throw new Error(`${node.name} is due for ever`);
  }

  deliver(from: string, to: string, message: Message): void {
    this.links.take(from, to, message);
    const node = this.alive(to);
    this.trace.under(`${to} hears ${from}: ${describeMessage(message)}`, () => {
      this.give(node, { type: 'message', from: this.node(from).key, message: deepFreeze(message) });
    });
  }

  drop(from: string, to: string, message: Message): void {
    this.links.take(from, to, message);
    this.trace.say(`lost: ${from} -> ${to} ${describeMessage(message)}`);
  }

  /** The oldest write completes, or is refused. */
  persist(node: TestNode): void {
    const [write] = node.disk.pending;
    if (write === undefined) throw new Error(`${node.name} writes nothing`);
    const outcome = node.disk.full ? `the disk of ${node.name} has no room for` : `${node.name} has on disk`;
    const all = write.type === 'reset' ? describeReset(write) : describeWrite(write);
    const what = node.disk.full ? `#${write.seq} and all after it` : all;
    this.trace.under(`${outcome} ${what}`, () => this.#settle(node));
  }

  #settle(node: TestNode): void {
    const { disk } = node;
    const input: Input = disk.full
      ? { type: 'disk-full', ...disk.refuseAll() }
      : { type: 'persisted', seq: disk.completeFirst().seq };
    this.#step(node, input);
    this.#step(node, { type: 'turn-end' });
  }

  quick(node: TestNode, quick: boolean): void {
    if (!quick) this.#quick.delete(node);
    else {
      this.#quick.add(node);
      while (node.disk.pending.length > 0) this.persist(node);
    }
  }

  /** Answers the oldest read of old entries. */
  serve(node: TestNode): void {
    const read = this.#reading.get(node)?.shift();
    if (read === undefined) throw new Error(`${node.name} asks its disk for nothing`);
    const { ticket, first, last, maxBytes } = read;
    const entries = node.disk.read(first, last, maxBytes);
    this.trace.under(`${node.name} has read ${first}..${entries.at(-1)?.index ?? first}`, () =>
      this.give(node, { type: 'log-read', ticket, entries }),
    );
  }

  /** Writes complete and messages arrive, among these, until nothing is left. No time passes. */
  stabilize(names: readonly string[]): void {
    for (let round = 0; this.#round(names); round++) {
      if (round > MANY_ROUNDS) throw new Error('it does not come to rest');
    }
  }

  #round(names: readonly string[]): boolean {
    let moved = false;
    for (const name of names) {
      const node = this.node(name);
      for (let writes = node.disk.pending.length; writes > 0 && node.disk.pending.length > 0; writes--) {
        this.persist(node);
        moved = true;
      }
      for (; (this.#reading.get(node)?.length ?? 0) > 0; moved = true) this.serve(node);
    }
    for (const from of names) {
      for (const to of names) {
        for (const message of [...this.links.waiting(from, to)]) {
          this.deliver(from, to, message);
          moved = true;
        }
      }
    }
    return moved;
  }

  bond(a: string, b: string): void {
    const [one, two] = [this.alive(a), this.alive(b)];
    this.unbond(a, b);
    this.links.bond(a, b);
    this.give(one, { type: 'bonded', peer: two.key, boot: `${two.boot}` });
    this.give(two, { type: 'bonded', peer: one.key, boot: `${one.boot}` });
  }

  /** What is under way is lost. */
  unbond(a: string, b: string): void {
    const [one, two] = [this.node(a), this.node(b)];
    if (!this.links.unbond(a, b)) return;
    if (one.alive) this.give(one, { type: 'unbonded', peer: two.key });
    if (two.alive) this.give(two, { type: 'unbonded', peer: one.key });
  }

  /** So many of the writes under way had reached the disk, though nobody was told. */
  crash(node: TestNode, landed: number): void {
    node.alive = false;
    node.disk.crash(landed);
    this.#reading.delete(node);
    for (const other of this.nodes.keys()) this.unbond(node.name, other);
  }

  restart(node: TestNode): void {
    node.restart();
    const { anchor } = node.disk;
    if (anchor !== null) this.give(node, { type: 'anchor', anchor });
    for (const other of this.nodes.values())
      if (other !== node && other.alive) this.bond(node.name, other.name);
  }

  #step(node: TestNode, input: Input): readonly Effect[] {
    this.#checker.beforeStep(node, input);
    const effects = deepFreeze(node.engine.step(node.clock, node.clock + WALL, deepFreeze(input)));
    for (const effect of effects) this.#carryOut(node, effect);
    this.#checker.afterStep(node);
    return effects;
  }

  #carryOut(node: TestNode, effect: Effect): void {
    this.#checker.effect(node, effect);
    switch (effect.type) {
      case 'persist':
        node.disk.pending.push(effect);
        this.trace.say(`${node.name} writes ${describeWrite(effect)}`);
        return;
      case 'reset': {
        const prefix = this.#checker.committed.slice(0, effect.cursor.index);
        node.disk.pending.push({ ...effect, prefix });
        this.trace.say(`${node.name} resets ${describeReset(effect)}`);
        return;
      }
      case 'send':
        this.#send(node, effect.to, effect.message);
        return;
      case 'commit':
        node.committed = effect.index;
        break;
      case 'read-log':
        this.#reading.set(node, [...(this.#reading.get(node) ?? []), effect]);
        break;
      default:
    }
    this.trace.say(describeEffect(node.name, effect));
  }

  #send(node: TestNode, key: MemberKey, message: Message): void {
    const to = nameOf(key);
    const lost = this.links.put(node.name, to, message) ? '' : ' (lost)';
    this.trace.say(`${node.name} -> ${to} ${describeMessage(message)}${lost}`);
  }
}
