import {
  type AnyStateMachine,
  type Entry,
  type Index,
  joinFrames,
  offset,
  type PeerId,
  type ProviderPoll,
  type SmaltiError,
  type SyncProvider,
  type SyncProviderContext,
  type Term,
} from '@smalti/core';
import type { Span } from '../span.ts';
import { type EntryFetch, type EntryMessage, RUN_OVERHEAD_BYTES } from './entry-messages.ts';
import type { EntrySettings } from './entry-settings.ts';

type Context = SyncProviderContext<AnyStateMachine, EntryMessage>;

/** The most requests of one peer that wait. More are refused at once. */
const MAX_QUEUED = 16;
/** The most runs of one peer that are read, or wait to be sent. */
const MAX_OPEN = 2;

interface Reply {
  readonly message: EntryMessage;
  readonly bytes: number;
  readonly since: number;
}

/** A peer that catches up. */
interface Guest {
  nonce: number;
  /** It asked what there is, and there was no room for the answer. */
  owed: boolean;
  queue: EntryFetch[];
  reading: number;
  /** Runs that there was no room to send. */
  kept: Reply[];
}

/**
 * Serves committed entries from the log, as they lie on disk. What it holds is bounded: requests by number, entries by
 * bytes. Peers are served in turn. It keeps nothing of its own, and lets nothing be pruned and nothing be kept.
 */
export class EntryServer implements SyncProvider<AnyStateMachine, EntryMessage> {
  readonly #settings: EntrySettings;
  /** In the order in which they are served next. */
  readonly #guests = new Map<PeerId, Guest>();
  /** What is read and kept, in bytes; what is being read counts with its bound. */
  #bytes = 0;
  #closed = false;

  constructor(settings: EntrySettings) {
    this.#settings = settings;
  }

  receive(message: EntryMessage, sender: PeerId, cx: Context): boolean {
    if (message.type === 'ask') {
      const guest = this.#guestOf(sender, message.nonce);
      guest.owed = !cx.sendTo(sender, { type: 'available', nonce: message.nonce, ...rangeOf(cx) });
      return true;
    }
    if (message.type !== 'fetch') return false;
    const guest = this.#guests.get(sender);
    // Every session asks before it fetches: another nonce is an older session's, and nobody waits for the answer.
    if (guest?.nonce !== message.nonce) return true;
    if (guest.queue.length < MAX_QUEUED) guest.queue.push(message);
    else cx.sendTo(sender, refusal(message, cx));
    return true;
  }

  poll(cx: Context): ProviderPoll {
    const bonded = new Set(cx.bonds.map(({ id }) => id));
    for (const [peer, guest] of this.#guests) {
      if (!bonded.has(peer)) this.#letGo(peer, guest);
      else this.#sendKept(peer, guest, cx);
    }
    this.#startReads(cx);
    if ([...this.#guests.values()].some(({ kept }) => kept.length > 0)) cx.wakeAfter(cx.timing.electionMs);
    return 'pending';
  }

  close(): void {
    this.#closed = true;
    this.#guests.clear();
  }

  #guestOf(peer: PeerId, nonce: number): Guest {
    const guest = this.#guests.get(peer) ?? { nonce, owed: false, queue: [], reading: 0, kept: [] };
    this.#guests.set(peer, guest);
    if (guest.nonce !== nonce) {
      guest.nonce = nonce;
      guest.queue = [];
      this.#dropKept(guest);
    }
    return guest;
  }

  #letGo(peer: PeerId, guest: Guest): void {
    this.#dropKept(guest);
    this.#guests.delete(peer);
  }

