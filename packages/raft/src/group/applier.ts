import {
  type ApplyContext,
  type Clock,
  type Cursor,
  DecodeError,
  decodeEnvelope,
  type Entry,
  EntryKind,
  type Framer,
  type GroupId,
  type Index,
  invariant,
  isKnownKind,
  type NetworkId,
  type PlainCommand,
  payloadOf,
  RejectCommand,
  type Scheduler,
  SmaltiError,
  type StateMachine,
} from '@smalti/core';
import type { Requests } from './requests.ts';

/** Milliseconds of applying in one turn, and bytes read at once. */
const SLICE_MS = 8;
const READ_BYTES = 1024 * 1024;

/** What the applier needs of its surroundings. */
export interface ApplierPort {
  /** Committed entries from `first` on, at most `last`, if they are in memory. */
  recent(first: Index, last: Index, maxBytes: number): readonly Entry[] | null;
  /** The same from the store. An error is final. */
  read(first: Index, last: Index, maxBytes: number, done: (entries: readonly Entry[]) => void): void;
  /** An entry of a strategy's own kind is applied: the machine is as it was before it. */
  fed(payload: Uint8Array, at: Cursor): void;
  /** More was applied. */
  applied(at: Cursor): void;
  /** The machine threw: nothing more is applied on this node. */
  failed(error: unknown, at: Cursor): void;
  /** Final: what is committed cannot be read, or is damaged. */
  fault(error: SmaltiError): void;
}

/**
 * Applies committed entries, in order, each once. The count is kept here and never by the machine.
 */
export class Applier<Command, Query, Result> {
  readonly #machine: StateMachine<Command, Query, Result>;
  readonly #port: ApplierPort;
  readonly #requests: Requests;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #framer: Framer;
  readonly #names: { readonly group: GroupId; readonly network: NetworkId };
  #at: Cursor;
  #target: Index;
  #busy = false;
  #stopped = false;
  #run: PlainCommand[] = [];
  #runStart: Cursor | null = null;
  readonly #watchers = new Map<Index, ((at: Cursor) => void)[]>();

