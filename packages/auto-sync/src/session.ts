import {
  type Cursor,
  type Entry,
  type Index,
  type PeerId,
  type SessionPoll,
  type Settled,
  SmaltiError,
  type SyncCost,
  type SyncFarewell,
  type SyncSession,
  type SyncSessionContext,
} from '@smalti/core';
import type { AnyStrategy, ChildMessage, Machine } from './child.ts';
import { childContext, type Life, tagOf } from './child-context.ts';

type Context = SyncSessionContext<Machine, ChildMessage>;

/** One of the ways, while it may be chosen or is followed. */
interface Way {
  readonly child: number;
  readonly strategy: AnyStrategy;
  readonly session: SyncSession<Machine, unknown>;
  readonly cx: never;
  readonly life: Life;
  cost: SyncCost | null;
}

/** The order of preference, and what sessions are made with. */
export interface AutoSessionParts {
  /** By their places in messages. */
  readonly strategies: readonly AnyStrategy[];
  /** Places, the preferred one first. */
  readonly order: readonly number[];
  readonly choose: 'cheapest' | 'first';
  readonly position: Cursor;
  readonly leaderCommit: Index;
  readonly entries: readonly Entry[];
}

/**
 * Asks each way what it would cost, follows the cheapest (or the preferred one that can be followed), and another one when that fails before it has asked for an
 * install.
 */
export class AutoSyncSession implements SyncSession<Machine, ChildMessage> {
  readonly #parts: AutoSessionParts;
  readonly #began: number;
  /** Those that may be chosen; then the one that is followed. */
  #ways: Way[];
  #chosen: Way | null = null;
  readonly #failures: string[] = [];
  readonly #tried = new Set<number>();

  constructor(parts: AutoSessionParts, cx: Context) {
    this.#parts = parts;
    this.#began = cx.clock.now();
    this.#ways = parts.order.map((child) => this.#open(child, cx));
  }

  poll(cx: Context): SessionPoll {
    if (this.#chosen === null) this.#choose(cx);
    const way = this.#chosen;
    if (way === null) return 'pending';
    let answer: SessionPoll;
    try {
      answer = way.session.poll(way.cx);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      answer = {
        failed: new SmaltiError('CANNOT_SYNC', `${way.strategy.name} threw: ${why}`, { cause: error }),
      };
    }
    if (typeof answer === 'string' || 'done' in answer) return answer;
    return this.#failed(way, answer.failed, cx);
  }

  receive({ child, message }: ChildMessage, sender: PeerId, _: Context): void {
    for (const way of this.#ways) if (way.child === child) way.session.receive(message, sender, way.cx);
  }

  unreadable(sender: PeerId, _: Context): void {
    for (const { session, cx } of this.#ways) session.unreadable?.(sender, cx);
  }

  buffer(position: Cursor, count: number, bytes: number, _: Context): void {
    for (const { session, cx } of this.#ways) session.buffer?.(position, count, bytes, cx);
  }

  completed(tag: string, outcome: Settled, _: Context): void {
    const { child, own } = tagOf(tag);
    for (const way of this.#ways) if (way.child === child) way.session.completed?.(own, outcome, way.cx);
  }

  close(farewell: SyncFarewell<ChildMessage>): void {
    for (const way of this.#ways) close(way, farewell);
    this.#ways = [];
  }

  #open(child: number, outer: Context): Way {
    const strategy = this.#parts.strategies[child] as AnyStrategy;
    const life: Life = { over: false, installing: false };
    const cx = childContext(outer, child, life);
    const { leaderCommit, entries, position } = this.#parts;
    const now = position.index >= outer.position.index ? position : outer.position;
    const most = Math.max(leaderCommit, outer.ceiling) as Index;
    const session = strategy.createSession(cx, now, most, entries);
    return { child, strategy, session, cx, life, cost: null };
  }

  /** Follows the cheapest way, when all have said what they cost, or an election timeout has passed. */
  #choose(cx: Context): void {
    for (const way of this.#ways) way.cost = way.session.estimate?.(way.cx) ?? null;
    const late = cx.clock.now() - this.#began >= cx.timing.electionMs;
    const open = this.#ways.filter(({ session, cost }) => session.estimate !== undefined && cost === null);
    if (open.length > 0 && !late) {
      cx.wakeAfter(cx.timing.heartbeatMs);
      return;
    }
    const weigh = this.#parts.choose === 'first' ? obstacleOf : weightOf;
    const ranked = [...this.#ways].sort((a, b) => weigh(a) - weigh(b));
    const [best] = ranked;
    if (best === undefined) return;
    for (const way of this.#ways) if (way !== best) close(way, cx);
    this.#follow(best, ranked.map(describe).join('; '), cx);
  }

  #follow(way: Way, reason: string, cx: Context): void {
    this.#chosen = way;
    this.#ways = [way];
    this.#tried.add(way.child);
    cx.logger.info(`catches up by ${way.strategy.name} (${reason})`, { way: way.strategy.name });
  }

  /** Another way, or the end. */
  #failed(way: Way, failed: SmaltiError, cx: Context): SessionPoll {
    const { name } = way.strategy;
    this.#failures.push(`${name}: ${failed.message}`);
    close(way, cx);
    this.#ways = [];
    const next = this.#parts.order.find((child) => !this.#tried.has(child));
    if (way.life.installing || next === undefined) {
      const message = this.#failures.join('; ');
      return { failed: new SmaltiError('CANNOT_SYNC', message, { cause: failed }) };
    }
    this.#follow(this.#open(next, cx), `${name} failed: ${failed.message}`, cx);
    return 'again';
  }
}

function close({ life, session, child }: Way, farewell: SyncFarewell<ChildMessage>): void {
  if (life.over) return;
  life.over = true;
  session.close?.({ sendTo: (peer, message) => farewell.sendTo(peer, { child, message }) });
}

/** What is not known comes after what is, and what cannot be done last. */
function weightOf({ cost }: Way): number {
  if (cost === null) return Number.MAX_SAFE_INTEGER;
  return cost.impossible === null ? cost.bytes : Number.POSITIVE_INFINITY;
}

/** Only what cannot be done comes last. */
function obstacleOf({ cost }: Way): number {
  return cost === null || cost.impossible === null ? 0 : 1;
}

function describe({ strategy, cost }: Way): string {
  if (cost === null) return `${strategy.name} does not say what it costs`;
  return `${strategy.name}: ${cost.impossible ?? `about ${cost.bytes} bytes`}`;
}
