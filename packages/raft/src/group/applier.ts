import {
  type ApplyContext,
  type Clock,
  type CommandEnvelope,
  type Cursor,
  decodeEnvelope,
  decodeResults,
  type Entry,
  EntryKind,
  encodeResults,
  type Framer,
  type GroupId,
  type Index,
  invariant,
  isKnownKind,
  isSnapshotStateMachine,
  type NetworkId,
  NO_RESULTS,
  payloadOf,
  type RejectCommand,
  type Scheduler,
  type SessionFill,
  type SessionKey,
  type SessionPlace,
  type SessionTable,
  type SessionVerdict,
  SmaltiError,
  type StateMachine,
} from '@smalti/core';
import type { AppliedState, ApplierPort } from './applier-port.ts';
import type { Loaded } from './checkpoints/load.ts';
import { applyAll } from './machine-calls.ts';
import type { Fate, Request, Requests } from './requests.ts';
import { type Part, RunAssembly } from './run-assembly.ts';
import { VersionInForce } from './versions/version-in-force.ts';
import { type Watcher, Watches } from './watches.ts';

/** Milliseconds of applying in one turn, and bytes read at once. */
const SLICE_MS = 8;
const READ_BYTES = 1024 * 1024;

/**
 * Applies committed entries, in order, each once. The count is kept here and never by the machine.
 */
export class Applier<Command, Query, Result> {
  /** Of the machine, as the applied entries made it. */
  readonly version: VersionInForce;
  readonly #machine: StateMachine<Command, Query, Result>;
  readonly #port: ApplierPort;
  readonly #requests: Requests;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #framer: Framer;
  readonly #names: { readonly group: GroupId; readonly network: NetworkId };
  #at: Cursor;
  #sessions: SessionTable;
  #target: Index;
  #busy = false;
  #stopped = false;
  readonly #runs = new RunAssembly();
  readonly #watches = new Watches();
  #paused = false;
  /** How often it was paused: what was asked before means nothing any more. */
  #pause = 0;

  constructor(
    machine: StateMachine<Command, Query, Result>,
    from: AppliedState,
    framer: Framer,
    names: { readonly group: GroupId; readonly network: NetworkId },
    requests: Requests,
    doors: { readonly clock: Clock; readonly scheduler: Scheduler },
    port: ApplierPort,
  ) {
    this.#machine = machine;
    this.version = new VersionInForce(machine);
    this.#at = from.at;
    this.#sessions = from.sessions;
    this.#target = from.at.index;
    this.#framer = framer;
    this.#names = names;
    this.#requests = requests;
    this.#clock = doors.clock;
    this.#scheduler = doors.scheduler;
    this.#port = port;
  }

  get at(): Cursor {
    return this.#at;
  }

