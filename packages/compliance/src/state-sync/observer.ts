import type {
  AnyStateMachine,
  Codec,
  Cursor,
  Entry,
  SessionPoll,
  StateSync,
  StoreCallback,
  SyncProgress,
  SyncProvider,
  SyncSession,
  SyncSessionContext,
} from '@smalti/core';
import { type Observed, observedContext } from './observed-context.ts';
import { progressProblem } from './progress.ts';

// biome-ignore lint/suspicious/noExplicitAny: messages are the strategy's own matter
type Any = any;
type Session = SyncSession<AnyStateMachine, Any>;
type Provider = SyncProvider<AnyStateMachine, Any>;
type SessionContext = SyncSessionContext<AnyStateMachine, Any>;

/** One session, as it was seen. */
export class SessionSeen implements Observed {
  readonly node: string;
  readonly at: number;
  readonly role = 'session';
  over = false;
  underWay = 0;
  /** Bytes of messages that it was given. */
  received = 0;
  /** Bytes of frames that it has appended and that are durable. */
  durable = 0;
  /** The most bytes that had come and were not durable. */
  held = 0;
  readonly reports: SyncProgress[] = [];
  readonly outcomes: string[] = [];

  constructor(node: string, at: number) {
    this.node = node;
    this.at = at;
  }
}

/** What an observer needs to know of its cluster. */
export interface Surroundings {
  now(): number;
  /** Ends with the process that runs on that node now. */
  isAlive(node: string): () => boolean;
}

/**
 * Looks at every call between the host and the strategies of a cluster. Strategies are handed on as they are, their
 * contexts too; what a strategy may not do becomes a problem.
 */
export class Observer {
  readonly sessions: SessionSeen[] = [];
  readonly problems: string[] = [];
  readonly #surroundings: Surroundings;
  readonly #ended: { readonly seen: Observed; readonly isAlive: () => boolean }[] = [];
  /** How long each message was that came. */
  readonly #sizes = new WeakMap<object, number>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The strategy, observed. */
  of(strategy: StateSync<AnyStateMachine, Any>, node: string): StateSync<AnyStateMachine, Any> {
    const isAlive = this.#surroundings.isAlive(node);
    return {
      descriptor: strategy.descriptor,
      name: strategy.name,
      wireVersions: strategy.wireVersions,
      signature: strategy.signature,
      messages: (version) => this.#measured(strategy.messages(version)),
      createProvider: (context) => {
        const seen: Observed = { node, role: 'provider', over: false, underWay: 0 };
        const observe = observedContext(seen, this.#host(isAlive));
        return this.#provider(strategy.createProvider(observe(context)), seen, observe, isAlive);
      },
      createSession: (context, position, leaderCommit, entries) => {
        const seen = new SessionSeen(node, this.#surroundings.now());
        this.sessions.push(seen);
        const observe = observedContext<SessionContext>(seen, this.#host(isAlive), (cx) =>
          this.#requests(cx, seen),
        );
        const session = strategy.createSession(observe(context), position, leaderCommit, entries);
        return this.#session(session, seen, observe, isAlive);
      },
    };
  }

  /** States what is found once the owners that have ended had their time. */
  get leftOvers(): readonly string[] {
    return this.#ended.flatMap(({ seen, isAlive }) =>
      seen.underWay > 0 && isAlive()
        ? [`a ${seen.role} on ${seen.node} has ended, and work that it started goes on: heed its signal`]
        : [],
    );
  }

  #host(isAlive: () => boolean) {
    return {
      wrong: (what: string): void => {
        if (isAlive()) this.problems.push(what);
      },
    };
  }

