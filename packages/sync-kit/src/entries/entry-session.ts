import {
  type AnyStateMachine,
  type Index,
  type PeerId,
  type SessionPoll,
  SmaltiError,
  type SyncCost,
  type SyncProgress,
  type SyncSession,
} from '@smalti/core';
import { RateMeter } from '../rate-meter.ts';
import { holds, holesOf, lengthOf } from '../span.ts';
import { Appender } from './appender.ts';
import type { EntryMessage } from './entry-messages.ts';
import type { EntrySettings } from './entry-settings.ts';
import { blame, type Episode, missingIn, missingOf, newEpisode, type SessionContext } from './episode.ts';
import { Fetcher } from './fetcher.ts';
import { takeAnswer } from './intake.ts';

/** Entries whose size is looked at, and what is assumed of one where there are none. */
const SAMPLE = 64;
const TYPICAL_BYTES = 256;

/**
 * Fetches what is missing, from after `verified` up to the ceiling, from all peers that have it, and appends it in
 * order. What was verified stays verified whoever leads.
 */
export class EntrySession implements SyncSession<AnyStateMachine, EntryMessage> {
  readonly #episode: Episode;
  readonly #appender: Appender;
  readonly #rate = new RateMeter();
  /** Since when there is something to fetch and nobody who could be asked, or null. */
  #idleSince: number | null = null;
  /** Since when none of all who answer has what is wanted next, and some have pruned it; or null. */
  #prunedSince: number | null = null;
  /** Whether there are others who do not answer. */
  #someSilent = false;
  #reported = '';
  #weighed = false;
  /** Bytes of an entry, about, or null while nothing is known. */
  #entryBytes: number | null = null;

  constructor(settings: EntrySettings, cx: SessionContext) {
    this.#episode = newEpisode(settings, cx);
    this.#appender = new Appender(this.#episode);
  }

