import {
  type Anchor,
  type AnyStateMachine,
  type Cursor,
  DamagedPart,
  type Entry,
  type GroupLog,
  type Index,
  NO_HARD_STATE,
  ORIGIN,
  type PartName,
  type PeerId,
  type SessionPoll,
  SmaltiError,
  type StoreCallback,
  type SyncCost,
  type SyncProgress,
  type SyncSession,
  type SyncSessionContext,
  type Term,
  verifyCheckpoint,
} from '@smalti/core';
import { type Scheduled, type SimNode, simHasher } from '@smalti/simulator';
import type { MemorySnapshotStore } from '@smalti/storage-memory';
import { expect } from 'vitest';
import type { SnapshotSyncMessage } from '../src/index.ts';
import type { Bench } from './bench.ts';
import { type Checkpoint, framer, identityOf } from './source.ts';

export interface JoinerOptions {
  /** Where the session has to get to. Default: the end of the source. */
  readonly position?: number;
  /** Default: the end of the source. */
  readonly ceiling?: number;
  /** Entries that are there already, committed. */
  readonly held?: readonly Entry[];
  /** Checkpoints that are whole there already. */
  readonly own?: readonly Checkpoint[];
  /** Default: true. */
  readonly mustInstall?: boolean;
}

type Context = SyncSessionContext<AnyStateMachine, SnapshotSyncMessage>;

/** The node that lags, and the checks that its runtime makes. */
export class Joiner {
  readonly id: PeerId = identityOf('joiner').id;
  readonly log: GroupLog;
  store: MemorySnapshotStore;
  position: number;
  ceiling: number;
  mustInstall: boolean;
  verified: Cursor;
  committed: Cursor = ORIGIN;
  end: Exclude<SessionPoll, 'pending' | 'again'> | null = null;
  readonly reports: SyncProgress[] = [];
  readonly installs: Anchor[] = [];
  /** Refuses the next installs, with that error. */
  refuseNext: SmaltiError[] = [];
  /** Checkpoints before this one are no good any more. */
  oldestGood = 0;
  /** How long an install takes, in milliseconds. */
  installMs = 5;
  /** How long a put takes besides. */
  putMs = 0;
  /** The most bytes of parts that came and were not durable. */
  mostPutting = 0;
  /** Called at each put. */
  onPut = (): void => {};
  #session: SyncSession<AnyStateMachine, SnapshotSyncMessage> | null = null;
  #putting = 0;
  #wake: Scheduled | null = null;
  #wakeAt = Number.POSITIVE_INFINITY;
  readonly #bench: Bench;
  readonly #node: SimNode;

  constructor(bench: Bench, options: JoinerOptions) {
    const { held = [], own = [], position, ceiling, mustInstall = true } = options;
    this.#bench = bench;
    const { node, log } = bench.openLog('joiner', held);
    this.#node = node;
    this.log = log;
    this.store = bench.openStore(node, own);
    this.position = position ?? bench.lastIndex();
    this.ceiling = ceiling ?? bench.lastIndex();
    this.mustInstall = mustInstall;
    const last = held.at(-1);
    this.verified = last === undefined ? ORIGIN : { index: last.index, term: last.term };
  }

