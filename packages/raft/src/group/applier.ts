import {
  type ApplyContext,
  type Clock,
  type CommandEnvelope,
  type Cursor,
  decodeEnvelope,
  type Entry,
  EntryKind,
  type EntryName,
  encodeResults,
  type Framer,
  type GroupId,
  type Index,
  invariant,
  isKnownKind,
  isSnapshotStateMachine,
  type NetworkId,
  NO_RESULTS,
  nameOfEntry,
  payloadOf,
  type RejectCommand,
  type Scheduler,
  type SessionFill,
  type SessionPlace,
  type SessionTable,
  type SessionVerdict,
  SmaltiError,
  type StateMachine,
} from '@smalti/core';
import type { AppliedState, ApplierPort } from './applier-port.ts';
import type { Loaded } from './checkpoints/load.ts';
import { fateBy, fateIn } from './fates.ts';
import { applyAll } from './machine-calls.ts';
import type { Request, Requests } from './requests.ts';
import { type Part, RunAssembly } from './run-assembly.ts';
import { type MachineFailure, skipped } from './skips/machine-failure.ts';
import { PassedOver } from './skips/passed-over.ts';
import type { SkipAt, SkipBook } from './skips/skip-book.ts';
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
  readonly #skips: SkipBook;
  readonly #passedOver: PassedOver;
  #failure: MachineFailure | null = null;

  constructor(
    machine: StateMachine<Command, Query, Result>,
    from: AppliedState,
    framer: Framer,
    names: { readonly group: GroupId; readonly network: NetworkId },
    requests: Requests,
    doors: { readonly clock: Clock; readonly scheduler: Scheduler },
    skips: SkipBook,
    port: ApplierPort,
  ) {
    this.#machine = machine;
    this.#skips = skips;
    this.#passedOver = new PassedOver(from.at.index);
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

  /** The entry at which applying failed, or null. */
  get failure(): MachineFailure | null {
    return this.#failure;
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
    this.#passedOver.beginAfter(at.index);
    this.#sessions = sessions;
    this.version.installed(root.machine.version);
    this.#target = Math.max(this.#target, at.index) as Index;
    this.#runs.clear();
    this.#requests.skipped(at, (key, sequence) => fateIn(sessions, key, sequence, machine.results));
    this.#watches.installed(at);
    this.#port.applied(at);
  }

  #slice(): void {
    const began = this.#clock.now();
    if (!this.#skips.complete) return;
    while (!this.#stopped && !this.#paused && this.#at.index < this.#target) {
      const first = (this.#at.index + 1) as Index;
      const entries = this.#port.recent(first, this.#target, READ_BYTES);
      if (entries === null || entries.length === 0) {
        this.#fetch(first);
        return;
      }
      if (!this.#applyAll(entries)) return;
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
      const goesOn = this.#applyAll(entries);
      if (pause !== this.#pause) return;
      if (goesOn) this.#later();
      else this.#busy = false;
    });
  }

  /** False if no more can be applied now. */
  #applyAll(entries: readonly Entry[]): boolean {
    for (const entry of entries) {
      if (this.#stopped) return false;
      invariant(
        entry.index === this.#at.index + 1,
        `entry ${entry.index} is applied after ${this.#at.index}`,
      );
      if (!this.#framer.verify(entry)) {
        this.stop();
        const text = `entry ${entry.index} is damaged in memory or on disk: its checksum does not hold`;
        this.#port.fault(new SmaltiError('STORAGE_CORRUPT', text, { details: { index: entry.index } }));
        return false;
      }
      const skip = entry.kind === EntryKind.command ? this.#skips.look(entry) : null;
      if (skip === 'wait') {
        this.#port.applied(this.#at);
        return false;
      }
      if (!this.#applyOne(entry, skip)) return false;
      const at = { index: entry.index, term: entry.term };
      this.#at = at;
      this.#port.passed(entry);
      if (entry.kind === EntryKind.marker || entry.kind === EntryKind.outcome) this.#port.marked(entry);
      this.#requests.passed(at);
      this.#watches.reached(at);
    }
    this.#port.applied(this.#at);
    return true;
  }

  /** False if applying has to stop before this entry. */
  #applyOne(entry: Entry, skip: SkipAt | null): boolean {
    if (skip !== null) this.#passedOver.add(entry.index);
    if (entry.kind === EntryKind.command) return this.#applyEnvelope(entry, skip);
    this.#interrupt(null, entry);
    if (entry.kind === EntryKind.sync)
      this.#port.fed(payloadOf(entry), { index: entry.index, term: entry.term });
    if (entry.kind === EntryKind.tick) return this.#attempt(entry, () => this.#tick(entry));
    if (entry.kind === EntryKind.version || entry.kind === EntryKind.genesis)
      return this.#attempt(entry, () => this.version.applied(entry));
    if (entry.kind === EntryKind.skip)
      return this.#attempt(entry, () => this.#passedOver.check(entry, this.#port));
    if (isKnownKind(entry.kind)) return true;
    const text = `entry ${entry.index} is of kind ${entry.kind}, which this version does not know: upgrade this node`;
    return this.#fail(new SmaltiError('MACHINE_FAILED', text), entry);
  }

  #attempt(entry: Entry, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      return this.#fail(error, entry);
    }
  }

  #tick(entry: Entry): void {
    this.#machine.tick?.(this.#context({ index: entry.index, term: entry.term }, entry.stamp));
  }

  #applyEnvelope(entry: Entry, skip: SkipAt | null): boolean {
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
      return run === null || this.#applyRun(run, part, entry, skip);
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
      const fate = fateBy(verdict, this.#machine.results);
      if (fate !== null) this.#requests.settled(session, sequence, fate);
    }
  }

  #applyRun(run: readonly Part[], first: Part, last: Entry, skip: SkipAt | null): boolean {
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
    // What the version in force asks for is no fault of the command.
    let command: EntryName | null = null;
    try {
      const contexts = run.map((_, i) =>
        this.#context({ index: (begin + i) as Index, term: last.term }, last.stamp),
      );
      command = nameOfEntry(last);
      const apply = () => {
        const commands = run.map((part) => this.#machine.commands.decode(part.command));
        return applyAll(this.#machine, commands, contexts);
      };
      results = skip === null ? apply() : run.map(() => skipped(skip));
      if (first.type === 'command') {
        const bytes = encodeResults(results, this.#machine.results);
        this.#sessions.answer(first.session, { last: last.index, term: last.term, bytes });
      }
    } catch (error) {
      return this.#fail(error, last, command);
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

  #fail(error: unknown, entry: Entry, command: EntryName | null = null): boolean {
    const at = { index: entry.index, term: entry.term };
    this.#failure = { at, command };
    this.stop();
    this.#port.failed(error, at);
    return false;
  }
}
