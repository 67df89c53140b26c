import type { Entry, Index } from '@smalti/core';
import { bytesOf } from './log.ts';

/** What a leader knows of one follower (Raft figure 2: nextIndex, matchIndex), and how it sends to it. */
export interface Progress {
  /** The follower's disk is known to hold the leader's log up to here, in this term and this life of its process. */
  match: Index;
  /** The next index to send. */
  next: Index;
  /**
   * `probe`: it is not known where the logs join, one question at a time. `replicate`: entries are streamed without
   * waiting for answers, within the bound of what may be under way. `catch-up`: it fetches committed entries from
   * others, and what comes after them is streamed as in `replicate`.
   */
  mode: 'probe' | 'replicate' | 'catch-up';
  /**
   * In `catch-up`: what it was asked to reach, where the table begins that it was given, and whether that is so because
   * it lacks what our log begins after.
   */
  catchUp: {
    readonly ticket: number;
    readonly position: Index;
    readonly since: Index;
    readonly anchored: boolean;
  } | null;
  /** In `probe`: the question under way, and the last entry that it carries (or asks for, if it carries none). */
  asked: { readonly end: Index } | null;
  /** Appends that were not answered: their last index and their bytes. */
  inflight: { last: Index; bytes: number }[];
  inflightBytes: number;
  /** An observer: it is counted for nothing, so that what there is for it may wait a little and go together. */
  paced: boolean;
  /** An observer that asks for reads gets everything at once until then. */
  eagerUntil: number;
  bonded: boolean;
  boot: string | null;
  /** When anything came from it in this term. */
  heardAt: number;
  /** The highest round of confirmation that it answered. */
  round: number;
  /** The same, as it was when the newest round began. */
  roundBefore: number;
  /** The commit index it was last told. */
  toldCommit: Index;
  /**
   * The oldest heartbeat that was not answered, and what had been sent before it: that must have come when it, or a
   * later one, is answered. It stays until then, since on a long line the next one leaves before the answer comes.
   */
  beat: { readonly round: number; readonly next: Index; readonly asked: Progress['asked'] } | null;
  /** Pulses of its bond can stand for heartbeats. */
  pulses: boolean;
  /** They do, as long as it has all that there is. */
  resting: boolean;
  /** A read of old entries for it is under way under this ticket. */
  reading: number | null;
}

/** A follower of which nothing is known yet. */
export function newProgress(next: Index, now: number): Progress {
  return {
    match: 0 as Index,
    next,
    mode: 'probe',
    catchUp: null,
    asked: null,
    inflight: [],
    inflightBytes: 0,
    paced: false,
    eagerUntil: Number.NEGATIVE_INFINITY,
    bonded: false,
    boot: null,
    heardAt: now,
    round: 0,
    roundBefore: 0,
    toldCommit: 0 as Index,
    beat: null,
    pulses: false,
    resting: false,
    reading: null,
  };
}

/** Nothing that was sent counts as under way any more; begin again from `next` by asking. */
export function probeFrom(progress: Progress, next: Index): void {
  progress.mode = 'probe';
  progress.catchUp = null;
  progress.asked = null;
  progress.beat = null;
  progress.inflight = [];
  progress.inflightBytes = 0;
  progress.next = next;
  progress.reading = null;
}

/** It is known where the logs join: entries are streamed from `next` on. */
export function streamFrom(progress: Progress, next: Index): void {
  progress.mode = 'replicate';
  progress.catchUp = null;
  progress.asked = null;
  progress.beat = null;
  progress.next = next;
}

/**
 * What was sent counts as under way, with what it costs in memory: so that what a follower has not acknowledged is
 * always a part of the window, however small the entries are.
 */
export function noteInflight(progress: Progress, entries: readonly Entry[]): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  let bytes = 0;
  for (const entry of entries) bytes += bytesOf(entry);
  progress.inflight.push({ last: last.index, bytes });
  progress.inflightBytes += bytes;
}

/** The follower's disk holds the log up to `match`: what was under way up to there has arrived. */
export function settleInflight(progress: Progress, match: Index): void {
  let settled = 0;
  for (const append of progress.inflight) {
    if (append.last > match) break;
    progress.inflightBytes -= append.bytes;
    settled += 1;
  }
  if (settled > 0) progress.inflight.splice(0, settled);
}