  #dropKept(guest: Guest): void {
    for (const { bytes } of guest.kept) this.#bytes -= bytes;
    guest.kept = [];
  }

  #sendKept(peer: PeerId, guest: Guest, cx: Context): void {
    const { nonce } = guest;
    if (guest.owed) guest.owed = !cx.sendTo(peer, { type: 'available', nonce, ...rangeOf(cx) });
    for (let reply = guest.kept[0]; reply !== undefined; reply = guest.kept[0]) {
      // Whoever waited so long has asked elsewhere, and others wait for the room.
      if (!cx.sendTo(peer, reply.message)) {
        if (cx.clock.now() - reply.since < 4 * cx.timing.electionMs) return;
        cx.logger.debug('a peer took no run for too long', { peer });
      }
      guest.kept.shift();
      this.#bytes -= reply.bytes;
    }
  }

  /** One read for each peer in turn, as long as there is room. */
  #startReads(cx: Context): void {
    for (let started = true; started; ) {
      started = false;
      for (const [peer, guest] of [...this.#guests]) {
        if (guest.kept.length > 0 || guest.reading >= MAX_OPEN) continue;
        const fetch = guest.queue[0];
        if (fetch === undefined) continue;
        const bytes = this.#boundOf(fetch, cx);
        if (this.#bytes > 0 && this.#bytes + bytes > this.#settings.servedBytes) return;
        guest.queue.shift();
        this.#read(peer, guest, fetch, bytes, cx);
        this.#guests.delete(peer);
        this.#guests.set(peer, guest);
        started = true;
      }
    }
  }

  #boundOf(fetch: EntryFetch, cx: Context): number {
    const longest = Math.max(1, cx.maxMessageBytes - RUN_OVERHEAD_BYTES);
    return Math.min(fetch.maxBytes, this.#settings.batchBytes, longest);
  }

  #read(peer: PeerId, guest: Guest, fetch: EntryFetch, bytes: number, cx: Context): void {
    const here = rangeOf(cx);
    const prevTerm = cx.log.termAt(offset(fetch.first as Index, -1));
    if (fetch.first < here.first || fetch.first > here.last || prevTerm === undefined) {
      cx.sendTo(peer, refusal(fetch, cx));
      return;
    }
    guest.reading++;
    this.#bytes += bytes;
    const last = Math.min(fetch.last, here.last) as Index;
    cx.log.read(fetch.first as Index, last, bytes, (error, entries) => {
      guest.reading--;
      this.#bytes -= bytes;
      if (this.#closed) return;
      cx.wakeAfter(0);
      if (this.#guests.get(peer) !== guest || guest.nonce !== fetch.nonce) return;
      this.#keep(guest, answer(fetch, prevTerm, error, entries, cx), cx);
    });
  }

  #keep(guest: Guest, message: EntryMessage, cx: Context): void {
    const bytes = message.type === 'run' ? message.frames.length : 0;
    this.#bytes += bytes;
    guest.kept.push({ message, bytes, since: cx.clock.now() });
  }
}

/** The committed entries that can be read here now. */
function rangeOf({ log, committed }: Context): Span {
  const first = log.base.index + 1;
  if (log.available === null) return { first, last: first - 1 };
  const begins = Math.max(first, log.available.first);
  return { first: begins, last: Math.max(begins - 1, Math.min(log.available.last, committed.index)) };
}

function refusal({ nonce, id }: EntryFetch, cx: Context): EntryMessage {
  return { type: 'unavailable', nonce, id, ...rangeOf(cx) };
}

function answer(
  fetch: EntryFetch,
  prevTerm: Term,
  error: SmaltiError | null,
  entries: readonly Entry[],
  cx: Context,
): EntryMessage {
  const { nonce, id, first } = fetch;
  if (error !== null) {
    cx.logger.warn('could not read entries for a peer', { first, last: fetch.last, error });
    return refusal(fetch, cx);
  }
  // Only what is committed may leave, whatever became of the log while it was read.
  const sent = entries.filter(({ index }, i) => index === first + i && index <= cx.committed.index);
  const frames = joinFrames(sent);
  if (sent.length === 0) return refusal(fetch, cx);
  if (frames.length + RUN_OVERHEAD_BYTES > cx.maxMessageBytes) {
    cx.logger.warn('an entry is too large for a message', { index: first, bytes: frames.length });
    return refusal(fetch, cx);
  }
  return { type: 'run', nonce, id, first, prevTerm, frames };
}
