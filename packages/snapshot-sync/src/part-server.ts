import type { AnyStateMachine, PartName, PeerId, SnapshotView, SyncProviderContext } from '@smalti/core';
import { Pace } from '@smalti/sync-kit';
import {
  type Fetch,
  PART_OVERHEAD_BYTES,
  PARTS_OVERHEAD_BYTES,
  type SnapshotSyncMessage,
} from './messages.ts';
import type { Settings } from './options.ts';

type Context = SyncProviderContext<AnyStateMachine, SnapshotSyncMessage>;

/** The most requests of one peer that wait. What comes beyond is not answered. */
const MAX_QUEUED = 16;
/** The most answers of one peer that are read, or wait to be sent. */
const MAX_OPEN = 2;
/** Parts that are read at once, for all peers: fewer than an owner may. */
const MAX_READS = 240;
/** Parts that one answer reads at once. */
const READS_EACH = 120;
const NOTHING = new Uint8Array(0);

interface Guest {
  nonce: number;
  queue: Fetch[];
  reading: number;
  kept: { readonly message: SnapshotSyncMessage; readonly bytes: number; readonly since: number }[];
}

/** An answer that is being read. */
interface Job {
  readonly guest: Guest;
  readonly fetch: Fetch;
  /** What it may weigh: counted as held until it is known. */
  readonly bound: number;
  readonly parts: (Uint8Array | null)[];
  at: number;
  reads: number;
  bytes: number;
}

/**
 * Serves parts by their names, whatever checkpoint they are of. What it holds is bounded, and so is the rate; peers are
 * served in turn.
 */
export class PartServer {
  readonly #settings: Settings;
  /** In the order in which they are served next. */
  readonly #guests = new Map<PeerId, Guest>();
  readonly #jobs = new Set<Job>();
  readonly #pace = new Pace();
  #bytes = 0;
  #reads = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** A session has announced itself. What an older one of that peer asked for is forgotten. */
  meet(peer: PeerId, nonce: number): void {
    const guest = this.#guests.get(peer);
    if (guest?.nonce === nonce) return;
    if (guest !== undefined) this.#drop(guest);
    this.#guests.set(peer, { nonce, queue: [], reading: 0, kept: [] });
  }

  take(message: Fetch, sender: PeerId): void {
    const guest = this.#guests.get(sender);
    // Every session asks before it fetches: another nonce is an older session's, and nobody waits for the answer.
    if (guest?.nonce === message.nonce && guest.queue.length < MAX_QUEUED) guest.queue.push(message);
  }

  poll(cx: Context): void {
    const bonded = new Set(cx.bonds.map(({ id }) => id));
    for (const [peer, guest] of this.#guests) {
      if (bonded.has(peer)) this.#send(peer, guest, cx);
      else {
        this.#drop(guest);
        this.#guests.delete(peer);
      }
    }
    const { snapshots } = cx;
    if (snapshots === null) return;
    this.#begin(snapshots, cx);
    for (const job of this.#jobs) this.#read(job, snapshots, cx);
    const now = cx.clock.now();
    if ([...this.#guests.values()].some(({ kept }) => kept.length > 0)) cx.wakeAfter(cx.timing.electionMs);
    const pause = this.#pace.waitMs(now);
    if (pause > 0) cx.wakeAfter(Math.max(1, pause));
  }

  close(): void {
    this.#guests.clear();
    this.#jobs.clear();
  }

  #drop(guest: Guest): void {
    for (const { bytes } of guest.kept) this.#bytes -= bytes;
    guest.kept = [];
    guest.queue = [];
  }

  #send(peer: PeerId, guest: Guest, cx: Context): void {
    for (let reply = guest.kept[0]; reply !== undefined; reply = guest.kept[0]) {
      // Whoever waited so long has asked elsewhere, and others wait for the room.
      if (!cx.sendTo(peer, reply.message) && cx.clock.now() - reply.since < 4 * cx.timing.electionMs) return;
      guest.kept.shift();
      this.#bytes -= reply.bytes;
    }
  }

  /** One answer for each peer in turn, as long as there is room. */
  #begin(snapshots: SnapshotView, cx: Context): void {
    for (let began = true; began; ) {
      began = false;
      for (const [peer, guest] of [...this.#guests]) {
        const [fetch] = guest.queue;
        if (fetch === undefined || guest.kept.length > 0 || guest.reading >= MAX_OPEN) continue;
        const bound = Math.min(fetch.maxBytes, this.#settings.batchBytes);
        if (this.#pace.waitMs(cx.clock.now()) > 0 || this.#reads >= MAX_READS) return;
        if (this.#bytes > 0 && this.#bytes + bound > this.#settings.servedBytes) return;
        guest.queue.shift();
        guest.reading += 1;
        this.#bytes += bound;
        const job: Job = { guest, fetch, bound, parts: [], at: 0, reads: 0, bytes: 0 };
        this.#jobs.add(job);
        this.#read(job, snapshots, cx);
        this.#guests.delete(peer);
        this.#guests.set(peer, guest);
        began = true;
      }
    }
  }

  #read(job: Job, snapshots: SnapshotView, cx: Context): void {
    const { names } = job.fetch;
    while (job.at < names.length && job.reads < READS_EACH && this.#reads < MAX_READS) {
      if (job.bytes >= job.bound) break;
      const place = job.at++;
      job.reads += 1;
      this.#reads += 1;
      snapshots.get(names[place] as PartName, (error, bytes) => {
        job.reads -= 1;
        this.#reads -= 1;
        if (error !== null) cx.logger.warn('could not read a part for a peer', { part: names[place], error });
        job.parts[place] = bytes;
        job.bytes += bytes?.length ?? 0;
        const full = job.at >= names.length || job.bytes >= job.bound;
        if (job.reads === 0 && full) this.#finish(job, cx);
        else this.#read(job, snapshots, cx);
        cx.wakeAfter(0);
      });
    }
  }

  #finish(job: Job, cx: Context): void {
    if (!this.#jobs.delete(job)) return;
    const { guest, fetch } = job;
    guest.reading -= 1;
    this.#bytes -= job.bound;
    const current = [...this.#guests.values()].includes(guest) && guest.nonce === fetch.nonce;
    if (!current) return;
    const { parts, bytes } = fitting(job, cx.maxMessageBytes - PARTS_OVERHEAD_BYTES);
    const { nonce, id } = fetch;
    this.#pace.spend(bytes, this.#settings.servedBytesPerSecond, cx.clock.now());
    this.#bytes += bytes;
    const message: SnapshotSyncMessage = { type: 'parts', nonce, id, parts };
    guest.kept.push({ message, bytes, since: cx.clock.now() });
  }
}

/** As many of the parts as were asked for by bytes, and as a message carries; the first in any case. */
function fitting({ parts, bound }: Job, mostOfMessage: number): { parts: Uint8Array[]; bytes: number } {
  const fit: Uint8Array[] = [];
  let bytes = 0;
  let weight = 0;
  for (const part of parts) {
    // A part that no message carries is none that can be had here.
    const next = part === null || part.length + PART_OVERHEAD_BYTES > mostOfMessage ? NOTHING : part;
    if (fit.length > 0 && bytes + next.length > bound) break;
    if (weight + next.length + PART_OVERHEAD_BYTES > mostOfMessage) break;
    fit.push(next);
    bytes += next.length;
    weight += next.length + PART_OVERHEAD_BYTES;
  }
  return { parts: fit, bytes };
}