  receive(message: EntryMessage, sender: PeerId, cx: SessionContext): void {
    if (message.type !== 'ask' && message.type !== 'fetch') takeAnswer(this.#episode, message, sender, cx);
  }

  unreadable(sender: PeerId, cx: SessionContext): void {
    // Which request it answers is not known: all go elsewhere.
    blame(this.#episode, sender, 'a message that cannot be read', cx);
    this.#episode.requests.giveUp(sender);
  }

  poll(cx: SessionContext): SessionPoll {
    const { peers, requests } = this.#episode;
    const now = cx.clock.now();
    for (const peer of peers.meet(cx.bonds).left) requests.drop(peer);
    for (const { peer } of requests.expire(now)) peers.slow(peer, now);
    this.#episode.courtesy.notice(cx.ceiling, now);
    this.#appender.appendJoined(cx);
    const fetcher = new Fetcher(this.#episode, cx);
    fetcher.hedge();
    fetcher.plan();
    const urgent = this.#ask(cx, now);
    this.#notice(cx, now);
    this.#report(cx, now);
    const end = this.#end(cx, now);
    if (end === 'pending') this.#wake(cx, now, urgent);
    return end;
  }

  /** By what is missing, and by the size of entries that are here. */
  estimate(cx: SessionContext): SyncCost | null {
    if (cx.mustInstall) return { bytes: 0, impossible: 'the log alone cannot fill the gap' };
    const { peers, runs } = this.#episode;
    const now = cx.clock.now();
    for (const peer of peers.meet(cx.bonds).left) this.#episode.requests.drop(peer);
    this.#ask(cx, now);
    this.#weigh(cx);
    const answering = peers.bonded.filter((peer) => peers.saidAt(peer) !== null);
    const missing = lengthOf({ first: runs.next, last: cx.position.index });
    const cost = { bytes: Math.round(missing * (this.#entryBytes ?? TYPICAL_BYTES)), impossible: null };
    if (answering.some((peer) => this.#has(peer))) return cost;
    if (answering.length === 0 || answering.length < peers.bonded.length) return null;
    const all = answering.every((peer) => peers.available(peer) === null);
    if (all || this.#isPruned(answering)) {
      return { bytes: 0, impossible: `entry ${runs.next} is in no peer's log` };
    }
    return cost;
  }

  /** True if that peer says that it has what is wanted next. */
  #has(peer: PeerId): boolean {
    const { peers, runs } = this.#episode;
    const available = peers.available(peer);
    return available !== null && holds(available, runs.next);
  }

  /**
   * True if nobody of them has what is wanted next, and it is too late to get it for those who lack it as well: two that
   * are behind would wait for each other else.
   */
  #isPruned(answering: readonly PeerId[]): boolean {
    const { peers, runs } = this.#episode;
    return (
      answering.some((peer) => (peers.available(peer)?.first ?? 0) > runs.next) &&
      !answering.some((peer) => this.#has(peer))
    );
  }

  /** Finds out how long entries are, by the last ones that are here. */
  #weigh({ log }: SessionContext): void {
    const { available } = log;
    if (this.#weighed || available === null) return;
    this.#weighed = true;
    const first = Math.max(available.first, available.last - SAMPLE + 1) as Index;
    log.read(first, available.last, SAMPLE * 4096, (error, entries) => {
      if (error !== null || entries.length === 0) return;
      this.#entryBytes = entries.reduce((sum, { frame }) => sum + frame.length, 0) / entries.length;
    });
  }

  /** Asks who should be asked what they have. True if somebody will have to be asked again soon. */
  #ask(cx: SessionContext, now: number): boolean {
    const { nonce, peers } = this.#episode;
    const { heartbeatMs, electionMs } = cx.timing;
    const offered = peers.bonded.flatMap((peer) => peers.available(peer) ?? []);
    const urgent = missingOf(this.#episode, cx).some((hole) => holesOf(hole, offered).length > 0);
    for (const peer of peers.toAsk(now, electionMs, heartbeatMs, urgent)) {
      if (cx.sendTo(peer, { type: 'ask', nonce })) peers.asked(peer, now);
    }
    return urgent;
  }

  /** Notices since when nothing can be done. */
  #notice(cx: SessionContext, now: number): void {
    const { peers, requests, runs } = this.#episode;
    const busy = this.#appender.pending > 0 || requests.live.length > 0;
    this.#idleSince = busy ? null : (this.#idleSince ?? now);

    const recent = now - 2 * cx.timing.electionMs;
    const answering = peers.bonded.filter(
      (peer) => (peers.saidAt(peer) ?? Number.NEGATIVE_INFINITY) >= recent,
    );
    const stuck = runs.next <= cx.ceiling && this.#isPruned(answering);
    this.#prunedSince = stuck ? (this.#prunedSince ?? now) : null;
    this.#someSilent = answering.length < peers.bonded.length;
  }

  #end(cx: SessionContext, now: number): SessionPoll {
    const { settings, requests } = this.#episode;
    const { electionMs } = cx.timing;
    if (this.#appender.failure !== null) return { failed: this.#appender.failure };
    const { untold } = this.#episode;
    this.#episode.untold = false;
    if (untold && cx.mustInstall) return { failed: this.#untold(cx) };
    if (this.#appender.pending === 0 && cx.verified.index >= cx.position.index) {
      const landing = requests.live.some((request) => missingIn(this.#episode, request).length > 0);
      const missing = cx.ceiling - cx.verified.index;
      const idle = this.#idleSince !== null && now - this.#idleSince >= electionMs;
      if (missing <= 0 || idle || (missing < settings.batchEntries && !landing && this.#holdsNothing())) {
        return { done: cx.log.last };
      }
      return 'pending';
    }
    const { fetchTimeoutMs } = settings;
    const patience = this.#someSilent ? fetchTimeoutMs : Math.min(fetchTimeoutMs, 4 * electionMs);
    if (this.#prunedSince === null || now - this.#prunedSince < patience) return 'pending';
    return { failed: this.#prunedEverywhere(cx) };
  }

  #holdsNothing(): boolean {
    return this.#episode.runs.spans.length === 0;
  }

  #untold({ position }: SessionContext): SmaltiError {
    const { next } = this.#episode.runs;
    const message =
      `entries ${next} to ${position.index} are missing, and the leader's log begins after some of them: ` +
      'a strategy that fetches checkpoints is needed';
    return new SmaltiError('CANNOT_SYNC', message, { details: { first: next, last: position.index } });
  }

  #prunedEverywhere(cx: SessionContext): SmaltiError {
    const { peers, runs } = this.#episode;
    const ranges = peers.bonded.flatMap((peer) => {
      const range = peers.available(peer);
      return range === null ? [] : [{ peer, first: range.first, last: range.last }];
    });
    const have = ranges.map(({ peer, first, last }) => `${peer} has ${first} to ${last}`).join(', ');
    const message =
      `entries ${runs.next} to ${cx.position.index} are missing, and no peer's log reaches back that far (${have}): ` +
      'a strategy that fetches checkpoints is needed';
    return new SmaltiError('CANNOT_SYNC', message, {
      details: { first: runs.next, last: cx.position.index, peers: ranges },
    });
  }

  #report(cx: SessionContext, now: number): void {
    const { requests, runs } = this.#episode;
    const { bytes, entries, sources } = this.#appender;
    this.#rate.record(bytes, now);
    const peers = [...new Set(requests.live.map(({ peer }) => peer))];
    const phase = entries === 0 && peers.length === 0 ? 'asking' : 'fetching';
    const missing = lengthOf({ first: cx.verified.index + 1, last: cx.ceiling });
    const bytesTotal = entries === 0 ? null : bytes + Math.round((missing * bytes) / entries);
    const shown = [phase, bytes, bytesTotal, ...peers].join();
    if (shown === this.#reported) return;
    this.#reported = shown;
    const remainingMs = bytesTotal === null ? null : this.#rate.remainingMs(bytesTotal - bytes);
    const progress: SyncProgress = {
      phase,
      bytesDone: bytes,
      bytesTotal,
      partsReused: 0,
      peers,
      sources: new Map(sources),
      remainingMs,
      mostHeldBytes: runs.mostBytes,
    };
    cx.report(progress);
  }

  #wake(cx: SessionContext, now: number, urgent: boolean): void {
    const { courtesy, peers, requests } = this.#episode;
    const { heartbeatMs, electionMs } = cx.timing;
    // While something is awaited the look is a frequent one: who could not be asked a moment ago can be now.
    const soon = urgent || this.#someSilent || requests.live.length > 0;
    const usual = now + (soon ? heartbeatMs : electionMs);
    const pause = courtesy.waitMs(now);
    const free = pause > 0 ? now + pause : usual;
    const times = [usual, free, requests.nextAt(now) ?? usual, peers.nextRestEnd(now) ?? usual];
    cx.wakeAfter(Math.max(1, Math.min(...times) - now));
  }
}