  #measured(codec: Codec<Any>): Codec<Any> {
    return {
      encode: (message) => codec.encode(message),
      decode: (bytes) => {
        const message = codec.decode(bytes);
        if (typeof message === 'object' && message !== null) this.#sizes.set(message, bytes.length);
        return message;
      },
    };
  }

  #provider(
    inner: Provider,
    seen: Observed,
    observe: <T extends object>(context: T) => T,
    isAlive: () => boolean,
  ): Provider {
    const { poll, safeToPrunePrefix, committed, marker, completed } = inner;
    return {
      ...(poll && { poll: (cx) => poll.call(inner, observe(cx)) }),
      receive: (message, sender, cx) => {
        try {
          return inner.receive(message, sender, observe(cx));
        } catch (error) {
          this.problems.push(`the provider of ${seen.node} threw at a message: ${String(error)}`);
          throw error;
        }
      },
      ...(safeToPrunePrefix && { safeToPrunePrefix: (cx) => safeToPrunePrefix.call(inner, observe(cx)) }),
      ...(committed && { committed: (at, cx) => committed.call(inner, at, observe(cx)) }),
      ...(marker && {
        marker: (bytes, at, snapshot, cx) => marker.call(inner, bytes, at, snapshot, observe(cx)),
      }),
      ...(completed && { completed: (tag, outcome, cx) => completed.call(inner, tag, outcome, observe(cx)) }),
      close: () => {
        this.#closes(seen, isAlive);
        inner.close?.();
      },
    };
  }

  #session(
    inner: Session,
    seen: SessionSeen,
    observe: <T extends object>(context: T) => T,
    isAlive: () => boolean,
  ): Session {
    const { buffer, unreadable, completed } = inner;
    return {
      poll: (cx) => {
        const answer = inner.poll(observe(cx));
        this.#answered(seen, answer, cx);
        return answer;
      },
      receive: (message, sender, cx) => {
        seen.received += this.#sizes.get(message) ?? 0;
        seen.held = Math.max(seen.held, seen.received - seen.durable);
        inner.receive(message, sender, observe(cx));
      },
      ...(buffer && { buffer: (at, count, bytes, cx) => buffer.call(inner, at, count, bytes, observe(cx)) }),
      ...(unreadable && { unreadable: (sender, cx) => unreadable.call(inner, sender, observe(cx)) }),
      ...(completed && { completed: (tag, outcome, cx) => completed.call(inner, tag, outcome, observe(cx)) }),
      close: (farewell) => {
        this.#closes(seen, isAlive);
        inner.close?.(farewell);
      },
    };
  }

  #closes(seen: Observed, isAlive: () => boolean): void {
    seen.over = true;
    this.#ended.push({ seen, isAlive });
  }

  #answered(seen: SessionSeen, answer: SessionPoll, { verified, position }: SessionContext): void {
    if (answer === 'pending' || answer === 'again') return;
    if ('failed' in answer) {
      seen.outcomes.push('failed');
      const { code, message } = answer.failed;
      if (code !== 'CANNOT_SYNC' || message === '')
        this.problems.push(`a session on ${seen.node} failed with ${code}, and not with CANNOT_SYNC and why`);
      return;
    }
    seen.outcomes.push('done');
    if (verified.index >= position.index) return;
    const where = `${answer.done.index}, and what is verified ends at ${verified.index} of ${position.index}`;
    this.problems.push(`a session on ${seen.node} says that it is done at ${where}`);
  }

  /** What a session asks of the runtime. */
  #requests(cx: SessionContext, seen: SessionSeen): Readonly<Record<string, unknown>> {
    return {
      append: (entries: readonly Entry[], done: StoreCallback): void => {
        const last = entries.at(-1);
        if (last !== undefined && last.index > cx.ceiling) {
          this.problems.push(`a session on ${seen.node} asks for ${last.index}, above ${cx.ceiling}`);
        }
        const bytes = entries.reduce((all, { frame }) => all + frame.length, 0);
        cx.append(entries, (error, value) => {
          if (error === null) seen.durable += bytes;
          done(error, value);
        });
      },
      setCommitted: (at: Cursor): void => {
        if (at.index > cx.ceiling)
          this.problems.push(`a session on ${seen.node} commits ${at.index}, above ${cx.ceiling}`);
        cx.setCommitted(at);
      },
      report: (progress: SyncProgress): void => {
        const problem = progressProblem(seen.reports.at(-1), progress);
        if (problem !== null) this.problems.push(`a session on ${seen.node} reports ${problem}`);
        // A copy: the maps of a report may be the strategy's own, and change.
        seen.reports.push({ ...progress, sources: new Map(progress.sources) });
        cx.report(progress);
      },
    };
  }
}
