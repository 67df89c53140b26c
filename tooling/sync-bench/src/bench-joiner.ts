import {
  type Anchor,
  type AnyStateMachine,
  type Cursor,
  type Entry,
  type GroupLog,
  type Index,
  invariant,
  ORIGIN,
  type PeerId,
  type SessionPoll,
  SmaltiError,
  type SnapshotWriter,
  type StoreCallback,
  type SyncCost,
  type SyncProgress,
  type SyncSession,
  type SyncSessionContext,
  sameCursor,
  type Term,
} from '@smalti/core';
import type { Scheduled, SimNode } from '@smalti/simulator';
import { viewOf } from './log-view.ts';
import { framer, identityOf } from './source.ts';
import type { Said, SyncBench } from './sync-bench.ts';

export interface JoinerOptions {
  /** Where the session has to get to. Default: the end of the source. */
  readonly position?: number;
  /** Default: the end of the source. */
  readonly ceiling?: number;
  /** Entries that are there already, committed. */
  readonly held?: readonly Entry[];
  /** Entries of a deposed leader after it. */
  readonly phantoms?: readonly Entry[];
  /** The log alone cannot fill the gap. Default: false. */
  readonly mustInstall?: boolean;
}

/** What a runtime lets one session have under way. */
const MAX_APPENDS = 1024;
const MAX_APPEND_BYTES = 64 * 1024 * 1024;

/** The node that lags, and the checks that its runtime makes. */
export class BenchJoiner<M extends Said> {
  readonly id: PeerId = identityOf('joiner').id;
  readonly log: GroupLog;
  position: number;
  ceiling: number;
  mustInstall: boolean;
  verified: Cursor;
  committed: Cursor = ORIGIN;
  end: Exclude<SessionPoll, 'pending' | 'again'> | null = null;
  /** What the session has put into the log. */
  readonly appended: Entry[] = [];
  readonly refusals: string[] = [];
  readonly reports: SyncProgress[] = [];
  readonly installs: Anchor[] = [];
  /** Where the leader's log begins: of what comes before, no terms are told. */
  toldFrom = 1;
  /** Holds completions of appends back while it is set. */
  stalled = false;
  /** Refuses the next appends, with that error. */
  refuseNext: SmaltiError[] = [];
  /** What verify has let through. */
  verifiedBytes = 0;
  #session: SyncSession<AnyStateMachine, M> | null = null;
  #stalled: (() => void)[] = [];
  #writing = 0;
  #writingBytes = 0;
  #wake: Scheduled | null = null;
  #wakeAt = Number.POSITIVE_INFINITY;
  readonly #bench: SyncBench<M>;
  protected readonly node: SimNode;

  constructor(bench: SyncBench<M>, options: JoinerOptions) {
    const { held = [], phantoms = [], position, ceiling, mustInstall = false } = options;
    this.#bench = bench;
    const { node, log } = bench.openLog('joiner', [...held, ...phantoms]);
    this.node = node;
    this.log = log;
    this.position = position ?? bench.lastIndex();
    this.ceiling = ceiling ?? bench.lastIndex();
    this.mustInstall = mustInstall;
    const last = held.at(-1);
    this.verified = last === undefined ? ORIGIN : { index: last.index, term: last.term };
  }

  /** Begins a session. */
  start(): void {
    this.end = null;
    this.#session = this.#newSession();
    this.wake();
  }