  /** As the applied entries made it. */
  get sessions(): SessionTable {
    return this.#sessions;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Everything up to the index is committed. */
  advance(target: Index): void {
    if (target > this.#target) this.#target = target;
    if (!this.#busy) this.#slice();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** @returns how to stop waiting. */
  watch(index: Index, watcher: Watcher): () => void {
    return this.#watches.add(index, watcher);
  }

  /** Nothing more is applied until {@link resume}. */
  pause(): void {
    this.#pause += 1;
    this.#paused = true;
    this.#busy = true;
  }

  /** Applying goes on, from the state as it was, or as it was installed. */
  resume(): void {
    this.#paused = false;
    this.#resume();
  }

  /**
   * The state becomes that of a checkpoint, which may be older than what was applied: entries after it are applied
   * again. Requests whose entries were passed over end by its sessions, or as unknown. Called while applying is paused,
   * which it stays: whoever else goes on from the checkpoint has to know of it before anything after it is applied.
   */
  install({ anchor: { at }, root, sessions, machine: snapshot }: Loaded): void {
    const machine = this.#machine;
    try {
      if (this.#stopped) return;
      invariant(isSnapshotStateMachine(machine), 'a machine that was captured can be replaced');
      machine.installSnapshot(snapshot);
    } catch (error) {
      this.stop();
      this.#port.failed(error, at);
      return;
    } finally {
      snapshot.release();
    }
    this.#at = at;
    this.#sessions = sessions;
    this.version.installed(root.machine.version);
    this.#target = Math.max(this.#target, at.index) as Index;
    this.#runs.clear();
    this.#requests.skipped(at, (key, sequence) => this.#fateOf(key, sequence));
    this.#watches.installed(at);
    this.#port.applied(at);
  }

  #slice(): void {
    const began = this.#clock.now();
    while (!this.#stopped && !this.#paused && this.#at.index < this.#target) {
      const first = (this.#at.index + 1) as Index;
      const entries = this.#port.recent(first, this.#target, READ_BYTES);
      if (entries === null || entries.length === 0) {
        this.#fetch(first);
        return;
      }
      this.#applyAll(entries);
      if (this.#clock.now() - began > SLICE_MS && this.#at.index < this.#target) {
        this.#later();
        return;
      }
    }
  }

  #later(): void {
    const pause = this.#pause;
    this.#busy = true;
    this.#scheduler.nextTurn(() => {
      if (pause === this.#pause) this.#resume();
    });
  }

  #resume(): void {
    this.#busy = false;
    this.#slice();
  }

  #fetch(first: Index): void {
    const pause = this.#pause;
    this.#busy = true;
    this.#port.read(first, this.#target, READ_BYTES, (entries) => {
      if (this.#stopped || pause !== this.#pause) return;
      if (entries.length === 0) {
        this.stop();
        const text = `entry ${first} is committed, and the store does not have it`;
        this.#port.fault(new SmaltiError('STORAGE_CORRUPT', text, { details: { index: first } }));
        return;
      }
      this.#applyAll(entries);
      if (pause === this.#pause) this.#later();
    });
  }

  #applyAll(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (this.#stopped) return;
      invariant(
        entry.index === this.#at.index + 1,
        `entry ${entry.index} is applied after ${this.#at.index}`,
      );
      if (!this.#framer.verify(entry)) {
        this.stop();
        const text = `entry ${entry.index} is damaged in memory or on disk: its checksum does not hold`;
        this.#port.fault(new SmaltiError('STORAGE_CORRUPT', text, { details: { index: entry.index } }));
        return;
      }
      if (!this.#applyOne(entry)) return;
      const at = { index: entry.index, term: entry.term };
      this.#at = at;
      this.#port.passed(entry);
      if (entry.kind === EntryKind.marker || entry.kind === EntryKind.outcome) this.#port.marked(entry);
      this.#requests.passed(at);
      this.#watches.reached(at);
    }
    this.#port.applied(this.#at);
  }

