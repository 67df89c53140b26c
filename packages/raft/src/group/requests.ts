import {
  type Clock,
  type Cursor,
  encodeEnvelope,
  type Index,
  MAX_RUN_PARTS,
  RejectCommand,
  type SmaltiError,
  type Term,
} from '@smalti/core';
import type { CallOptions, Limits } from './api.ts';
import type { CallOrder } from './call-order.ts';
import { Deadlines } from './deadlines.ts';
import { DEFAULT_TIMEOUT_MS } from './defaults.ts';
import {
  aborted,
  callError,
  deposed,
  offline,
  overloaded,
  overtaken,
  rejected,
  unknownOutcome,
} from './errors.ts';

/** What became of a request: the results of its commands, and where they are. */
export interface Settlement {
  readonly results: readonly unknown[];
  readonly first: Index;
  readonly last: Index;
  readonly term: Term;
}

/** Called exactly once. */
export type Settle = (error: SmaltiError | null, settlement: Settlement | null) => void;

/** A command, or an atomic run of them, that was sent from this node and has not settled. */
export interface Request {
  readonly number: number;
  readonly envelopes: readonly Uint8Array[];
  readonly bytes: number;
  /** Settles when it has a place, without waiting for the commit. */
  readonly feed: boolean;
  readonly order: CallOrder;
  readonly place: { readonly number: number; readonly readsBefore: number };
  readonly settle: Settle;
  /** `queued`: surely nowhere else. `sent`: it may have arrived at a leader. `placed`: it has an index. */
  state: 'queued' | 'sent' | 'placed' | 'done';
  first: Index;
  /** In which it was sent or placed. */
  term: Term;
  deadline: number;
  unlisten: (() => void) | null;
  /** Another request that had the same place, in another term. */
  rival: Request | null;
}

/**
 * All requests of this node that have not settled. A request succeeds when an entry with its own origin and number
 * was applied here; it is known to have failed when another entry was applied at its place; otherwise its outcome
 * is unknown. Nothing is ever sent twice once it may have arrived.
 */
export class Requests {
  /** Names this life of this process in every envelope it makes. */
  readonly origin: string;
  readonly #limits: Limits;
  readonly #open = new Map<number, Request>();
  readonly #places = new Map<Index, Request>();
  readonly #deadlines: Deadlines<Request>;
  /** Of the last entry that was applied. */
  #term = 0 as Term;
  #numbers = 0;
  #bytes = 0;

  constructor(origin: string, clock: Clock, limits: Limits) {
    this.origin = origin;
    this.#limits = limits;
    this.#deadlines = new Deadlines(clock, (request) => this.#expire(request));
  }

  get size(): number {
    return this.#open.size;
  }

  /** Bytes of those that have not settled. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws SmaltiError `NO_COMMANDS`, `COMMAND_TOO_LARGE`, `OVERLOADED`, `ABORTED`: nothing was sent. */
  open(
    commands: readonly Uint8Array[],
    feed: boolean,
    order: CallOrder,
    options: CallOptions,
    settle: Settle,
  ): Request {
    this.#admit(commands, options);
    this.#numbers += 1;
    const number = this.#numbers;
    const envelopes = commands.map((command, part) =>
      encodeEnvelope({
        type: 'plain',
        origin: this.origin,
        request: number,
        part,
        of: commands.length,
        command,
      }),
    );
    let bytes = 0;
    for (const envelope of envelopes) bytes += envelope.length;
    const request: Request = {
      number,
      envelopes,
      bytes,
      feed,
      order,
      place: order.write(),
      settle,
      state: 'queued',
      first: 0 as Index,
      term: 0 as Term,
      deadline: 0,
      unlisten: null,
      rival: null,
    };
    this.#bytes += bytes;
    this.#open.set(number, request);
    request.deadline = this.#deadlines.add(request, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const { signal } = options;
    if (signal !== undefined) {
      const onAbort = (): void => this.fail(request, aborted(outcomeOf(request)));
      signal.addEventListener('abort', onAbort);
      request.unlisten = () => signal.removeEventListener('abort', onAbort);
    }
    return request;
  }

