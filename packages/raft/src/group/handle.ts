import type { StateMachine } from '@smalti/core';
import { type Codec, type Cursor, type Outcome, type Scheduler, SmaltiError } from '@smalti/core';
import type {
  Answer,
  AskOptions,
  CallOptions,
  CommandOptions,
  Consistency,
  Done,
  Executed,
  ExecutedMany,
  Fed,
  GroupHandle,
  ReadyOptions,
} from './api.ts';
import { CallOrder } from './call-order.ts';
import { checkTimeout } from './check-timeout.ts';
import { HandleSession } from './client-session.ts';
import { checkedId } from './command-id.ts';
import type { Credits } from './credits.ts';
import { callError, handleClosed } from './errors.ts';
import type { Reads } from './reads.ts';
import type { RequestKind } from './request.ts';
import type { Request, Requests, Settle, Settlement } from './requests.ts';

/** What handles need of their group. */
export interface HandlePort<Command, Query, Result> {
  readonly machine: StateMachine<Command, Query, Result>;
  readonly requests: Requests;
  readonly reads: Reads;
  readonly credits: Credits;
  readonly scheduler: Scheduler;
  applied(): Cursor;
  /** How old what is applied may be, in milliseconds; null if it is not known. */
  ageMs(): number | null;
  /** Why nothing can be done here any more, or null. */
  refusal(outcome: Outcome): SmaltiError | null;
  queue(request: Request): void;
  wake(): void;
}

