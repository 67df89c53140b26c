import type { AnyStateMachine, Entry, PeerId, SyncSessionContext, SyncTiming, Term } from '@smalti/core';
import { PeerBook } from '../peer-book.ts';
import { type Request, RequestTable } from '../request-table.ts';
import { RunAssembler } from '../run-assembler.ts';
import { holesOf, intersect, type Span } from '../span.ts';
import { Courtesy } from './courtesy.ts';
import type { EntryMessage } from './entry-messages.ts';
import type { EntrySettings } from './entry-settings.ts';

export type SessionContext = SyncSessionContext<AnyStateMachine, EntryMessage>;

/** What an entry in memory costs besides its frame, in bytes. */
export const ENTRY_OVERHEAD_BYTES = 256;

/** What a peer said of the entry before a run, while that entry was not known. */
export interface Claim {
  readonly peer: PeerId;
  readonly prevTerm: Term;
}

/** What the parts of one session share. Nothing in it is about who leads. */
export interface Episode {
  readonly settings: EntrySettings;
  /** Names the session: answers to another are not taken. */
  readonly nonce: number;
  readonly peers: PeerBook;
  readonly requests: RequestTable;
  readonly courtesy: Courtesy;
  /** Entries that were verified, until they are durable. */
  readonly runs: RunAssembler<Entry>;
  /** By the index of the first entry of the run. */
  readonly claims: Map<number, Claim>;
  /** Entries came whose terms no leader has told. */
  untold: boolean;
}

export function newEpisode(settings: EntrySettings, cx: SessionContext): Episode {
  const { heartbeatMs, electionMs }: SyncTiming = cx.timing;
  const capMs = settings.fetchTimeoutMs;
  return {
    settings,
    nonce: 1 + Math.floor(cx.random.next() * (Number.MAX_SAFE_INTEGER - 1)),
    peers: new PeerBook({
      slowRestMs: Math.min(capMs, 2 * heartbeatMs),
      wrongRestMs: Math.min(capMs, 2 * electionMs),
      maxRestMs: Math.min(capMs, 16 * electionMs),
      wrongLimit: 3,
    }),
    courtesy: new Courtesy(settings, cx.ceiling, cx.timing, cx.clock.now()),
    requests: new RequestTable({ silenceMs: Math.min(capMs, electionMs), capMs, hedgeMs: 2 * heartbeatMs }),
    runs: new RunAssembler(
      cx.verified.index + 1,
      settings.windowBytes,
      ({ frame }) => frame.length + ENTRY_OVERHEAD_BYTES,
    ),
    claims: new Map(),
    untold: false,
  };
}

/** What is missing, up to the ceiling, of all that is held. */
export function missingOf({ runs }: Episode, cx: SessionContext): Span[] {
  return holesOf({ first: runs.next, last: cx.ceiling }, runs.spans);
}

/** What of a request's entries is still missing. */
export function missingIn({ runs }: Episode, { span }: Request): Span[] {
  const ahead = intersect(span, { first: runs.next, last: Number.MAX_SAFE_INTEGER });
  return ahead === null ? [] : holesOf(ahead, runs.spans);
}

/** A peer's answer was wrong: what it was asked goes to others, and after a few of them everything. */
export function blame({ peers, requests }: Episode, peer: PeerId, reason: string, cx: SessionContext): void {
  cx.logger.warn('a peer gave a wrong answer', { peer, reason });
  if (peers.wrong(peer, cx.clock.now())) requests.giveUp(peer);
}
