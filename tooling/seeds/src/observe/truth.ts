import {
  type Configuration,
  type Cursor,
  type Entry,
  EntryKind,
  type HardState,
  type LogWrite,
  type Manifest,
  type MemberKey,
  memberId,
  type PartName,
} from '@smalti/core';
import type { AppliedAt, KvCommand, KvResult } from '../world/kv-machine.ts';
import type { Trail } from '../world/kv-snapshot.ts';
import type { Heard } from '../world/liar.ts';
import { Checkpoints } from './checkpoints.ts';
import { type ConfigurationAt, describe, isMajority } from './configurations.ts';
import { type Lease, Leases } from './leases.ts';
import { marksIn } from './marks.ts';
import { type LogNow, Mirror } from './mirror.ts';
import { lastOf, type Place, Skips } from './skips.ts';
import type { Sent, Told, Watch, WatchMaker } from './watch.ts';

const SKIPPED = 'what is skipped was applied by nobody';

/** An invariant that did not hold. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly at: number;
}

/**
 * What is known of a run from outside: every node's log as its store was told, what leaders have said, and what is
 * committed. Everything that is watched comes through here, in order.
 */
export class Truth {
  readonly mirrors = new Map<string, Mirror>();
  readonly leases = new Leases();
  readonly skips = new Skips({
    isCommitted: ({ index, term }) => this.committed[index] === term,
    has: (node, at) => this.mirror(node).has(at),
    keyOf: (node) => this.mirror(node).key,
  });
  readonly checkpoints = new Checkpoints((node) => this.skips.heldBy(node));
  /** The newest version of the machine that the last program of each node knows. */
  readonly programs = new Map<string, number>();
  /** Who has led each term. */
  readonly leaders = new Map<number, string>();
  /** The term of the entry at each index that anybody considers committed. */
  readonly committed: number[] = [0];
  /** By index: the highest term that anybody led when the entry was first considered committed. Never goes back. */
  readonly committedIn: number[] = [0];
  #newestTerm = 0;
  /** How far each process that runs has shown its commit index to be. */
  readonly claims = new Map<string, number>();
  /** Entries that a log lost because another leader's took their place. */
  truncations = 0;
  /** Entries about the members that leaders have written. */
  configurations = 0;
  violation: Violation | null = null;
  readonly #now: () => number;
  readonly #tell: (what: string) => void;
  readonly #watches: readonly Watch[];

  /** @param tell is told what is worth a line of a timeline. */
  constructor(
    nodes: readonly string[],
    now: () => number,
    makers: readonly WatchMaker[],
    tell: (what: string) => void,
  ) {
    this.#now = now;
    this.#tell = tell;
    for (const node of nodes) this.mirrors.set(node, new Mirror(this.committed));
    this.#watches = makers.map((make) => make(this));
  }

  get nodes(): readonly string[] {
    return [...this.mirrors.keys()];
  }

  get now(): number {
    return this.#now();
  }

  mirror(node: string): Mirror {
    const mirror = this.mirrors.get(node);
    if (mirror === undefined) throw new Error(`no node ${node}`);
    return mirror;
  }

  /** The last index that is committed. */
  get end(): number {
    return this.committed.length - 1;
  }

  /** True if more than half of its voters have that entry on disk, or had until it was lost; of both in a joint one. */
  isOnMajority(of: Configuration | null, index: number, term: number): boolean {
    const holds = (key: MemberKey): boolean => this.mirrors.get(memberId(key))?.heldBy(key, index) === term;
    return of !== null && isMajority(of, holds);
  }

  /**
   * True if a log that has that entry says, as of it or later, that those who have it are a majority. Its leader may have
   * committed it by a configuration that came later, and that others do not have yet.
   */
  mayBeCommitted(index: number, term: number): boolean {
    return [...this.mirrors.values()].some(
      (mirror) =>
        mirror.terms[index] === term &&
        mirror.configurationsSince(index).some((of) => this.isOnMajority(of, index, term)),
    );
  }

  /** Everything that may be in force: the newest configuration that is committed, and whatever a log has after it. */
  get inForce(): readonly ConfigurationAt[] {
    const all = [...this.mirrors.values()].flatMap(({ configurations }) => configurations);
    const agreed = all.filter(({ index, term }) => this.committed[index] === term);
    const since = Math.max(0, ...agreed.map(({ index }) => index));
    const found = new Map<string, ConfigurationAt>();
    for (const at of all) {
      if (at.index < since || (at.index === since && this.committed[since] !== at.term)) continue;
      found.set(`${at.index} ${at.term}`, at);
    }
    return [...found.values()];
  }

  /** True if that node leads, as far as it knows. */
  isLeader(node: string): boolean {
    return this.leaders.get(this.mirror(node).hard.term) === node;
  }

