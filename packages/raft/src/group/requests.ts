import {
  type Clock,
  type CommandId,
  type Cursor,
  type Index,
  type SessionKey,
  type SessionPlace,
  type SmaltiError,
  sessionKeyOf,
  type Term,
} from '@smalti/core';
import type { CallOptions } from './api.ts';
import type { CallOrder } from './call-order.ts';
import { type ClientSession, HandleSession, OwnSession } from './client-session.ts';
import type { Credits } from './credits.ts';
import { Deadlines } from './deadlines.ts';
import { DEFAULT_TIMEOUT_MS, type GroupLimits } from './defaults.ts';
import { admit, closeOf, ENVELOPE_BYTES, fillOf, numberedOf, plainOf } from './envelopes.ts';
import { aborted, offline, overtaken, sessionUnknown, unknownOutcome } from './errors.ts';
import { endOf } from './fates.ts';
import { OpenSessions } from './open-sessions.ts';
import {
  type Fate,
  idOf,
  newRequest,
  outcomeOf,
  outcomeOfUnknown,
  type Request,
  type RequestKind,
  type Settle,
} from './request.ts';

export type { Fate, Request, Settle, Settlement } from './request.ts';

/** What requests need of their group. */
export interface RequestPort {
  readonly clock: Clock;
  /** 16 bytes that nobody has drawn before: the name of a session. */
  drawKey(): SessionKey;
  /** What this node has applied. */
  applied(): Index;
  /** Sends a request that nobody has queued. */
  queue(request: Request): void;
}

/**
 * All requests of this node that have not settled. A request of a session is sent again, under its number, after every
 * change of leader, until its number was used up, as this node sees when it applies: whichever copy of it is first. If
 * its caller gives up before, a fill takes its place, so that later numbers can be applied. What is fed is outside any
 * session: it is never sent again once it may have arrived.
 */
export class Requests {
  /** Names this life of this process in every envelope outside a session. */
  readonly origin: string;
  readonly #port: RequestPort;
  readonly #limits: GroupLimits;
  readonly #credits: Credits;
  readonly #open = new Map<number, Request>();
  readonly #sessions = new OpenSessions();
  readonly #closing = new Map<SessionKey, Request>();
  readonly #deadlines: Deadlines<Request>;
  /** Of the last entry that was applied. */
  #term = 0 as Term;
  #numbers = 0;

  constructor(origin: string, limits: GroupLimits, credits: Credits, port: RequestPort) {
    this.origin = origin;
    this.#port = port;
    this.#limits = limits;
    this.#credits = credits;
    this.#deadlines = new Deadlines(port.clock, (request) => this.#expire(request));
  }

  get size(): number {
    return this.#open.size;
  }

  /** Bytes of those that have not settled. */
  get bytes(): number {
    return this.#credits.bytes;
  }

  /**
   * @param line the session of the handle; not looked at for what is fed or has a number already.
   * @throws SmaltiError `NO_COMMANDS`, `COMMAND_TOO_LARGE`, `OVERLOADED`, `ABORTED`, `OUT_OF_ORDER`: nothing was sent.
   */
  open(
    commands: readonly Uint8Array[],
    kind: RequestKind,
    line: HandleSession,
    order: CallOrder | null,
    options: CallOptions,
    settle: Settle,
  ): Request {
    if (options.signal?.aborted) throw aborted(kind.type === 'fill' ? 'unknown' : 'not-applied');
    if (kind.type === 'fill') this.#sessions.checkGiven(kind.id);
    const bytes = admit(commands, kind, this.#limits);
    this.#credits.admit(order, bytes);
    const request = this.#add(commands, kind, line, bytes, order, settle);
    request.deadline = this.#deadlines.add(request, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const { signal } = options;
    if (signal !== undefined) {
      const onAbort = (): void => this.#giveUp(request, aborted(outcomeOf(request), idOf(request)));
      signal.addEventListener('abort', onAbort);
      request.unlisten = () => signal.removeEventListener('abort', onAbort);
    }
    return request;
  }

  #add(
    commands: readonly Uint8Array[],
    kind: RequestKind,
    line: HandleSession,
    bytes: number,
    order: CallOrder | null,
    settle: Settle,
  ): Request {
    this.#numbers += 1;
    const request = newRequest(this.#numbers, { commands, kind, line, bytes, order, settle });
    this.#credits.take(order, bytes);
    this.#open.set(request.number, request);
    return request;
  }

  /** It is about to be sent: if it is for the first time, it gets its number. @returns its entries' payloads. */
  envelopes(request: Request): readonly Uint8Array[] {
    request.envelopes ??= this.#number(request);
    request.span = request.envelopes.length;
    return request.envelopes;
  }

  #number(request: Request): readonly Uint8Array[] {
    const { kind, commands } = request;
    if (kind.type === 'feed') return plainOf(this.origin, request.number, commands);
    if (kind.type === 'close') return [closeOf(kind.session)];
    if (kind.type === 'given' || kind.type === 'fill') {
      const { session: name, sequence } = kind.id;
      const session = this.#sessions.of(sessionKeyOf(name));
      this.#wait(request, session, sequence);
      const place = { session: session.key, sequence };
      if (kind.type === 'fill') return [fillOf({ ...place, through: 0, opening: kind.opening })];
      return numberedOf({ ...place, through: kind.through, opening: null }, commands);
    }
    const own = request.line.at(this.#port.clock.now(), (instead) =>
      this.#sessions.begin(this.drawKey(), this.#port.applied(), instead),
    );
    const place = own.next();
    this.#wait(request, own, place.sequence);
    return numberedOf(place, commands);
  }

