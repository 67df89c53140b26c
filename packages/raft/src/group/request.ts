import {
  type CommandId,
  type Cursor,
  type Index,
  type SessionKey,
  type SmaltiError,
  sessionIdOf,
  type Term,
} from '@smalti/core';
import type { CallOrder } from './call-order.ts';
import { type ClientSession, type HandleSession, OwnSession } from './client-session.ts';

/** What became of a request: the results of its commands, and where they are. */
export interface Settlement {
  readonly results: readonly unknown[];
  readonly first: Index;
  readonly last: Index;
  readonly term: Term;
}

/** Called exactly once. Both are null for a number that was used up without effect, or that only opens a session. */
export type Settle = (error: SmaltiError | null, settlement: Settlement | null) => void;

/** What a request is. */
export type RequestKind =
  /** Of a handle's own session, which gives it its number when it is sent. */
  | { readonly type: 'session' }
  /** Settles when it has a place, without waiting for the commit. In no session. */
  | { readonly type: 'feed' }
  /** Under a number that somebody else gave. */
  | { readonly type: 'given'; readonly id: CommandId; readonly through: number }
  /** Uses up a number without effect, or opens a session, with number 0. */
  | { readonly type: 'fill'; readonly id: CommandId; readonly opening: Index | null }
  /** The end of a session. */
  | { readonly type: 'close'; readonly session: SessionKey };

/** Commands that were sent from this node and have not settled. */
export interface Request {
  /** Requests are sent in this order. */
  readonly number: number;
  readonly kind: RequestKind;
  readonly line: HandleSession;
  /** None are left when its caller has given up: then it only fills its number. */
  commands: readonly Uint8Array[];
  /** About what it takes on its way. */
  bytes: number;
  /** The order of the calls of its handle; null if it was no call. */
  readonly order: CallOrder | null;
  readonly place: { readonly number: number; readonly readsBefore: number } | null;
  readonly settle: Settle;
  /** `queued`: waits here. `sent`: it may have arrived at a leader. `placed`: it has an index in a leader's log. */
  state: 'queued' | 'sent' | 'placed' | 'done';
  /** What is sent, once it is known. */
  envelopes: readonly Uint8Array[] | null;
  /** Entries of what was sent last. */
  span: number;
  /** Null until it has a number. */
  session: ClientSession | null;
  sequence: number;
  /** While it is queued: a copy of it may be under way nevertheless. */
  copies: boolean;
  /** Its caller knows, whatever becomes of it. */
  told: boolean;
  /** In which it was sent or placed. */
  term: Term;
  deadline: number;
  unlisten: (() => void) | null;
  /** Another request under the same number. */
  twin: Request | null;
}

/** A request that was not sent. */
export function newRequest(
  number: number,
  given: Pick<Request, 'commands' | 'kind' | 'line' | 'bytes' | 'order' | 'settle'>,
): Request {
  return {
    ...given,
    number,
    place: given.order?.write() ?? null,
    state: 'queued',
    envelopes: null,
    span: 0,
    session: null,
    sequence: 0,
    copies: false,
    told: false,
    term: 0 as Term,
    deadline: 0,
    unlisten: null,
    twin: null,
  };
}

/** What became of a number of a session, as this node saw it applied. */
export type Fate =
  | { readonly type: 'applied'; readonly at: Cursor; readonly results: readonly unknown[] }
  /** Used up without effect. */
  | { readonly type: 'filled' }
  | { readonly type: 'gone' }
  | { readonly type: 'out-of-order'; readonly next: number };

/** What is known of a request that has not settled. */
export function outcomeOf(request: Request): 'not-applied' | 'unknown' {
  if (request.kind.type === 'fill') return 'unknown';
  return request.state === 'queued' && !request.copies ? 'not-applied' : 'unknown';
}

/** The same, if there is no such session: a handle knows what was sent in its own, unless it may have ended unseen. */
export function outcomeOfUnknown({ kind, session }: Request): 'not-applied' | 'unknown' {
  const isOwn = kind.type === 'session' && session instanceof OwnSession;
  return isOwn && !session.uncertain ? 'not-applied' : 'unknown';
}

/** What its outcome can be asked by, if it has a number. */
export function idOf(request: Request): CommandId | null {
  const { session, sequence } = request;
  if (session === null || sequence === 0) return null;
  return { session: sessionIdOf(session.key), sequence };
}