/** A place to send commands and queries from, with an order of its own. */
export class Handle<Command, Query, Result> implements GroupHandle<Command, Query, Result> {
  readonly #port: HandlePort<Command, Query, Result>;
  readonly #order = new CallOrder();
  readonly #session = new HandleSession();
  /** Commands that have not settled. */
  #under = 0;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(port: HandlePort<Command, Query, Result>) {
    this.#port = port;
  }

  async execute(command: Command, options: CommandOptions = {}): Promise<Executed<Result>> {
    const { results, last, term } = await this.#send([command], false, options);
    return { result: results[0] as Result, at: { index: last, term } };
  }

  async executeMany(
    commands: readonly Command[],
    options: CommandOptions = {},
  ): Promise<ExecutedMany<Result>> {
    const { results, first, last, term } = await this.#send(commands, false, options);
    return { results: results as readonly Result[], first, last, term };
  }

  feed(command: Command, options: CallOptions = {}): Promise<Fed> {
    return this.feedMany([command], options);
  }

  async feedMany(commands: readonly Command[], options: CallOptions = {}): Promise<Fed> {
    const { first, last, term } = await this.#send(commands, true, options);
    return { first, last, term };
  }

  query(query: Query, consistency: Consistency, options: CallOptions = {}): Promise<Answer<Result>> {
    return new Promise((resolve, reject) => {
      checkTimeout(options);
      if (this.#isAtHand(consistency)) {
        const refusal = this.#port.refusal('none');
        if (refusal !== null) reject(refusal);
        else resolve(this.#look(query));
        return;
      }
      this.ask(
        query,
        (error, answer) => (error === null && answer !== null ? resolve(answer) : reject(error)),
        options,
      );
    });
  }

  submit(command: Command, done: Done<Executed<Result>>, options: CommandOptions = {}): void {
    this.#start([command], false, options, (error, settlement) => {
      if (settlement === null) {
        this.#tell(done, error, null);
        return;
      }
      const { results, last, term } = settlement;
      this.#tell(done, null, { result: results[0] as Result, at: { index: last, term } });
    });
  }

  ask(query: Query, done: Done<Answer<Result>>, options: AskOptions = {}): void {
    const port = this.#port;
    const fail = (error: SmaltiError): void => this.#tell(done, error, null);
    const answer = (): void => {
      let found: Answer<Result>;
      try {
        const refusal = port.refusal('none');
        if (refusal !== null) throw refusal;
        found = this.#look(query);
      } catch (error) {
        fail(error as SmaltiError);
        return;
      }
      this.#tell(done, null, found);
    };
    try {
      const refusal = port.refusal('none');
      if (refusal !== null) throw refusal;
      if (this.#closed) throw handleClosed();
      checkTimeout(options);
      if (this.#isAtHand(options.consistency ?? 'strong')) {
        const found = this.#look(query);
        port.scheduler.endOfTurn(() => this.#tell(done, null, found));
        return;
      }
      port.reads.open(this.#order, options, answer, fail);
      port.wake();
    } catch (error) {
      port.scheduler.endOfTurn(() => fail(error as SmaltiError));
    }
  }

  ready(options: ReadyOptions = {}): Promise<void> {
    const refusal = this.#port.refusal('none');
    return refusal === null ? this.#port.credits.ready(this.#order, options) : Promise.reject(refusal);
  }

  /** What a caller's callback throws is its own: it surfaces as uncaught, and never within consensus. */
  #tell<T>(done: Done<T>, error: SmaltiError | null, value: T | null): void {
    try {
      done(error, value);
    } catch (thrown) {
      this.#port.scheduler.nextTurn(() => {
        throw thrown;
      });
    }
  }

  #look(query: Query): Answer<Result> {
    const port = this.#port;
    return { result: port.machine.query(query), at: port.applied(), ageMs: port.ageMs() };
  }

  /** True if what this node has is fresh enough. @throws SmaltiError `BAD_OPTION`. */
  #isAtHand(consistency: Consistency): boolean {
    if (consistency === 'weak') return true;
    if (consistency === 'strong') return false;
    const { maxAgeMs } = consistency;
    if (typeof maxAgeMs !== 'number' || !(maxAgeMs >= 0)) {
      const text = `option maxAgeMs is ${String(maxAgeMs)}, and must be a number of milliseconds of at least 0`;
      throw new SmaltiError('BAD_OPTION', text, { details: { option: 'maxAgeMs', value: maxAgeMs } });
    }
    const age = this.#port.ageMs();
    return age !== null && age <= maxAgeMs;
  }

  async close(): Promise<void> {
    const before = this.#closed;
    this.#closed = true;
    if (this.#under > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    else if (!before) this.#port.requests.release(this.#session);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #settled(): void {
    this.#under -= 1;
    if (this.#under > 0 || !this.#closed) return;
    this.#port.requests.release(this.#session);
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #send(commands: readonly Command[], feed: boolean, options: CommandOptions): Promise<Settlement> {
    return new Promise((resolve, reject) => {
      this.#start(commands, feed, options, (error, settlement) =>
        settlement === null ? reject(error) : resolve(settlement),
      );
    });
  }

  #start(commands: readonly Command[], feed: boolean, options: CommandOptions, settle: Settle): void {
    const port = this.#port;
    try {
      const refusal = port.refusal('not-applied');
      if (refusal !== null) throw refusal;
      if (this.#closed) throw handleClosed();
      checkTimeout(options, 'not-applied');
      const kind = feed ? FEED : kindOf(options);
      const bytes = commands.map((command) => encode(port.machine.commands, command));
      port.queue(
        port.requests.open(bytes, kind, this.#session, this.#order, options, (error, settlement) => {
          this.#settled();
          settle(error, settlement);
        }),
      );
      this.#under += 1;
      port.wake();
    } catch (error) {
      port.scheduler.endOfTurn(() => settle(error as SmaltiError, null));
    }
  }
}

const SESSION: RequestKind = { type: 'session' };
const FEED: RequestKind = { type: 'feed' };

/** Of the handle's own session, or under the number that the caller names. */
function kindOf({ as, through = 0 }: CommandOptions): RequestKind {
  return as === undefined ? SESSION : { type: 'given', id: checkedId(as, through), through };
}

/** Encodes on the caller's node, and sees that it can be read again: what is committed must be. */
function encode<Command>(codec: Codec<Command>, command: Command): Uint8Array {
  try {
    const bytes = codec.encode(command);
    codec.decode(bytes);
    return bytes;
  } catch (error) {
    if (error instanceof SmaltiError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw callError('ENCODING', `the machine's codec refuses the command: ${why}`, 'not-applied', error);
  }
}