  /** Asks a new session for so long what it would cost, and gives its last word. */
  estimate(ms: number): SyncCost | null {
    const bench = this.#bench;
    const session = this.#newSession();
    this.#session = {
      poll: () => 'pending',
      receive: (message, sender, cx) => session.receive(message, sender, cx),
    };
    const until = bench.sim.now + ms;
    while (bench.sim.now < until) {
      session.estimate?.(this.cx);
      bench.pass(1);
    }
    return session.estimate?.(this.cx) ?? null;
  }

  /** Ends the session from outside. */
  stop(): void {
    this.#close((peer, message) => this.#bench.send(this.id, peer, message));
  }

  /** Its process ends, and says nothing more. */
  crash(): void {
    this.#close(() => false);
    this.#stalled = [];
    this.#writing = 0;
    this.#writingBytes = 0;
  }

  take(message: M, from: PeerId): void {
    this.#session?.receive(message, from, this.cx);
    this.wake();
  }

  unreadable(from: PeerId): void {
    this.#session?.unreadable?.(from, this.cx);
    this.wake();
  }

  wake(): void {
    this.#wakeAfter(0);
  }

  raise(ceiling: number): void {
    this.ceiling = ceiling;
    this.wake();
  }

  /** Lets held-back completions come. */
  release(): void {
    this.stalled = false;
    for (const work of this.#stalled.splice(0)) work();
  }

  /** How much came from whom: entries, or parts. */
  sources(): Record<string, number> {
    return Object.fromEntries(this.reports.at(-1)?.sources ?? []);
  }

  readonly cx: SyncSessionContext<AnyStateMachine, M> = this.#context();

  /** Its store of checkpoints, as the session sees it. */
  protected snapshots(): SnapshotWriter | null {
    return null;
  }

  protected install(_anchor: Anchor, _done: StoreCallback): void {
    invariant(false, 'a strategy without checkpoints installs one');
  }

  /** Calls back only while the session lives, and lets it be polled. */
  protected answer<T>(done: StoreCallback<T>): StoreCallback<T> {
    const session = this.#session;
    return (error, value) => {
      if (this.#session !== session && session !== null) return;
      done(error, value);
      this.wake();
    };
  }

  #newSession(): SyncSession<AnyStateMachine, M> {
    return this.#bench.strategy().createSession(this.cx, this.cx.position, this.ceiling as Index, []);
  }

  #close(sendTo: SyncSessionContext<AnyStateMachine, M>['sendTo']): void {
    this.#session?.close?.({ sendTo });
    this.#session = null;
  }

  #context(): SyncSessionContext<AnyStateMachine, M> {
    const termOf = (index: number) => (this.#bench.source[index - 1]?.term ?? 0) as Term;
    const lazy = (): SyncSessionContext<AnyStateMachine, M> => ({
      ...this.#bench.common(this.id, this.node),
      log: viewOf(this.log, (first, last, maxBytes, done) => this.log.read(first, last, maxBytes, done)),
      snapshots: this.snapshots(),
      committed: this.committed,
      bonds: [...this.#bench.providers.values()]
        .filter(({ bonded }) => bonded)
        .map(({ id, boot }) => identityOf(id, boot))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      position: { index: this.position as Index, term: termOf(this.position) },
      ceiling: this.ceiling as Index,
      verified: this.verified,
      anchor: this.#bench.anchor,
      mustInstall: this.mustInstall,
      leader: () => this.#bench.leader,
      sendTo: (peer, message) => this.#bench.send(this.id, peer, message),
      broadcast: () => [],
      start: () => {},
      wakeAfter: (ms) => this.#wakeAfter(ms),
      verify: (frames) => this.#verify(frames),
      append: (entries, done) => this.#append(entries, this.answer(done)),
      install: (anchor, done) => this.install(anchor, this.answer(done)),
      setCommitted: (at) => this.#setCommitted(at),
      report: (progress) => this.reports.push(progress),
    });
    return new Proxy({} as SyncSessionContext<AnyStateMachine, M>, {
      get: (_, key) => Reflect.get(lazy(), key),
    });
  }

  #wakeAfter(ms: number): void {
    const at = this.#bench.sim.now + ms;
    if (at >= this.#wakeAt) return;
    this.#wake?.cancel();
    this.#wakeAt = at;
    this.#wake = this.#bench.sim.schedule(ms, 'poll', () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#poll();
    });
  }

  #poll(): void {
    const answer = this.#session?.poll(this.cx) ?? 'pending';
    if (answer === 'again') this.wake();
    else if (answer !== 'pending') {
      if ('done' in answer) {
        invariant(sameCursor(answer.done, this.log.last), 'a session is done where the log ends');
        invariant(answer.done.index >= this.position, 'a session is done where it has to get to');
        invariant(!this.mustInstall || this.installs.length > 0, 'a checkpoint that is needed is installed');
      }
      this.end = answer;
      this.stop();
    }
  }

  #verify(frames: Uint8Array): readonly Entry[] {
    let entries: Entry[];
    try {
      entries = framer.open(frames);
    } catch (error) {
      return this.#refuse((error as Error).message);
    }
    for (const [i, entry] of entries.entries()) {
      if (entry.index !== (entries[0]?.index ?? 0) + i) this.#refuse('indices do not follow each other');
      if (entry.index > this.ceiling) this.#refuse('above the ceiling');
      if (entry.index < this.toldFrom)
        throw new SmaltiError('SYNC_REFUSED', 'its term was not told', { details: { untold: true } });
      const { term } = this.#bench.source[entry.index - 1] ?? {};
      if (entry.term !== term) this.#refuse(`entry ${entry.index} is of term ${entry.term}, not ${term}`);
    }
    this.verifiedBytes += frames.length;
    return entries;
  }

  #refuse(reason: string): never {
    this.refusals.push(reason);
    throw new SmaltiError('SYNC_REFUSED', reason);
  }

  #append(entries: readonly Entry[], answer: StoreCallback): void {
    const bytes = entries.reduce((sum, { frame }) => sum + frame.length, 0);
    if (this.#writing >= MAX_APPENDS) this.#refuse(`${this.#writing} answers are owed already`);
    const most = this.#writing === 0 || this.#writingBytes + bytes <= MAX_APPEND_BYTES;
    invariant(most, 'a session has so much under way at most');
    this.#writing += 1;
    this.#writingBytes += bytes;
    const done: StoreCallback = (error) => {
      this.#writing -= 1;
      this.#writingBytes -= bytes;
      answer(error);
    };
    const told = (error: SmaltiError | null): void => {
      if (this.stalled) this.#stalled.push(() => done(error));
      else done(error);
    };
    const fresh = entries.filter(({ index }) => index > this.verified.index);
    const [first] = fresh;
    let fault = this.refuseNext.shift() ?? null;
    if (first?.index !== this.verified.index + 1)
      fault ??= new SmaltiError('SYNC_REFUSED', `${first?.index} does not join`);
    if (fault !== null || first === undefined) {
      this.#bench.sim.schedule(1, 'refused', () => told(fault));
      return;
    }
    for (const entry of fresh)
      invariant(
        same(entry, this.#bench.source[entry.index - 1]),
        'what is appended is what the group agreed on',
      );
    this.appended.push(...fresh);
    const last = fresh.at(-1) as Entry;
    this.verified = { index: last.index, term: last.term };
    const cut = first.index <= this.log.last.index ? { truncateFrom: first.index } : {};
    this.log.write({ ...cut, entries: fresh }, told);
  }

  #setCommitted(at: Cursor): void {
    const within = at.index <= Math.min(this.verified.index, this.ceiling);
    invariant(within && at.index >= this.committed.index, 'what is committed grows, within what is there');
    this.committed = at;
  }
}

function same(a: Entry, b: Entry | undefined): boolean {
  return b !== undefined && Buffer.compare(a.frame, b.frame) === 0;
}