  /** False if applying has to stop before this entry. */
  #applyOne(entry: Entry): boolean {
    if (entry.kind === EntryKind.command) return this.#applyEnvelope(entry);
    this.#interrupt(null, entry);
    if (entry.kind === EntryKind.sync)
      this.#port.fed(payloadOf(entry), { index: entry.index, term: entry.term });
    if (entry.kind === EntryKind.tick) return this.#applyTick(entry);
    if (entry.kind === EntryKind.version || entry.kind === EntryKind.genesis)
      return this.#applyVersion(entry);
    if (isKnownKind(entry.kind)) return true;
    const text = `entry ${entry.index} is of kind ${entry.kind}, which this version does not know: upgrade this node`;
    return this.#fail(new SmaltiError('MACHINE_FAILED', text), entry);
  }

  #applyVersion(entry: Entry): boolean {
    try {
      this.version.applied(entry);
      return true;
    } catch (error) {
      return this.#fail(error, entry);
    }
  }

  #applyTick(entry: Entry): boolean {
    try {
      this.#machine.tick?.(this.#context({ index: entry.index, term: entry.term }, entry.stamp));
      return true;
    } catch (error) {
      return this.#fail(error, entry);
    }
  }

  #applyEnvelope(entry: Entry): boolean {
    let envelope: CommandEnvelope;
    try {
      envelope = decodeEnvelope(payloadOf(entry));
    } catch (error) {
      return this.#fail(error, entry);
    }
    const part = 'of' in envelope ? envelope : null;
    this.#interrupt(part, entry);
    if (part !== null) {
      const run = this.#runs.add(part, entry);
      return run === null || this.#applyRun(run, part, entry);
    }
    if (envelope.type === 'fill') this.#fill(envelope, entry);
    else if (envelope.type === 'close') {
      this.#sessions.close(envelope.session, entry.stamp);
      this.#requests.closed(envelope.session);
    }
    return true;
  }

  /** A run that was interrupted has no effect, here as on every other replica. */
  #interrupt(part: Part | null, entry: Entry): void {
    const interrupted = this.#runs.interrupt(part, entry);
    if (interrupted === null) return;
    const { first, at } = interrupted;
    if (first.type === 'plain' && first.origin === this.#requests.origin) {
      this.#requests.interrupted(first.request, at);
    }
  }

  #fill(fill: SessionFill, entry: Entry): void {
    const verdict = this.#sessions.take(fill, entry.index, entry.stamp);
    const { session, sequence } = fill;
    if (verdict.type !== 'next' && verdict.type !== 'open') {
      this.#tell(fill, verdict);
      return;
    }
    if (verdict.type === 'next') {
      this.#sessions.answer(session, { last: entry.index, term: entry.term, bytes: NO_RESULTS });
    }
    this.#requests.settled(session, sequence, { type: 'filled' });
  }

  /** Whoever waits here for what is not applied now learns why, or what became of it before. */
  #tell(place: SessionPlace, verdict: SessionVerdict): void {
    const { session, sequence } = place;
    if (verdict.type === 'unknown') this.#requests.unknown(place);
    // Results are decoded for somebody only.
    else if (verdict.type !== 'replied' || this.#requests.find(session, sequence) !== undefined) {
      const fate = this.#fateBy(verdict);
      if (fate !== null) this.#requests.settled(session, sequence, fate);
    }
  }

  /** What became of a number, by the table alone: null if nothing has, and undefined if there is no such session. */
  #fateOf(key: SessionKey, sequence: number): Fate | null | undefined {
    const verdict = this.#sessions.look(key, sequence);
    if (verdict.type === 'unknown') return undefined;
    return verdict.type === 'out-of-order' ? null : this.#fateBy(verdict);
  }

  #fateBy(verdict: Exclude<SessionVerdict, { type: 'unknown' }>): Fate | null {
    if (verdict.type === 'next') return null;
    if (verdict.type === 'open') return { type: 'filled' };
    if (verdict.type !== 'replied') return verdict;
    const { last, term, bytes } = verdict.reply;
    const results = decodeResults(bytes, this.#machine.results);
    return results.length === 0
      ? { type: 'filled' }
      : { type: 'applied', at: { index: last, term }, results };
  }

  #applyRun(run: readonly Part[], first: Part, last: Entry): boolean {
    if (first.type === 'command') {
      const verdict = this.#sessions.take(first, last.index, last.stamp);
      if (verdict.type !== 'next') {
        this.#tell(first, verdict);
        return true;
      }
    }
    const own = this.#ownOf(first);
    if (own !== undefined && own.place !== null) own.order?.runBefore(own.place.readsBefore);
    const begin = last.index - run.length + 1;
    // Before anybody is told: what is asked of the machine from a callback is of this position.
    const at = { index: last.index, term: last.term };
    let results: readonly (Result | RejectCommand)[];
    try {
      const commands = run.map((part) => this.#machine.commands.decode(part.command));
      const contexts = run.map((_, i) =>
        this.#context({ index: (begin + i) as Index, term: last.term }, last.stamp),
      );
      results = applyAll(this.#machine, commands, contexts);
      if (first.type === 'command') {
        const bytes = encodeResults(results, this.#machine.results);
        this.#sessions.answer(first.session, { last: last.index, term: last.term, bytes });
      }
    } catch (error) {
      return this.#fail(error, last);
    }
    this.#at = at;
    if (first.type === 'command') {
      this.#requests.settled(first.session, first.sequence, { type: 'applied', at, results });
    } else if (own !== undefined) {
      this.#requests.appliedFed(own, at);
    }
    return true;
  }

  #ownOf(part: Part): Request | undefined {
    if (part.type === 'command') return this.#requests.find(part.session, part.sequence);
    return part.origin === this.#requests.origin ? this.#requests.fed(part.request) : undefined;
  }

  #context(at: Cursor, time: number): ApplyContext {
    return { at, time, ...this.#names, version: this.version.forUse() };
  }

  #fail(error: unknown, entry: Entry): boolean {
    this.stop();
    this.#port.failed(error, { index: entry.index, term: entry.term });
    return false;
  }
}