  #admit(commands: readonly Uint8Array[], options: CallOptions): void {
    if (options.signal?.aborted) throw aborted('not-applied');
    if (commands.length === 0) throw callError('NO_COMMANDS', 'no commands were given', 'not-applied');
    if (commands.length > MAX_RUN_PARTS) {
      const text = `${commands.length} commands in one run, at most ${MAX_RUN_PARTS} are allowed: send several runs`;
      throw callError('COMMAND_TOO_LARGE', text, 'not-applied');
    }
    let bytes = 0;
    for (const command of commands) bytes += command.length;
    const most = this.#limits.maxCommandBytes;
    if (bytes > most) {
      const text = `${bytes} bytes of commands in one call, at most ${most} are allowed (maxCommandBytes)`;
      throw callError('COMMAND_TOO_LARGE', text, 'not-applied');
    }
    if (this.#open.size >= this.#limits.maxPending) throw overloaded('the number of commands that wait');
    if (this.#bytes + bytes > this.#limits.maxPendingBytes)
      throw overloaded('the memory for commands that wait');
  }

  /** The envelope of a command that nobody waits for. */
  stray(command: Uint8Array): Uint8Array {
    this.#numbers += 1;
    const { origin } = this;
    return encodeEnvelope({ type: 'plain', origin, request: this.#numbers, part: 0, of: 1, command });
  }

  find(number: number): Request | undefined {
    return this.#open.get(number);
  }

  /** The request's entries begin at that index of that term, in the leader's log. */
  placed(request: Request, first: Index, term: Term, applied: Index): void {
    if (request.state === 'done') return;
    request.first = first;
    request.term = term;
    request.state = 'placed';
    const last = (first + request.envelopes.length - 1) as Index;
    if (request.feed) {
      this.#finish(request, null, { results: [], first, last, term });
      return;
    }
    if (last <= applied) {
      this.fail(request, overtaken({ index: first, term }));
      return;
    }
    // A part of the run is applied already: what becomes of it is known with its last part.
    if (first <= applied) return;
    request.rival = this.#places.get(first) ?? null;
    this.#places.set(first, request);
  }

  /** All parts of the request have been applied here, the last one at `at`. */
  applied(request: Request, at: Cursor, results: readonly unknown[]): void {
    const refused = results.flatMap((result, part) => (result instanceof RejectCommand ? [part] : []));
    const refusal = results[refused[0] ?? -1];
    if (refusal instanceof RejectCommand && !request.feed) {
      this.fail(request, rejected(refusal, refused, results.length));
      return;
    }
    const first = (at.index - results.length + 1) as Index;
    this.#finish(request, null, { results, first, last: at.index, term: at.term });
  }

  /**
   * The entry at that index was applied: a request that had its place there in another term has failed. So has every
   * request of an earlier term that was not applied before: terms never go back in a log, and a leader takes what is
   * forwarded to it in the term that the forward names and in no other.
   */
  passed(at: Cursor): void {
    if (at.term !== this.#term) this.#termBegan(at);
    if (this.#places.size === 0) return;
    let request = this.#places.get(at.index) ?? null;
    if (request === null) return;
    this.#places.delete(at.index);
    while (request !== null) {
      const { rival }: Request = request;
      if (request.state === 'placed' && request.term !== at.term) {
        this.fail(request, overtaken({ index: request.first, term: request.term }));
      }
      request = rival;
    }
  }

  #termBegan(at: Cursor): void {
    this.#term = at.term;
    for (const request of [...this.#open.values()]) {
      if (request.state !== 'queued' && request.term < at.term) this.fail(request, deposed(request.term, at));
    }
  }

  /** The run that began there will never be whole: it has no effect. */
  interrupted(number: number, at: Cursor): void {
    const request = this.#open.get(number);
    if (request !== undefined) this.fail(request, overtaken(at));
  }

  /** Settles it with an error, if it has not settled. */
  fail(request: Request, error: SmaltiError): void {
    this.#finish(request, error, null);
  }

  failAll(make: (outcome: 'not-applied' | 'unknown') => SmaltiError): void {
    for (const request of [...this.#open.values()]) this.fail(request, make(outcomeOf(request)));
  }

  close(): void {
    this.#deadlines.close();
  }

  #expire(request: Request): void {
    this.fail(request, outcomeOf(request) === 'not-applied' ? offline() : unknownOutcome());
  }

  #finish(request: Request, error: SmaltiError | null, settlement: Settlement | null): void {
    if (request.state === 'done') return;
    request.state = 'done';
    this.#open.delete(request.number);
    this.#bytes -= request.bytes;
    this.#deadlines.delete(request, request.deadline);
    request.unlisten?.();
    try {
      request.settle(error, settlement);
    } finally {
      request.order.settle(request.place.number);
    }
  }
}

/** What is known of a request that has not settled. */
function outcomeOf(request: Request): 'not-applied' | 'unknown' {
  return request.state === 'queued' ? 'not-applied' : 'unknown';
}
