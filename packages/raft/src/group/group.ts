import type { Clock } from '@smalti/core';
import {
  type ClientSessionId,
  type CommandId,
  type Cursor,
  type ErrorCode,
  type GroupId,
  type SmaltiError,
  type StateMachine,
  sessionIdOf,
  toIndex,
} from '@smalti/core';
import type { CallOptions, CommandOutcome, Group, GroupHandle } from './api.ts';
import { checkTimeout } from './check-timeout.ts';
import type { Checkpoints } from './checkpoints/checkpoints-api.ts';
import { GroupCheckpoints } from './checkpoints/group-checkpoints.ts';
import { HandleSession } from './client-session.ts';
import { checkedId } from './command-id.ts';
import { aborted, callError, indexPassed } from './errors.ts';
import { eventStream } from './event-stream.ts';
import type { EventOptions, GroupEvent } from './group-event.ts';
import type { GroupRuntime } from './group-runtime.ts';
import { Handle } from './handle.ts';
import type { Members } from './members/members.ts';
import type { RequestKind, Settle } from './request.ts';
import type { SkipOptions, SkippedCommand } from './skips/skips-api.ts';
import type { GroupStatus } from './status-api.ts';
import { GroupWhen } from './when.ts';
import type { When } from './when-api.ts';

/** What became of a command is known, though it has no result. */
const KNOWN: ReadonlySet<ErrorCode> = new Set(['REJECTED', 'COMMAND_SKIPPED', 'REPLY_GONE']);

/** A group, as its users see it. */
export class GroupFacade<Command, Query, Result>
  extends Handle<Command, Query, Result>
  implements Group<Command, Query, Result>
{
  readonly when: When;
  readonly checkpoints: Checkpoints;
  readonly #runtime: GroupRuntime<Command, Query, Result>;
  readonly #clock: Clock;
  readonly #closed: (closing: Promise<void>) => void;

  constructor(
    runtime: GroupRuntime<Command, Query, Result>,
    clock: Clock,
    onClosed: (closing: Promise<void>) => void,
  ) {
    super(runtime);
    this.#runtime = runtime;
    this.#clock = clock;
    this.#closed = onClosed;
    this.checkpoints = new GroupCheckpoints(runtime);
    this.when = new GroupWhen(runtime.events, runtime, clock);
  }

  get id(): GroupId {
    return this.#runtime.group;
  }

  handle(): GroupHandle<Command, Query, Result> {
    return new Handle(this.#runtime);
  }

  get members(): Members {
    return this.#runtime.members;
  }

  skip(index: number, options: SkipOptions): Promise<SkippedCommand> {
    return this.#runtime.skip(index, options);
  }

  status(): GroupStatus {
    return this.#runtime.status();
  }

  events(options: EventOptions = {}): AsyncIterable<GroupEvent> {
    return eventStream(this.#runtime.events, this.#clock, options);
  }

  outcome(id: CommandId, options: CallOptions = {}): Promise<CommandOutcome<Result>> {
    return new Promise((resolve, reject) => {
      const kind: RequestKind = { type: 'fill', id: checkedId(id), opening: null };
      this.#fill(kind, options, (error, settlement) => {
        const known = error === null || KNOWN.has(error.code);
        if (known) this.#runtime.requests.asked(id);
        if (error !== null) return reject(error);
        if (settlement === null) return resolve({ applied: false });
        const { results, last, term } = settlement;
        resolve({ applied: true, results: results as readonly Result[], at: { index: last, term } });
      });
    });
  }

  openSession(options: CallOptions = {}): Promise<ClientSessionId> {
    return new Promise((resolve, reject) => {
      const session = sessionIdOf(this.#runtime.requests.drawKey());
      const opening = this.#runtime.applied().index;
      this.#fill({ type: 'fill', id: { session, sequence: 0 }, opening }, options, (error) =>
        error === null ? resolve(session) : reject(error),
      );
    });
  }

  #fill(kind: RequestKind, options: CallOptions, settle: Settle): void {
    const runtime = this.#runtime;
    const refusal = runtime.refusal('unknown');
    if (refusal !== null) throw refusal;
    // What became of a command is not known better by a question that cannot be asked.
    checkTimeout(options, 'unknown');
    runtime.queue(runtime.requests.open([], kind, new HandleSession(), null, options, settle));
    runtime.wake();
  }

  at<T>(
    index: number,
    look: (machine: StateMachine<Command, Query, Result>, at: Cursor) => T,
    options: CallOptions = {},
  ): Promise<T> {
    const runtime = this.#runtime;
    return new Promise((resolve, reject) => {
      checkTimeout(options);
      const wanted = toIndex(index);
      const refusal = runtime.refusal('none');
      if (refusal !== null) return reject(refusal);
      if (options.signal?.aborted) return reject(aborted('none'));
      const now = runtime.applied();
      if (now.index > wanted) return reject(indexPassed(wanted, now));
      const give = (at: Cursor): void => {
        end();
        try {
          resolve(look(runtime.machine, at));
        } catch (error) {
          reject(error);
        }
      };
      const fail = (error: SmaltiError): void => {
        end();
        reject(error);
      };
      let end = (): void => {};
      if (now.index === wanted) return give(now);
      const onAbort = (): void => fail(aborted('none'));
      const unwatch = runtime.watch(wanted, {
        look: give,
        skipped: (at) => fail(indexPassed(wanted, at)),
      });
      const unlisten = runtime.events.listen((event) => {
        if (event.type === 'machine-failed') fail(event.error);
      }, fail);
      const { timeoutMs } = options;
      const timer =
        timeoutMs === undefined
          ? null
          : this.#clock.setTimer(timeoutMs, () => {
              const text = `index ${wanted} was not applied within ${timeoutMs} ms: ${runtime.applied().index} is`;
              fail(callError('TIMEOUT', text, 'none'));
            });
      options.signal?.addEventListener('abort', onAbort);
      end = () => {
        unwatch();
        unlisten();
        timer?.cancel();
        options.signal?.removeEventListener('abort', onAbort);
      };
    });
  }

  override async close(): Promise<void> {
    const closing = this.#runtime.close();
    this.#closed(closing);
    await closing;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
