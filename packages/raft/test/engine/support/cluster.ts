import type { Configuration, Entry, Index, MemberKey } from '@smalti/core';
import type { EngineOptions } from '../../../src/engine/core.ts';
import type { Effect, Input } from '../../../src/engine/io.ts';
import type { ChangeRefusal, MemberChange } from '../../../src/engine/membership.ts';
import type { Message } from '../../../src/engine/messages.ts';
import { Checker } from './checker.ts';
import { Fetcher } from './fetcher.ts';
import {
  anchorAt,
  command,
  configuration,
  deepFreeze,
  hardState,
  key,
  logOf,
  nameOf,
  namesOf,
  optionsOf,
  TIMING,
} from './members.ts';
import { TestDisk, type Write } from './test-disk.ts';
import { type EngineMaker, realEngine, TestNode } from './test-node.ts';
import { Timeline } from './timeline.ts';

export interface ClusterOptions {
  readonly size?: number;
  /** Who votes and who learns by entry 1, if it is not everybody who votes. */
  readonly genesis?: Configuration;
  readonly seed?: number;
  /** The terms of the commands after entry 1, for each node that has some; all its hard state follows from it. */
  readonly logs?: Readonly<Record<string, readonly number[]>>;
  readonly engine?: EngineMaker;
  readonly tune?: Partial<EngineOptions>;
}

/** What becomes of a message: the times of its arrivals from now; none if it is lost. */
export type Fate = (from: string, to: string, message: Message) => readonly number[];

const LATENCY_MS = 1;

/**
 * A network of engines in virtual time. Time moves only in `run` and what calls it. Everything an engine asks for
 * goes through the {@link Checker} first.
 */
export class Cluster {
  now = 0;
  readonly nodes = new Map<string, TestNode>();
  readonly checker: Checker;
  fate: Fate = () => [LATENCY_MS];
  /** Whether sessions get anywhere. */
  fetches = true;
  /** How long a session waits between two attempts. */
  fetchEvery: () => number = () => 3;
  /** Added to the time to make the wall clock of a node. */
  wallOf: (name: string) => number = () => 1_000_000;
  /** Every message that left, in order. */
  readonly sent: { at: number; from: string; to: string; message: Message }[] = [];
  readonly #timeline = new Timeline();
  readonly #cuts = new Set<string>();
  /** Counts the bonds of a pair: what was sent on an older one does not arrive. */
  readonly #bonds = new Map<string, number>();

  constructor(options: ClusterOptions = {}) {
    const names = namesOf(options.size ?? 3);
    const voters = options.genesis ?? configuration(names);
    for (const [i, name] of names.entries()) {
      const entries = logOf(voters, options.logs?.[name] ?? []);
      const disk = new TestDisk(hardState(entries.at(-1)?.term ?? 1, null, 1), entries);
      const seed = (options.seed ?? 1) * 1000 + i;
      const tuned = (self: MemberKey, boot: number): EngineOptions =>
        optionsOf(self, seed + boot * 101, options.tune);
      this.nodes.set(name, new TestNode(name, disk, tuned, options.engine ?? realEngine));
    }
    this.checker = new Checker(this.nodes);
    for (const [i, a] of names.entries()) for (const b of names.slice(i + 1)) this.bond(a, b);
  }

  node(name: string): TestNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  get up(): TestNode[] {
    return [...this.nodes.values()].filter((node) => node.alive && !node.paused);
  }

  /** The leader of the highest term, if there is one. */
  get leader(): TestNode | undefined {
    const leaders = this.up.filter((node) => node.engine.role === 'leader');
    return leaders.sort((a, b) => b.engine.view.term - a.engine.view.term)[0];
  }

  /** Lets time pass. */
  run(ms: number): void {
    const until = this.now + ms;
    while (this.step(until)) {}
    this.now = until;
  }