  get storedBytes(): number {
    return [...this.store.data.parts.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Begins a session. */
  start(): void {
    const { cx } = this;
    this.end = null;
    this.#session = this.#bench.strategy().createSession(cx, cx.position, this.ceiling as Index, []);
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
    this.#end((peer, message) => this.#bench.send(this.id, peer, message));
  }

  /** Its process ends: what was not durable is lost. Another one opens what is left. */
  crash(): void {
    this.#end(() => false);
    this.store.crash();
    this.store = this.#bench.openStore(this.#node, [], this.store.data);
    this.#putting = 0;
  }

  take(message: SnapshotSyncMessage, from: PeerId): void {
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

  /** How many parts and entries came from whom. */
  sources(): Record<string, number> {
    return Object.fromEntries(this.reports.at(-1)?.sources ?? []);
  }

  readonly cx: Context = this.#context();

  #end(sendTo: Context['sendTo']): void {
    this.#session?.close?.({ sendTo });
    this.#session = null;
  }

  #context(): Context {
    const bench = () => this.#bench;
    const termOf = (index: number) => (bench().source[index - 1]?.term ?? 0) as Term;
    const lazy = (): Context => ({
      ...bench().common(this.id, this.#node),
      log: {
        base: this.log.base,
        last: this.log.last,
        available: null,
        termAt: (index) => this.log.termAt(index),
        read: (first, last, maxBytes, done) => this.log.read(first, last, maxBytes, done),
      },
      snapshots: {
        manifests: () => this.store.manifests(),
        has: (name) => this.store.has(name),
        get: (name, done) => this.store.get(name, this.#answer(done)),
        lease: (root, until) => this.store.lease(root, until),
        put: (parts, done) => this.#put(parts, done),
      },
      committed: this.committed,
      bonds: [...bench().providers.values()]
        .filter(({ bonded }) => bonded)
        .map(({ id, boot }) => identityOf(id, boot))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      position: { index: this.position as Index, term: termOf(this.position) },
      ceiling: this.ceiling as Index,
      verified: this.verified,
      anchor: bench().anchor,
      mustInstall: this.mustInstall,
      leader: () => bench().leader,
      sendTo: (peer, message) => bench().send(this.id, peer, message),
      broadcast: () => [],
      start: () => {},
      wakeAfter: (ms) => this.#wakeAfter(ms),
      verify: (frames) => this.#verify(frames),
      append: (entries, done) => this.#append(entries, done),
      install: (anchor, done) =>
        this.#install(
          anchor,
          this.#answer((error) => done(error)),
        ),
      setCommitted: (at) => this.#setCommitted(at),
      report: (progress) => this.reports.push(progress),
    });
    return new Proxy({} as Context, { get: (_, key) => Reflect.get(lazy(), key) });
  }

  /** Calls back only while the session lives, and lets it be polled. */
  #answer<T>(done: StoreCallback<T>): StoreCallback<T> {
    const session = this.#session;
    return (error, value) => {
      if (this.#session !== session && session !== null) return;
      done(error, value);
      this.wake();
    };
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
        if (this.mustInstall) expect(this.installs.length).toBeGreaterThan(0);
      }
      this.end = answer;
      this.stop();
    }
  }

  #put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    const bytes = [...parts.values()].reduce((sum, { length }) => sum + length, 0);
    expect(this.#putting === 0 || this.#putting + bytes <= 16 * 1024 * 1024).toBe(true);
    this.#putting += bytes;
    this.mostPutting = Math.max(this.mostPutting, this.#putting);
    this.onPut();
    const { store } = this;
    const told = this.#answer((error) => {
      this.#putting -= bytes;
      done(error);
    });
    this.#bench.sim.schedule(this.putMs, 'put', () => store.put(parts, told));
  }

  #install(anchor: Anchor, done: StoreCallback): void {
    const fault = this.refuseNext.shift() ?? this.#faultOf(anchor);
    this.#bench.sim.schedule(this.installMs, 'install', () => {
      if (fault !== null) {
        done(fault);
        return;
      }
      this.installs.push(anchor);
      this.log.resetTo(anchor.at, NO_HARD_STATE, null, (error) => {
        this.verified = { ...this.log.last };
        done(error);
      });
    });
  }

  /** What a runtime says against it, after it has looked at all parts. */
  #faultOf(anchor: Anchor): SmaltiError | null {
    if (anchor.at.index < this.oldestGood) return new SmaltiError('SYNC_REFUSED', 'it is too old');
    const { parts } = this.store.data;
    const walk = verifyCheckpoint(anchor.root, simHasher);
    try {
      for (let step = walk.next(); step.done !== true; ) {
        step =
          'get' in step.value
            ? walk.next(step.value.get.map((name) => parts.get(name) ?? null))
            : walk.next();
      }
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
      // As any store that finds damage when a part is read.
      parts.delete(error.part);
      return new SmaltiError('SYNC_REFUSED', error.message, { details: { part: error.part } });
    }
    return null;
  }

  #verify(frames: Uint8Array): readonly Entry[] {
    let entries: Entry[];
    try {
      entries = framer.open(frames);
    } catch (error) {
      throw new SmaltiError('SYNC_REFUSED', (error as Error).message);
    }
    for (const { index, term } of entries) {
      if (index > this.ceiling) throw new SmaltiError('SYNC_REFUSED', 'above the ceiling');
      if (term !== this.#bench.source[index - 1]?.term) throw new SmaltiError('SYNC_REFUSED', 'wrong term');
    }
    return entries;
  }

  #append(entries: readonly Entry[], done: StoreCallback): void {
    const fresh = entries.filter(({ index }) => index > this.verified.index);
    expect(fresh[0]?.index).toBe(this.verified.index + 1);
    const last = fresh.at(-1) as Entry;
    this.verified = { index: last.index, term: last.term };
    this.log.write({ entries: fresh }, this.#answer(done));
  }

  #setCommitted(at: Cursor): void {
    expect(at.index).toBeLessThanOrEqual(Math.min(this.verified.index, this.ceiling));
    this.committed = at;
  }
}