  /** The first violation of a run is the one that counts. */
  violate(invariant: string, what: string): void {
    if (this.violation !== null) return;
    this.violation = { invariant, what, at: this.now };
    this.#tell(`violated: ${invariant}`);
  }

  opened(node: string, opened: LogNow): void {
    for (const watch of this.#watches) watch.opening?.(node, opened);
    this.mirror(node).recovered(opened);
  }

  wrote(node: string, write: LogWrite): void {
    const mirror = this.mirror(node);
    const before = mirror.last;
    if (write.truncateFrom !== undefined && write.truncateFrom <= before) {
      this.truncations += 1;
      this.#tell(`${node} cuts its log from ${write.truncateFrom}, it ended at ${before}`);
    }
    const cutTerm = write.truncateFrom === undefined ? undefined : mirror.terms[write.truncateFrom];
    mirror.submitted(write);
    this.#noteLeader(node, write);
    this.#noteSkips(node, write);
    for (const watch of this.#watches) watch.wrote?.(node, write, before, cutTerm);
  }

  /** Entries up to that one are removed from the beginning of its log. */
  prunes(node: string, through: number): void {
    const mirror = this.mirror(node);
    for (const watch of this.#watches) watch.pruning?.(node, through);
    this.checkpoints.counts.pruned += Math.max(0, through - mirror.base.index);
    mirror.base = { index: through, term: mirror.terms[through] ?? 0 } as Cursor;
  }

  /** Its log begins after that entry from now on. @param now what the store says of the log. */
  resets(node: string, to: Cursor, now: LogNow): void {
    const mirror = this.mirror(node);
    const reset = { to, had: mirror.has(to), before: mirror.last, after: now.last };
    mirror.reset(now);
    this.#tell(`${node} begins its log after ${to.index}, and it ends at ${now.last}`);
    for (const watch of this.#watches) watch.reset?.(node, reset);
  }

  resetCompleted(node: string, to: Cursor, hard: HardState): void {
    this.mirror(node).resetCompleted(to, hard);
    this.checkpoints.installed(node);
  }

  keeps(node: string, manifest: Manifest): void {
    const { checkpoints } = this;
    checkpoints.kept(node, manifest);
    const { anchor, root, agreed } = manifest;
    this.#tell(
      `${node} has ${agreed ? 'the agreed' : 'a'} checkpoint ${root.slice(0, 6)} at ${anchor.index}`,
    );
    const doubtful = agreed ? checkpoints.doubtful.get(root) : undefined;
    if (doubtful !== undefined) this.#rely(node, doubtful);
    for (const watch of this.#watches) watch.kept?.(node, manifest);
  }

  drops(node: string, anchor: Cursor): void {
    for (const watch of this.#watches) watch.dropping?.(node, anchor);
    this.checkpoints.dropped(node, anchor);
  }

  restored(node: string, values: Iterable<[string, string]>, trail: Trail): void {
    this.checkpoints.restored(node);
    this.skips.restored(node);
    this.#tell(`${node} has the state of a checkpoint, after ${trail.last}`);
    for (const watch of this.#watches) watch.restored?.(node, values, trail);
  }

  /** Entries of a term are its leader's. One that has nobody to send them to writes them all the same. */
  #noteLeader(node: string, { entries = [] }: LogWrite): void {
    const { hard, configurations } = this.mirror(node);
    for (const { index, term, kind } of entries) {
      if (kind === EntryKind.genesis) continue;
      if (term === hard.term) this.#leads(node, term);
      if (kind !== EntryKind.configuration || term !== hard.term || this.leaders.get(term) !== node) continue;
      this.configurations += 1;
      const at = configurations.find((each) => each.index === index);
      if (at !== undefined)
        this.#tell(`${node} writes of the members, ${index}: ${describe(at.configuration)}`);
    }
    for (const { index, term, outcome } of marksIn(entries)) {
      if (term !== hard.term || this.leaders.get(term) !== node) continue;
      this.checkpoints.counts[outcome?.verdict ?? 'markers'] += 1;
      if (outcome?.verdict === 'agreed') this.checkpoints.agreedAt = this.now;
      const what = outcome === null ? 'marker' : `${outcome.verdict}, ${outcome.marker}:`;
      this.#tell(`${node} writes of checkpoints, ${what} ${index}`);
    }
  }

  #noteSkips(node: string, { entries = [] }: LogWrite): void {
    for (const { at, entry } of this.skips.wrote(entries)) {
      if (at.term === this.mirror(node).hard.term && this.isLeader(node))
        this.#tell(`${node} writes that ${entry.index} is skipped: ${at.index}`);
    }
  }

  #leads(node: string, term: number): void {
    if (this.leaders.has(term)) return;
    this.leaders.set(term, node);
    this.#newestTerm = Math.max(this.#newestTerm, term);
    this.#tell(`${node} leads term ${term}`);
  }

  persisted(node: string, write: LogWrite): void {
    this.mirror(node).completed(write);
    for (const watch of this.#watches) watch.persisted?.(node, write);
  }

  sent(message: Sent): void {
    const { from, body } = message;
    const { type } = body;
    const leads = type === 'append' || type === 'heartbeat' || type === 'catch-up';
    if (leads) this.#leads(from, body.term);
    for (const watch of this.#watches) watch.sent?.(message);
    if (type === 'append') this.claim(from, body.commit);
    if (type === 'heartbeat' || type === 'catch-up') this.claim(from, body.leaderCommit);
  }

  /** A node shows that it considers everything up to there committed. */
  claim(node: string, index: number): void {
    if (index <= (this.claims.get(node) ?? 0)) return;
    for (const watch of this.#watches) watch.claimed?.(node, index);
    this.claims.set(node, index);
    const { terms } = this.mirror(node);
    for (let i = this.committed.length; i <= index; i++) {
      this.committed[i] = terms[i] ?? -1;
      this.committedIn[i] = this.#newestTerm;
    }
    for (const { index: at } of this.skips.broken)
      this.violate(SKIPPED, `entry ${at} is skipped, though somebody relies on its having been applied`);
  }

  applied(node: string, at: AppliedAt, command: KvCommand, result: KvResult): void {
    const last = lastOf(at, command);
    this.claim(node, at.index);
    if (command.op === 'poison') {
      this.#tell(`${node} applies ${last.index}, which is poison`);
      this.skips.applies(node, last);
      for (const watch of this.#watches) watch.meets?.(node, last);
    }
    for (const watch of this.#watches) watch.applying?.(node, at.index);
    this.#applied(node, at, command, result);
  }

  #applied(node: string, at: AppliedAt, command: KvCommand, result: KvResult): void {
    const { skips } = this;
    const last = lastOf(at, command);
    if (skips.heldBy(node) === null && command.op === 'poison' && !skips.isReliedOn(last))
      skips.hold(node, last);
    if (skips.heldBy(node) !== null) skips.later(node, () => this.#applied(node, at, command, result));
    else for (const watch of this.#watches) watch.applied?.(node, at, command, result);
  }

  /** Somebody was given a strong answer by a process: all that it has applied has to be what all have. */
  reliesOn(node: string): void {
    for (let held = this.skips.heldBy(node); held !== null; held = this.skips.heldBy(node))
      this.#rely(node, held);
  }

  #rely(node: string, entry: Place): void {
    if (this.skips.isSkipped(entry))
      this.violate(SKIPPED, `${node} is relied on with entry ${entry.index}, which is skipped`);
    for (const tell of this.skips.reliedOn(entry)) tell();
  }

  /** The machine of a node fails at a command. */
  machineFails(node: string, at: AppliedAt, command: KvCommand): void {
    const last = lastOf(at, command);
    this.claim(node, last.index);
    this.#tell(`the machine of ${node} fails at ${last.index}`);
    this.skips.fails(node, last);
    for (const watch of this.#watches) watch.meets?.(node, last);
  }

  acknowledged(node: string, told: Told): void {
    this.reliesOn(node);
    for (const watch of this.#watches) watch.acknowledged?.(node, told);
  }

  refused(node: string, command: KvCommand): void {
    for (const watch of this.#watches) watch.refused?.(node, command);
  }

  weakly(node: string, key: string, value: string | null, index: number, ageMs: number): void {
    // The guide for operators says so: such a node may show what others skip.
    if (this.skips.heldBy(node) !== null) return;
    for (const watch of this.#watches) watch.weakly?.(node, key, value, index, ageMs);
  }

  /** A provider of the node was told something by a session of that peer. */
  heard(node: string, peer: string, { type, nonce, at, root, release = false }: Heard): void {
    if (type !== 'lease' || nonce === undefined || at === undefined || root === undefined) return;
    this.leased(node, { peer, nonce, at, root }, release);
  }

  /** The session asks that a checkpoint be kept, or says that it needs it no more. */
  leased(node: string, lease: Omit<Lease, 'until'>, release: boolean): void {
    if (release) this.leases.released(node, lease);
    else {
      const has = this.checkpoints.of(node).some(({ root }) => root === lease.root);
      this.leases.asked(node, lease, has, this.now);
    }
  }

  looked(node: string, has: (part: PartName) => boolean): void {
    for (const watch of this.#watches) watch.looked?.(node, has);
  }

  ended(node: string): void {
    this.leases.ended(node);
    this.checkpoints.ended(node);
    this.skips.ended(node);
    this.claims.delete(node);
    for (const watch of this.#watches) watch.ended?.(node);
  }
}

/** The checksum that an entry carries. */
export function checksumOf({ frame }: Entry): number {
  return ((frame[4] ?? 0) | ((frame[5] ?? 0) << 8) | ((frame[6] ?? 0) << 16) | ((frame[7] ?? 0) << 24)) >>> 0;
}