  #wait(request: Request, session: ClientSession, sequence: number): void {
    request.session = session;
    request.sequence = sequence;
    session.wait(request, sequence);
  }

  /** A name that no session has had. */
  drawKey(): SessionKey {
    return this.#port.drawKey();
  }

  /** The envelope of a command that nobody waits for. */
  stray(command: Uint8Array): Uint8Array {
    this.#numbers += 1;
    return plainOf(this.origin, this.#numbers, [command])[0] as Uint8Array;
  }

  /** What was fed under that number, and waits for its place. */
  fed(number: number): Request | undefined {
    return this.#open.get(number);
  }

  /** What of a handle waits for that number of a session. */
  find(key: SessionKey, sequence: number): Request | undefined {
    return this.#sessions.get(key)?.waiting.get(sequence);
  }

  /** The request's entries begin at that index of that term, in the leader's log. */
  placed(request: Request, first: Index, term: Term): void {
    if (request.state === 'done') return;
    request.term = term;
    request.state = 'placed';
    const last = (first + request.span - 1) as Index;
    if (request.kind.type === 'feed') this.#finish(request, null, { results: [], first, last, term });
  }

  /** What may be nowhere any more, of what has to be applied: it is to be sent again, in its order. */
  recall(): Request[] {
    const back: Request[] = [];
    for (const request of this.#open.values()) {
      if (request.kind.type === 'feed' || request.state === 'queued') continue;
      request.state = 'queued';
      request.copies = true;
      back.push(request);
    }
    return back;
  }

  /** All parts of what was fed have been applied here, the last one at `at`, before its place was told. */
  appliedFed(request: Request, at: Cursor): void {
    const first = (at.index - request.span + 1) as Index;
    this.#finish(request, null, { results: [], first, last: at.index, term: at.term });
  }

  /** A number of a session was used up, or cannot be: seen on this node, at its place in the log. */
  settled(key: SessionKey, sequence: number, fate: Fate): void {
    const session = this.#sessions.get(key);
    if (session === undefined) return;
    // A copy of ours is out of order only if others are under way: those before it, and it after them.
    if (fate.type === 'out-of-order' && session instanceof OwnSession) return;
    if (session instanceof OwnSession) session.applied(sequence);
    for (const request of session.take(sequence)) this.#settle(request, fate);
    this.#sweep(session);
  }

  /**
   * The table knows no session that this place is in. If it is our own, and cannot begin any more, then nothing of it
   * that waits was applied, and nothing ever will be. Until it has begun that is said to those who ask too early, too.
   */
  unknown({ session: key, sequence, opening }: SessionPlace): void {
    const session = this.#sessions.get(key);
    if (session === undefined) return;
    const own = session instanceof OwnSession ? session : null;
    if (own !== null && (own.hasBegun || opening !== null)) {
      this.#over(own);
      return;
    }
    const asking = session.take(sequence);
    for (const request of asking) if (request.kind.type === 'session') session.wait(request, sequence);
    this.#endUnknown(asking.filter(({ kind }) => kind.type !== 'session'));
    this.#sweep(session);
  }

  #endUnknown(requests: readonly Request[]): void {
    for (const request of requests) {
      this.#finish(request, sessionUnknown(outcomeOfUnknown(request), idOf(request)), null);
    }
  }

  /** A session was closed. */
  closed(key: SessionKey): void {
    const request = this.#closing.get(key);
    if (request === undefined) return;
    this.#closing.delete(key);
    this.#finish(request, null, null);
  }

  /**
   * A checkpoint took the place of the state: entries of what waits here may have been passed over. What its sessions
   * know settles, what is not known any more ends as unknown, and the rest is to be sent again.
   *
   * @param fateOf what became of a number: null if nothing has, undefined if there is no such session.
   */
  skipped(at: Cursor, fateOf: (key: SessionKey, sequence: number) => Fate | null | undefined): void {
    this.#term = at.term;
    for (const request of [...this.#open.values()]) {
      const { kind, session, sequence } = request;
      if (request.state === 'done') continue;
      if (kind.type === 'feed') {
        if (request.state !== 'queued') this.fail(request, unknownOutcome(null));
      } else if (kind.type === 'close') {
        if (fateOf(kind.session, 0) === undefined) this.closed(kind.session);
      } else if (session !== null) {
        const fate = fateOf(session.key, sequence);
        if (fate === undefined) this.#forgotten(session);
        else if (fate !== null) {
          request.order?.overtake(request.place?.readsBefore ?? 0);
          this.settled(session.key, sequence, fate);
        }
      }
    }
  }

  /** It never began, or it began and is over: among what was passed over, or before. */
  #forgotten(session: ClientSession): void {
    if (!(session instanceof OwnSession)) return;
    session.uncertain = true;
    if (session.hasBegun) this.#over(session);
  }

  #over(own: OwnSession): void {
    own.over = true;
    for (const number of [...own.waiting.keys()]) this.#endUnknown(own.take(number));
    this.#sessions.delete(own.key);
  }

  #settle(request: Request, fate: Fate): void {
    const { error, settlement } = endOf(request, fate);
    this.#finish(request, error, settlement);
  }

  /** An entry of that term is applied: what was fed in an earlier one, and was not applied before, never will be. */
  passed(at: Cursor): void {
    if (at.term === this.#term) return;
    this.#term = at.term;
    for (const request of [...this.#open.values()]) {
      const gone = request.kind.type === 'feed' && request.state !== 'queued' && request.term < at.term;
      if (gone) this.fail(request, overtaken(request.term, at));
    }
  }

  /** The fed run that began there will never be whole: it has no effect. */
  interrupted(number: number, at: Cursor): void {
    const request = this.#open.get(number);
    if (request !== undefined) this.fail(request, overtaken(request.term, at));
  }

  /** The outcome of a command of a handle of this node is asked: nobody else will. */
  asked(id: CommandId): void {
    const session = this.#sessions.get(sessionKeyOf(id.session));
    if (session instanceof OwnSession) session.asked(id.sequence);
  }

  /** The handle is not used any more. */
  release(line: HandleSession): void {
    const { current } = line;
    if (current === null) return;
    current.released = true;
    this.#sweep(current);
  }

  /** Settles it with an error, if it has not settled. */
  fail(request: Request, error: SmaltiError): void {
    this.#leave(request);
    this.#finish(request, error, null);
  }

  failAll(make: (outcome: 'not-applied' | 'unknown', id: CommandId | null) => SmaltiError): void {
    for (const each of [...this.#open.values()]) this.fail(each, make(outcomeOf(each), idOf(each)));
  }

  /** The callers are told, and their numbers are used up all the same: others can be sent after them. */
  giveUpAll(make: (outcome: 'not-applied' | 'unknown', id: CommandId | null) => SmaltiError): void {
    for (const each of [...this.#open.values()]) this.#giveUp(each, make(outcomeOf(each), idOf(each)));
  }

  close(): void {
    this.#deadlines.close();
  }

  #expire(request: Request): void {
    const certain = outcomeOf(request) === 'not-applied';
    this.#giveUp(request, certain ? offline() : unknownOutcome(idOf(request)));
  }

  /** The caller is told. A number that was given is used up all the same, without effect if nothing else did. */
  #giveUp(request: Request, error: SmaltiError): void {
    const { session, sequence } = request;
    if (request.kind.type !== 'session' || !(session instanceof OwnSession) || request.state === 'done') {
      this.fail(request, error);
      return;
    }
    if (error.outcome === 'unknown') session.keep(sequence);
    request.envelopes = [fillOf(session.placeOf(sequence))];
    request.commands = [];
    this.#credits.shrink(request.order, request.bytes - ENVELOPE_BYTES);
    request.bytes = ENVELOPE_BYTES;
    this.#tell(request, error, null);
  }

  #leave(request: Request): void {
    const { session, sequence } = request;
    if (session === null || request.state === 'done') return;
    session.leave(request, sequence);
    this.#sweep(session);
  }

  #sweep(session: ClientSession): void {
    if (this.#sessions.sweep(session) && session instanceof OwnSession && session.mayBeOpen)
      this.#end(session.key);
  }

  #end(key: SessionKey): void {
    const request = this.#add([], { type: 'close', session: key }, new HandleSession(), 0, null, () => {});
    this.#closing.set(key, request);
    this.#port.queue(request);
  }

  #finish(request: Request, error: SmaltiError | null, settlement: Parameters<Settle>[1]): void {
    if (request.state === 'done') return;
    request.state = 'done';
    this.#open.delete(request.number);
    this.#credits.give(request.order, request.bytes);
    this.#tell(request, error, settlement);
  }

  #tell(request: Request, error: SmaltiError | null, settlement: Parameters<Settle>[1]): void {
    if (request.told) return;
    request.told = true;
    this.#deadlines.delete(request, request.deadline);
    request.unlisten?.();
    try {
      request.settle(error, settlement);
    } finally {
      if (request.place !== null) request.order?.settle(request.place.number);
    }
  }
}