  constructor(
    machine: StateMachine<Command, Query, Result>,
    from: Cursor,
    framer: Framer,
    names: { readonly group: GroupId; readonly network: NetworkId },
    requests: Requests,
    doors: { readonly clock: Clock; readonly scheduler: Scheduler },
    port: ApplierPort,
  ) {
    this.#machine = machine;
    this.#at = from;
    this.#target = from.index;
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

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Everything up to the index is committed. */
  advance(target: Index): void {
    if (target > this.#target) this.#target = target;
    if (!this.#busy) this.#slice();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Calls once, right after exactly that index was applied. @returns how to stop waiting. */
  watch(index: Index, look: (at: Cursor) => void): () => void {
    const looks = this.#watchers.get(index) ?? [];
    looks.push(look);
    this.#watchers.set(index, looks);
    return () => {
      const left = (this.#watchers.get(index) ?? []).filter((other) => other !== look);
      if (left.length > 0) this.#watchers.set(index, left);
      else this.#watchers.delete(index);
    };
  }

  #slice(): void {
    const began = this.#clock.now();
    while (!this.#stopped && this.#at.index < this.#target) {
      const first = (this.#at.index + 1) as Index;
      const entries = this.#port.recent(first, this.#target, READ_BYTES);
      if (entries === null || entries.length === 0) {
        this.#fetch(first);
        return;
      }
      this.#applyAll(entries);
      if (this.#clock.now() - began > SLICE_MS && this.#at.index < this.#target) {
        this.#busy = true;
        this.#scheduler.nextTurn(() => this.#resume());
        return;
      }
    }
  }

  #resume(): void {
    this.#busy = false;
    this.#slice();
  }

  #fetch(first: Index): void {
    this.#busy = true;
    this.#port.read(first, this.#target, READ_BYTES, (entries) => {
      if (this.#stopped) return;
      if (entries.length === 0) {
        this.stop();
        const text = `entry ${first} is committed, and the store does not have it`;
        this.#port.fault(new SmaltiError('STORAGE_CORRUPT', text, { details: { index: first } }));
        return;
      }
      this.#applyAll(entries);
      this.#scheduler.nextTurn(() => this.#resume());
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
      this.#requests.passed(at);
      if (this.#watchers.size > 0) this.#look(at);
    }
    this.#port.applied(this.#at);
  }

  #look(at: Cursor): void {
    const looks = this.#watchers.get(at.index);
    if (looks === undefined) return;
    this.#watchers.delete(at.index);
    for (const look of looks) look(at);
  }

  /** False if applying has to stop before this entry. */
  #applyOne(entry: Entry): boolean {
    if (entry.kind === EntryKind.command) return this.#applyPart(entry);
    this.#dropRun();
    if (entry.kind === EntryKind.sync)
      this.#port.fed(payloadOf(entry), { index: entry.index, term: entry.term });
    if (entry.kind === EntryKind.tick) return this.#applyTick(entry);
    if (isKnownKind(entry.kind)) return true;
    const text = `entry ${entry.index} is of kind ${entry.kind}, which this version does not know: upgrade this node`;
    return this.#fail(new SmaltiError('MACHINE_FAILED', text), entry);
  }

  #applyTick(entry: Entry): boolean {
    try {
      this.#machine.tick?.(this.#context({ index: entry.index, term: entry.term }, entry.stamp));
      return true;
    } catch (error) {
      return this.#fail(error, entry);
    }
  }

  #applyPart(entry: Entry): boolean {
    let envelope: PlainCommand;
    try {
      const opened = decodeEnvelope(payloadOf(entry));
      if (opened.type !== 'plain') throw new DecodeError(`a command of type ${opened.type}`, 0);
      envelope = opened;
    } catch (error) {
      return this.#fail(error, entry);
    }
    if (envelope.of === 1) {
      this.#dropRun();
      return this.#applyRun([envelope], entry);
    }
    const before = this.#run[0];
    const follows =
      before !== undefined &&
      this.#runStart?.term === entry.term &&
      before.origin === envelope.origin &&
      before.request === envelope.request &&
      before.of === envelope.of &&
      this.#run.length === envelope.part;
    if (!follows) this.#dropRun();
    if (!follows && envelope.part > 0) return true;
    if (!follows) this.#runStart = { index: entry.index, term: entry.term };
    this.#run.push(envelope);
    if (this.#run.length < envelope.of) return true;
    const run = this.#run;
    this.#run = [];
    this.#runStart = null;
    return this.#applyRun(run, entry);
  }

  /** A run that was interrupted has no effect, here as on every other replica. */
  #dropRun(): void {
    const [first] = this.#run;
    const start = this.#runStart;
    this.#run = [];
    this.#runStart = null;
    if (first === undefined || start === null) return;
    if (first.origin === this.#requests.origin) this.#requests.interrupted(first.request, start);
  }

  #applyRun(run: readonly PlainCommand[], last: Entry): boolean {
    const [first] = run;
    invariant(first !== undefined, 'a run has a part');
    const own = first.origin === this.#requests.origin ? this.#requests.find(first.request) : undefined;
    if (own !== undefined) own.order.runBefore(own.place.readsBefore);
    const begin = last.index - run.length + 1;
    let results: readonly (Result | Error)[];
    try {
      const commands = run.map((part) => this.#machine.commands.decode(part.command));
      const contexts = run.map((_, i) =>
        this.#context({ index: (begin + i) as Index, term: last.term }, last.stamp),
      );
      results = this.#call(commands, contexts);
    } catch (error) {
      return this.#fail(error, last);
    }
    // Before anybody is told: what is asked of the machine from a callback is of this position.
    this.#at = { index: last.index, term: last.term };
    if (own !== undefined) this.#requests.applied(own, this.#at, results);
    return true;
  }

  #context(at: Cursor, time: number): ApplyContext {
    return { at, time, group: this.#names.group, network: this.#names.network };
  }

  #call(commands: readonly Command[], contexts: readonly ApplyContext[]): readonly (Result | Error)[] {
    const machine = this.#machine;
    if (machine.applyBatch !== undefined) {
      const results = machine.applyBatch(commands, contexts);
      const wrong =
        results.length !== commands.length ||
        results.some((r) => r instanceof Error && !(r instanceof RejectCommand));
      if (wrong) {
        throw new SmaltiError(
          'MACHINE_FAILED',
          `applyBatch gave ${results.length} results for ${commands.length} commands, or one that is an error`,
        );
      }
      return results;
    }
    return commands.map((command, i) => {
      try {
        return machine.apply(command, contexts[i] as ApplyContext);
      } catch (error) {
        if (error instanceof RejectCommand) return error;
        throw error;
      }
    });
  }

  #fail(error: unknown, entry: Entry): boolean {
    this.stop();
    this.#port.failed(error, { index: entry.index, term: entry.term });
    return false;
  }
}