  /** The next thing happens: something arrives, a write completes, or a timer fires. False if nothing does until then. */
  step(until: number): boolean {
    const due = this.#nextDue();
    const at = Math.min(this.#timeline.nextAt, due?.at ?? Number.POSITIVE_INFINITY);
    if (at > until) return false;
    this.now = Math.max(this.now, at);
    if (due !== null && due.at <= this.#timeline.nextAt) this.#tick(due.node);
    else this.#timeline.runNext();
    return true;
  }

  /** Lets time pass until that holds, at most so long. */
  runUntil(holds: () => boolean, atMostMs = 20 * TIMING.electionMaxMs): void {
    const until = this.now + atMostMs;
    while (!holds()) {
      if (this.now >= until) throw new Error(`still not so after ${atMostMs} ms`);
      this.run(1);
    }
  }

  /**
   * Makes that node campaign first: everybody else has waited so long that it would campaign in a moment, and its
   * clock stands still until the outcome is known. Does not ask what the outcome is.
   */
  campaign(name: string): void {
    const others = this.up.filter((node) => node.name !== name && node.engine.role !== 'leader');
    for (const other of others) {
      other.offset += Math.max(0, other.engine.nextDeadline() - 0.5 - this.clockOf(other));
      other.frozenAt = this.clockOf(other);
    }
    const node = this.node(name);
    node.offset += Math.max(0, node.engine.nextDeadline() - this.clockOf(node));
    this.run(0);
    this.run(12);
    for (const other of others) this.#thaw(other);
  }

  /** Makes that node the leader, and lets the first entry of its term be committed. */
  elect(name: string): TestNode {
    this.campaign(name);
    const node = this.node(name);
    if (node.engine.role !== 'leader') throw new Error(`${name} is ${node.engine.role}, not leader`);
    return node;
  }

  clockOf(node: TestNode): number {
    node.clock = node.frozenAt ?? Math.max(node.clock, this.now + node.offset);
    return node.clock;
  }

  propose(name: string, ...texts: readonly string[]): readonly Entry[] {
    const node = this.node(name);
    const before = node.proposed.length;
    this.input(node, { type: 'propose', drafts: texts.map(command) });
    this.input(node, { type: 'turn-end' });
    return node.proposed.slice(before);
  }

  /** Asks for a strong read; its id is unique in this life of the process. */
  read(name: string): number {
    const node = this.node(name);
    node.reads += 1;
    this.input(node, { type: 'read', id: node.reads });
    this.input(node, { type: 'turn-end' });
    return node.reads;
  }

  /** Asks a node for a change of the members. Why it is refused, or the entry that brings it. */
  change(name: string, changes: readonly MemberChange[], force = false): ChangeRefusal | number {
    const effects = this.input(this.node(name), { type: 'change', changes, force });
    this.input(this.node(name), { type: 'turn-end' });
    const answer = effects.find((effect) => effect.type === 'change-answer');
    if (answer === undefined) throw new Error('a change has no answer');
    return answer.answer;
  }

  /** Asks a node to hand leadership over. Why it does not, or null. */
  transfer(name: string, to: string | null): string | null {
    const effects = this.input(this.node(name), { type: 'transfer', to });
    this.input(this.node(name), { type: 'turn-end' });
    const answer = effects.find((effect) => effect.type === 'transfer-answer');
    if (answer === undefined) throw new Error('a transfer has no answer');
    return answer.refusal;
  }

  tell(to: string, from: string, message: Message): void {
    this.input(this.node(to), { type: 'message', from: key(from), message: deepFreeze(message) });
    this.input(this.node(to), { type: 'turn-end' });
  }

  /** Hands an engine one input and does what it wants. Returns the effects. */
  input(node: TestNode, input: Input): readonly Effect[] {
    const now = this.clockOf(node);
    this.checker.beforeStep(node, input);
    const wall = now + this.wallOf(node.name);
    const effects = deepFreeze(node.engine.step(now, wall, deepFreeze(input)));
    node.recording.steps.push({ now, wall, input, effects, deadline: node.engine.nextDeadline() });
    for (const effect of effects) this.#carryOut(node, effect);
    this.checker.afterStep(node);
    return effects;
  }

  bond(a: string, b: string): void {
    const [one, two] = [this.node(a), this.node(b)];
    this.unbond(a, b);
    if (!one.alive || !two.alive) return;
    this.#bonds.set(pair(a, b), (this.#bonds.get(pair(a, b)) ?? 0) + 1);
    for (const [node, peer] of [
      [one, two],
      [two, one],
    ] as const) {
      const boot = `${peer.boot}`;
      this.#happen(node, () => this.input(node, { type: 'bonded', peer: peer.key, boot }));
    }
  }

  unbond(a: string, b: string): void {
    this.#bonds.set(pair(a, b), (this.#bonds.get(pair(a, b)) ?? 0) + 1);
    for (const [node, peer] of [
      [this.node(a), this.node(b)],
      [this.node(b), this.node(a)],
    ] as const) {
      this.#happen(node, () => this.input(node, { type: 'unbonded', peer: peer.key }));
    }
  }

  /** What is sent from here to there is lost, silently. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from}>${to}`);
  }

  /** Nobody of one part hears anybody of another. */
  partition(...parts: readonly (readonly string[])[]): void {
    this.heal();
    for (const part of parts) {
      for (const other of parts) {
        if (part !== other) for (const from of part) for (const to of other) this.cut(from, to);
      }
    }
  }

  /** The others, for a partition in two. */
  isolate(name: string): void {
    this.partition(
      [name],
      [...this.nodes.keys()].filter((other) => other !== name),
    );
  }

  heal(): void {
    this.#cuts.clear();
  }

  crash(name: string, landed = 0): void {
    const node = this.node(name);
    node.alive = false;
    node.paused = false;
    node.waiting.length = 0;
    node.disk.crash(landed);
    for (const other of this.nodes.keys()) if (other !== name) this.unbond(name, other);
  }

  restart(name: string): void {
    const node = this.node(name);
    if (node.alive) this.crash(name);
    node.frozenAt = null;
    node.restart();
    this.#announce(node);
    for (const other of this.nodes.keys()) if (other !== name) this.bond(name, other);
  }

  pause(name: string): void {
    this.node(name).paused = true;
  }

  /** The process goes on; what has come meanwhile is handed over after `first`. */
  resume(name: string, first: () => void = () => undefined): void {
    const node = this.node(name);
    node.paused = false;
    first();
    for (const happen of node.waiting.splice(0)) happen();
  }

  /** The state up to there is whole in that node's store, and the group has agreed on it. */
  checkpoint(name: string, index: number): void {
    const node = this.node(name);
    node.disk.anchor = anchorAt(index, this.checker.committed[index - 1]?.term ?? 0);
    this.#announce(node);
  }

  /** Prunes a log, as far as its engine lets it. */
  prune(name: string, through: number): void {
    const node = this.node(name);
    this.input(node, { type: 'prune', through: through as Index });
    node.disk.prune(node.engine.base.index);
  }

  /** The state of a node is found damaged. Why it cannot be repaired now, or null. */
  repair(name: string): string | null {
    const node = this.node(name);
    const { anchor } = node.disk;
    if (anchor === null) throw new Error(`${name} has no checkpoint`);
    const effects = this.input(node, { type: 'repair', anchor });
    this.input(node, { type: 'turn-end' });
    const answer = effects.find((effect) => effect.type === 'session-answer');
    if (answer === undefined) throw new Error('a repair has no answer');
    return answer.refusal;
  }

  #announce(node: TestNode): void {
    const { anchor } = node.disk;
    if (anchor === null) return;
    this.input(node, { type: 'anchor', anchor });
    this.input(node, { type: 'turn-end' });
  }

  /** The oldest write of that node completes now. */
  flush(name: string, writes = 1): void {
    for (let i = 0; i < writes; i++) {
      const node = this.node(name);
      const write = node.disk.completeFirst();
      this.#happen(node, () => {
        this.#settled(node, { type: 'persisted', seq: write.seq });
        if (write.type === 'reset') this.#announce(node);
      });
    }
  }

  /** Completions come by themselves again, those that were held back at once. */
  release(name: string): void {
    const node = this.node(name);
    node.disk.held = false;
    while (node.disk.pending.length > 0) this.#complete(node);
  }

  spaceBack(name: string): void {
    const node = this.node(name);
    node.disk.full = false;
    this.#happen(node, () => this.#settled(node, { type: 'space-back' }));
  }

  #carryOut(node: TestNode, effect: Effect): void {
    this.checker.effect(node, effect);
    switch (effect.type) {
      case 'persist':
        this.#write(node, effect);
        return;
      case 'reset':
        this.#write(node, { ...effect, prefix: this.checker.committed.slice(0, effect.cursor.index) });
        return;
      case 'send':
        this.#send(node, effect.to, effect.message);
        return;
      case 'commit':
        node.committed = effect.index;
        return;
      case 'proposed':
        node.proposed.push(...effect.entries);
        return;
      case 'refused':
        node.refused += 1;
        return;
      case 'read-ready':
        node.ready.set(effect.id, effect);
        return;
      case 'read-failed':
        node.failed.add(effect.id);
        return;
      case 'read-log': {
        const { ticket, first, last, maxBytes } = effect;
        this.#later(node, 1, () => {
          const entries = node.disk.read(first, last, maxBytes);
          this.#settled(node, { type: 'log-read', ticket, entries });
        });
        return;
      }
      case 'session-opened': {
        const sources = (): TestNode[] =>
          this.up.filter((other) => other !== node && !this.#cuts.has(`${other.name}>${node.name}`));
        const input = (what: Input): readonly Effect[] => {
          const effects = this.input(node, what);
          this.input(node, { type: 'turn-end' });
          return effects;
        };
        const { committed } = this.checker;
        const fetcher = new Fetcher({ node, sources, input, committed }, effect.epoch);
        node.fetchers.push(fetcher);
        this.#fetch(node, fetcher);
        return;
      }
      case 'note':
        node.notes.push(effect.text);
        return;
      default:
    }
  }

  #fetch(node: TestNode, fetcher: Fetcher): void {
    if (!this.fetches) return;
    this.#later(node, this.fetchEvery(), () => {
      if (fetcher.step()) this.#fetch(node, fetcher);
    });
  }

  #write(node: TestNode, write: Write): void {
    node.disk.pending.push(write);
    this.checker.written(node, write);
    if (node.disk.held) return;
    this.#later(node, node.disk.delayMs, () => {
      if (!node.disk.held && node.disk.pending.some((pending) => pending.seq === write.seq))
        this.#complete(node);
    });
  }

  #complete(node: TestNode): void {
    if (!node.disk.full) this.flush(node.name);
    else this.#settled(node, { type: 'disk-full', ...node.disk.refuseAll() });
  }

  #settled(node: TestNode, input: Input): void {
    this.input(node, input);
    this.input(node, { type: 'turn-end' });
  }

  #send(node: TestNode, to: MemberKey, message: Message): void {
    const name = nameOf(to);
    this.sent.push({ at: this.now, from: node.name, to: name, message });
    const target = this.nodes.get(name);
    const link = pair(node.name, name);
    const bond = this.#bonds.get(link);
    if (target === undefined || target.key !== to || !target.alive) return;
    for (const delay of this.fate(node.name, name, message)) {
      this.#timeline.plan(this.now + delay, () => {
        if (this.#bonds.get(link) !== bond || this.#cuts.has(`${node.name}>${name}`)) return;
        this.#happen(target, () => this.#settled(target, { type: 'message', from: node.key, message }));
      });
    }
  }

  /** Later in this life of the process. */
  #later(node: TestNode, ms: number, run: () => void): void {
    const { boot } = node;
    this.#timeline.plan(this.now + ms, () => {
      if (node.boot === boot) this.#happen(node, run);
    });
  }

  #happen(node: TestNode, run: () => void): void {
    if (!node.alive) return;
    if (node.paused) node.waiting.push(run);
    else run();
  }

  #nextDue(): { node: TestNode; at: number } | null {
    let next: { node: TestNode; at: number } | null = null;
    for (const node of this.up) {
      if (node.frozenAt !== null) continue;
      const at = this.now + Math.max(0, node.engine.nextDeadline() - this.clockOf(node));
      if (next === null || at < next.at) next = { node, at };
    }
    return next;
  }

  #tick(node: TestNode): void {
    const deadline = node.engine.nextDeadline();
    // Exactly then: a shell with an exact clock does the same.
    node.clock = Math.max(this.clockOf(node), deadline);
    this.#settled(node, { type: 'tick' });
    if (node.engine.nextDeadline() <= deadline)
      throw new Error(`${node.name} is due at ${deadline} for ever`);
  }

  #thaw(node: TestNode): void {
    if (node.frozenAt === null) return;
    node.offset = node.frozenAt - this.now;
    node.frozenAt = null;
  }
}

function pair(a: string, b: string): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}
