import {
  type AnyStateMachine,
  type Cursor,
  type Entry,
  type GroupLog,
  type Index,
  ORIGIN,
  type PeerId,
  type SessionPoll,
  SmaltiError,
  type StoreCallback,
  type SyncCost,
  type SyncProgress,
  type SyncSession,
  type SyncSessionContext,
  type Term,
} from '@smalti/core';
import type { Scheduled, SimNode } from '@smalti/simulator';
import { expect } from 'vitest';
import type { LogReplayMessage } from '../src/messages.ts';
import type { Bench } from './bench.ts';
import { framer, identityOf } from './source.ts';

export interface JoinerOptions {
  /** Where the session has to get to. Default: the end of the source. */
  readonly position?: number;
  /** Default: the end of the source. */
  readonly ceiling?: number;
  /** What is there already, committed. */
  readonly held?: readonly Entry[];
  /** Entries of a deposed leader after it. */
  readonly phantoms?: readonly Entry[];
}

type Context = SyncSessionContext<AnyStateMachine, LogReplayMessage>;

/** What a runtime lets one session have under way. */
const MAX_APPENDS = 1024;
const MAX_APPEND_BYTES = 64 * 1024 * 1024;

/** The node that lags, and the checks that its runtime makes. */
export class Joiner {
  readonly id: PeerId = identityOf('joiner').id;
  readonly log: GroupLog;
  position: number;
  ceiling: number;
  verified: Cursor;
  committed: Cursor = ORIGIN;
  end: Exclude<SessionPoll, 'pending' | 'again'> | null = null;
  /** What the session has put into the log. */
  readonly appended: Entry[] = [];
  readonly refusals: string[] = [];
  readonly reports: SyncProgress[] = [];
  /** Where the leader's log begins: of what comes before, no terms are told. */
  toldFrom = 1;
  /** The log alone cannot fill the gap. */
  mustInstall = false;
  /** Holds completions back while it is set. */
  stalled = false;
  /** Refuses the next appends, with that error. */
  refuseNext: SmaltiError[] = [];
  /** What a wrong verify has let through. */
  verifiedBytes = 0;
  #session: SyncSession<AnyStateMachine, LogReplayMessage> | null = null;
  #stalled: (() => void)[] = [];
  #writing = 0;
  #writingBytes = 0;
  #wake: Scheduled | null = null;
  #wakeAt = Number.POSITIVE_INFINITY;
  readonly #bench: Bench;
  readonly #node: SimNode;

  constructor(bench: Bench, options: JoinerOptions) {
    const { held = [], phantoms = [], position, ceiling } = options;
    this.#bench = bench;
    const { node, log } = bench.openLog('joiner', [...held, ...phantoms]);
    this.#node = node;
    this.log = log;
    this.position = position ?? bench.lastIndex();
    this.ceiling = ceiling ?? bench.lastIndex();
    const last = held.at(-1);
    this.verified = last === undefined ? ORIGIN : { index: last.index, term: last.term };
  }

  /** Begins a session. */
  start(): void {
    const { cx } = this;
    this.end = null;
    const position = cx.position;
    this.#session = this.#bench.strategy().createSession(cx, position, this.ceiling as Index, []);
    this.wake();
  }

  /** Asks a new session for so long what it would cost, and gives its last word. */
  estimate(ms: number): SyncCost | null {
    const bench = this.#bench;
    const session = bench.strategy().createSession(this.cx, this.cx.position, this.ceiling as Index, []);
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
    this.#session?.close?.({ sendTo: () => false });
    this.#session = null;
  }

  take(message: LogReplayMessage, from: PeerId): void {
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

  /** Who sent what became part of the log. */
  sources(): Record<string, number> {
    return Object.fromEntries(this.reports.at(-1)?.sources ?? []);
  }

  readonly cx: Context = this.#context();

  #context(): Context {
    const bench = () => this.#bench;
    const termOf = (index: number) => (bench().source[index - 1]?.term ?? 0) as Term;
    const lazy = (): Omit<Context, 'log'> & { log: Context['log'] } => ({
      ...bench().common(this.id, this.#node),
      log: {
        base: this.log.base,
        last: this.log.last,
        available: this.log.last.index === 0 ? null : { first: 1 as Index, last: this.log.last.index },
        termAt: (index) => this.log.termAt(index),
        read: (first, last, maxBytes, done) => this.log.read(first, last, maxBytes, done),
      },
      committed: this.committed,
      bonds: [...bench().providers.values()]
        .filter(({ bonded }) => bonded)
        .map(({ id, boot }) => identityOf(id, boot))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      position: { index: this.position as Index, term: termOf(this.position) },
      ceiling: this.ceiling as Index,
      verified: this.verified,
      anchor: null,
      mustInstall: this.mustInstall,
      leader: () => bench().leader,
      sendTo: (peer, message) => bench().send(this.id, peer, message),
      broadcast: () => [],
      start: () => {},
      wakeAfter: (ms) => this.#wakeAfter(ms),
      verify: (frames) => this.#verify(frames),
      append: (entries, done) => this.#append(entries, done),
      install: () => expect.unreachable(),
      setCommitted: (at) => this.#setCommitted(at),
      report: (progress) => this.reports.push(progress),
    });
    return new Proxy({} as Context, { get: (_, key) => Reflect.get(lazy(), key) });
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
        expect(answer.done).toEqual(this.log.last);
        expect(answer.done.index).toBeGreaterThanOrEqual(this.position);
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
    throw new SmaltiError('SYNC_REFUSED', `log-replay: ${reason}`);
  }

  #append(entries: readonly Entry[], answer: StoreCallback): void {
    const bytes = entries.reduce((sum, { frame }) => sum + frame.length, 0);
    if (this.#writing >= MAX_APPENDS) this.#refuse(`${this.#writing} answers are owed already`);
    expect(this.#writing === 0 || this.#writingBytes + bytes <= MAX_APPEND_BYTES).toBe(true);
    this.#writing += 1;
    this.#writingBytes += bytes;
    const done: StoreCallback = (error) => {
      this.#writing -= 1;
      this.#writingBytes -= bytes;
      answer(error);
    };
    const later = (error: SmaltiError | null) => () => {
      const work = () => {
        if (this.#session !== null) done(error);
      };
      if (this.stalled) this.#stalled.push(work);
      else work();
    };
    const fault = this.refuseNext.shift();
    if (fault !== undefined) {
      this.#bench.sim.schedule(1, 'refused', later(fault));
      return;
    }
    const fresh = entries.filter(({ index }) => index > this.verified.index);
    const first = fresh[0];
    if (first === undefined || first.index !== this.verified.index + 1) {
      const error = new SmaltiError('SYNC_REFUSED', `log-replay: ${first?.index} does not join`);
      this.#bench.sim.schedule(1, 'refused', later(error));
      return;
    }
    for (const entry of fresh) expect(same(entry, this.#bench.source[entry.index - 1])).toBe(true);
    this.appended.push(...fresh);
    const last = fresh.at(-1) as Entry;
    this.verified = { index: last.index, term: last.term };
    const cut = first.index <= this.log.last.index ? { truncateFrom: first.index } : {};
    this.log.write({ ...cut, entries: fresh }, (error) => later(error)());
  }

  #setCommitted(at: Cursor): void {
    expect(at.index).toBeLessThanOrEqual(Math.min(this.verified.index, this.ceiling));
    expect(at.index).toBeGreaterThanOrEqual(this.committed.index);
    this.committed = at;
  }
}

function same(a: Entry, b: Entry | undefined): boolean {
  return b !== undefined && Buffer.compare(a.frame, b.frame) === 0;
}
