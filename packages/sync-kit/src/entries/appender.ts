import { type Cursor, type Entry, type PeerId, SmaltiError } from '@smalti/core';
import type { Run } from '../run-assembler.ts';
import { blame, type Episode, type SessionContext } from './episode.ts';

/** Less than what the runtime takes at once: a disk that is slow must not make it refuse, or end the session. */
const MAX_PENDING = 256;
const MAX_PENDING_BYTES = 32 * 1024 * 1024;

/** Hands entries to the runtime, in order, as soon as they join what is there, and counts what became durable. */
export class Appender {
  readonly #episode: Episode;
  /** Appends that were asked for and are not durable. */
  pending = 0;
  #pendingBytes = 0;
  /** Bytes of frames that became durable. They only grow. */
  bytes = 0;
  /** Entries that became durable. */
  entries = 0;
  /** How many of them came from whom. */
  readonly sources = new Map<PeerId, number>();
  /** What ends the session, or null. */
  failure: SmaltiError | null = null;

  constructor(episode: Episode) {
    this.#episode = episode;
  }

  appendJoined(cx: SessionContext): void {
    const { runs, claims } = this.#episode;
    // The runtime knows best where the log ends: a refusal takes it back, and others may have written.
    if (runs.next !== cx.verified.index + 1) runs.moveTo(cx.verified.index + 1);
    let before: Cursor = cx.verified;
    for (let run = runs.peek(); run !== undefined && this.failure === null; run = runs.peek()) {
      const claim = claims.get(run.first);
      if (claim !== undefined && claim.prevTerm !== before.term) {
        // Entries on both sides were checked against the leader's table: it is the claim that is wrong.
        runs.discard();
        claims.delete(run.first);
        const reason = `it claims term ${claim.prevTerm} before entry ${run.first}, where ${before.term} is`;
        blame(this.#episode, claim.peer, reason, cx);
        continue;
      }
      if (!this.#hasRoom(run)) break;
      before = this.#append(run, cx) ?? before;
    }
    for (const first of claims.keys()) if (first < runs.next) claims.delete(first);
  }

  #hasRoom({ items }: Run<Entry>): boolean {
    if (this.pending === 0) return true;
    return this.pending < MAX_PENDING && this.#pendingBytes + bytesOf(items) <= MAX_PENDING_BYTES;
  }

  #append({ items, source }: Run<Entry>, cx: SessionContext): Cursor | undefined {
    const bytes = this.#episode.runs.take()?.bytes ?? 0;
    const last = items.at(-1);
    if (last === undefined) return undefined;
    const at: Cursor = { index: last.index, term: last.term };
    const frames = bytesOf(items);
    this.pending++;
    this.#pendingBytes += frames;
    cx.append(items, (error) => {
      this.pending--;
      this.#pendingBytes -= frames;
      this.#episode.runs.release(bytes);
      if (error === null) this.#durable(items, frames, source, at, cx);
      else this.#refused(error, source, cx);
      cx.wakeAfter(0);
    });
    return at;
  }

  #durable(items: readonly Entry[], bytes: number, source: PeerId, at: Cursor, cx: SessionContext): void {
    this.bytes += bytes;
    this.entries += items.length;
    this.sources.set(source, (this.sources.get(source) ?? 0) + items.length);
    try {
      cx.setCommitted(at);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      cx.logger.debug('could not set the committed cursor', { at, reason: error.message });
    }
  }

  #refused(error: SmaltiError, source: PeerId, cx: SessionContext): void {
    if (!isRefusal(error)) {
      const message = `the log took no more entries: ${error.message}`;
      this.failure = new SmaltiError('CANNOT_SYNC', message, { cause: error });
      return;
    }
    // Fetched anew from where the log ends. The rest keeps this from going round in circles.
    cx.logger.warn('the runtime refused entries', { peer: source, reason: error.message });
    this.#episode.peers.slow(source, cx.clock.now());
  }
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { frame }) => sum + frame.length, 0);
}

function isRefusal(error: unknown): error is SmaltiError & { readonly code: 'SYNC_REFUSED' } {
  return error instanceof SmaltiError && error.code === 'SYNC_REFUSED';
}
