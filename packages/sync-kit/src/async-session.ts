import {
  type AnyStateMachine,
  type Cursor,
  type PeerId,
  type SessionPoll,
  type Settled,
  SmaltiError,
  type SyncSession,
  type SyncSessionContext,
} from '@smalti/core';
import { type AsyncSessionContext, asyncContext, Inbox, Promises } from './async-context.ts';
import { Sleepers } from './sleepers.ts';

export interface AsyncSessionOptions {
  /** How many messages are kept while nobody waits for one. Default: 256. Those that come after are lost. */
  readonly maxQueued?: number;
}

const MAX_QUEUED = 256;
const TAG = 'session';

/**
 * A session written as one async function: what it resolves with is where the local log ends, durably, and what it
 * throws ends the session as failed (an error other than `CANNOT_SYNC` becomes the cause of one). For
 * `StateSync.createSession`.
 *
 * The signal is aborted when the session ends from outside; promises of the context that are waited for reject then.
 *
 * @throws RangeError if `maxQueued` is not an integer of at least 1.
 */
export function asyncSession<Machine extends AnyStateMachine, Message>(
  run: (cx: AsyncSessionContext<Machine, Message>, signal: AbortSignal) => Promise<Cursor>,
  { maxQueued = MAX_QUEUED }: AsyncSessionOptions = {},
): SyncSession<Machine, Message> {
  if (!Number.isSafeInteger(maxQueued) || maxQueued < 1) {
    throw new RangeError(`maxQueued must be an integer of at least 1, and ${maxQueued} is not`);
  }
  return new AsyncSession(run, maxQueued);
}

class AsyncSession<Machine extends AnyStateMachine, Message> implements SyncSession<Machine, Message> {
  readonly #run: (cx: AsyncSessionContext<Machine, Message>, signal: AbortSignal) => Promise<Cursor>;
  readonly #promises = new Promises();
  readonly #sleepers = new Sleepers();
  readonly #inbox: Inbox<Message>;
  readonly #stop = new AbortController();
  #started = false;
  #outcome: Settled | null = null;

  constructor(
    run: (cx: AsyncSessionContext<Machine, Message>, signal: AbortSignal) => Promise<Cursor>,
    maxQueued: number,
  ) {
    this.#run = run;
    this.#inbox = new Inbox(maxQueued);
  }

  poll(context: SyncSessionContext<Machine, Message>): SessionPoll {
    if (this.#outcome !== null) return ended(this.#outcome);
    if (!this.#started) {
      this.#started = true;
      const cx = asyncContext(context, this.#promises, this.#inbox, this.#sleepers);
      context.start((signal) => this.#run(cx, AbortSignal.any([signal, this.#stop.signal])), TAG);
    }
    const now = context.clock.now();
    this.#sleepers.wake(now);
    const { next } = this.#sleepers;
    if (next !== null) context.wakeAfter(next - now);
    return 'pending';
  }

  receive(message: Message, sender: PeerId): void {
    this.#inbox.put({ sender, message });
  }

  unreadable(sender: PeerId): void {
    this.#inbox.put({ sender, message: null });
  }

  completed(tag: string, outcome: Settled): void {
    if (tag === TAG) this.#outcome = outcome;
  }

  close(): void {
    this.#promises.end();
    this.#stop.abort(this.#promises.ended);
  }
}

function ended(outcome: Settled): SessionPoll {
  if (outcome.ok) return { done: outcome.value as Cursor };
  const { error } = outcome;
  if (error instanceof SmaltiError && error.code === 'CANNOT_SYNC') return { failed: error };
  const message = error instanceof Error ? error.message : String(error);
  return { failed: new SmaltiError('CANNOT_SYNC', message, { cause: error }) };
}
