import type { PartName, PeerId } from '@smalti/core';
import { Courtesy, choosePeer, PeerBook, type Request, RequestTable } from '@smalti/sync-kit';
import type { SessionContext } from './context.ts';
import { MAX_NAMES, type Offer, type Offered, PARTS_OVERHEAD_BYTES, type Parts } from './messages.ts';
import { entrySettings, type Settings } from './options.ts';
import type { PartDesk } from './part-desk.ts';

/** All parts are at one position: a peer has the checkpoint, or it has not. */
const HERE = { first: 0, last: 0 };
/** What is left is divided among all, but into no smaller pieces than so many parts. */
const LEAST_NAMES = 16;

/** Asks peers for parts: as long as there are parts to ask for, peers to ask and room for the answers. */
export class PartFetcher {
  readonly #nonce: number;
  readonly #peers: PeerBook;
  readonly #requests: RequestTable;
  readonly #courtesy: Courtesy;
  /** By the id of the request, as long as it may be answered. */
  readonly #names = new Map<number, readonly PartName[]>();
  /** In how many requests that are waited for a part is. */
  readonly #asked = new Map<PartName, number>();
  /** Which parts a peer said it lacks, and until when that is believed. */
  readonly #lacks = new Map<PeerId, Map<PartName, number>>();
  readonly #offers = new Map<PeerId, readonly Offered[]>();
  /** How many parts came from whom. */
  readonly sources = new Map<PeerId, number>();
  /** Rounds of questions since somebody could be asked for parts. */
  #rounds = 0;
  /** Since when somebody answers and nobody has what is missing, or null. */
  #unservedSince: number | null = null;

  constructor(settings: Settings, nonce: number, cx: SessionContext) {
    const { heartbeatMs, electionMs } = cx.timing;
    const capMs = settings.fetchTimeoutMs;
    this.#nonce = nonce;
    this.#peers = new PeerBook({
      slowRestMs: Math.min(capMs, 2 * heartbeatMs),
      wrongRestMs: Math.min(capMs, 2 * electionMs),
      maxRestMs: Math.min(capMs, 16 * electionMs),
      wrongLimit: 3,
    });
    this.#requests = new RequestTable({
      silenceMs: Math.min(capMs, electionMs),
      capMs,
      hedgeMs: 2 * heartbeatMs,
    });
    this.#courtesy = new Courtesy(entrySettings(settings), cx.ceiling, cx.timing, cx.clock.now());
  }

  /** Whom it waits for. */
  get busy(): readonly PeerId[] {
    return [...new Set(this.#requests.live.map(({ peer }) => peer))];
  }

  /** What peers say they have, for people. */
  get offers(): ReadonlyMap<PeerId, readonly Offered[]> {
    return this.#offers;
  }

  /** What a peer says of that checkpoint, or null while nobody has offered it. */
  offerOf(root: PartName): Offered | null {
    return [...this.#offers.values()].flat().find((each) => each.root === root) ?? null;
  }

  /** For how many milliseconds all who answer have lacked what is missing. */
  unservedMs(now: number): number {
    return this.#unservedSince === null ? 0 : now - this.#unservedSince;
  }

  /** Peers that have the checkpoint. */
  servers(root: PartName): readonly PeerId[] {
    return this.#peers.bonded.filter((peer) => this.#offers.get(peer)?.some((each) => each.root === root));
  }

  poll(desk: PartDesk, cx: SessionContext): void {
    const now = cx.clock.now();
    for (const peer of this.#peers.meet(cx.bonds).left) this.#forget(peer, desk);
    for (const request of this.#requests.expire(now)) {
      this.#peers.slow(request.peer, now);
      this.#giveBack(request, desk);
    }
    for (const id of this.#names.keys()) if (this.#requests.find(id) === undefined) this.#names.delete(id);
    this.#courtesy.notice(cx.ceiling, now);
    this.#hedge(desk, cx);
    this.#plan(desk, cx);
    this.#ask(cx);
    this.#notice(desk, now);
    this.#wake(cx, now);
  }

  /** The desk has moved to another checkpoint. */
  moved(desk: PartDesk, now: number): void {
    this.#asked.clear();
    this.#lacks.clear();
    this.#unservedSince = null;
    for (const peer of this.#peers.bonded) {
      this.#requests.giveUp(peer);
      if (this.#offers.has(peer)) this.#says(peer, desk, now);
    }
  }

  takeOffer(message: Offer, sender: PeerId, desk: PartDesk, cx: SessionContext): void {
    if (message.nonce !== this.#nonce) return;
    this.#offers.set(sender, message.checkpoints);
    this.#says(sender, desk, cx.clock.now());
  }

  /** Parts of a peer. Those of others' sessions, and those that nobody waits for, change nothing. */
  takeParts(message: Parts, sender: PeerId, desk: PartDesk, cx: SessionContext): void {
    const request = message.nonce === this.#nonce ? this.#requests.find(message.id) : undefined;
    const names = this.#names.get(message.id);
    if (request === undefined || names === undefined) return;
    if (request.peer !== sender) {
      this.blame(sender, `it answers request ${message.id}, which was not asked of it`, desk, cx);
      return;
    }
    const now = cx.clock.now();
    const inTime = this.#requests.live.includes(request);
    this.#requests.answered(request, now);
    this.#names.delete(request.id);
    if (inTime) for (const name of names) this.#uncover(name);
    const wrong = this.#keep(names, message.parts, request, desk, cx);
    for (const name of names) if (!this.#asked.has(name)) desk.back(name);
    if (wrong === null) this.#peers.good(sender, inTime);
    else this.blame(sender, wrong, desk, cx);
  }

  /** A peer's answer was wrong: what it was asked goes to others, and after a few of them everything. */
  blame(peer: PeerId, reason: string, desk: PartDesk, cx: SessionContext): void {
    cx.logger.warn('a peer gave a wrong answer', { peer, reason });
    if (!this.#peers.wrong(peer, cx.clock.now())) return;
    for (const request of this.#requests.giveUp(peer)) this.#giveBack(request, desk);
  }

  /** Which request its message answers is not known: all go elsewhere. */
  unreadable(peer: PeerId, desk: PartDesk, cx: SessionContext): void {
    this.blame(peer, 'a message that cannot be read', desk, cx);
    for (const request of this.#requests.giveUp(peer)) this.#giveBack(request, desk);
  }

  /** Keeps what is good, and says what was wrong, or null. */
  #keep(
    names: readonly PartName[],
    parts: readonly Uint8Array[],
    { peer, bytes: most }: Request,
    desk: PartDesk,
    cx: SessionContext,
  ): string | null {
    if (parts.length > names.length) return `${parts.length} parts, where ${names.length} were asked for`;
    const now = cx.clock.now();
    const all = parts.reduce((sum, { length }) => sum + length, 0);
    if (parts.length > 1 && all > most) return `${all} bytes, more than asked for`;
    let wrong: string | null = null;
    let kept = 0;
    for (const [i, bytes] of parts.entries()) {
      const name = names[i] as PartName;
      if (bytes.length === 0) {
        // It can be honest, and is worth a look all the same: its disk has rotted, or somebody plays with us. Once is enough.
        if (!this.#lacks.has(peer)) {
          cx.logger.warn('a peer does not have a part of what it offered', { peer, part: name });
        }
        this.#lack(peer, name, now + 4 * cx.timing.electionMs);
        continue;
      }
      const arrival = desk.arrived(name, bytes);
      if (arrival === 'good') kept += 1;
      if (arrival === 'damaged') wrong = `part ${name} is damaged`;
    }
    this.sources.set(peer, (this.sources.get(peer) ?? 0) + kept);
    this.#courtesy.received(parts.length, all, now);
    return wrong;
  }

  /** Asks a second peer for what the first has not answered in good time. Whoever is first wins. */
  #hedge(desk: PartDesk, cx: SessionContext): void {
    const now = cx.clock.now();
    for (const request of this.#requests.worthHedging(now)) {
      const names = (this.#names.get(request.id) ?? []).filter((name) => desk.needs(name));
      if (names.length === 0) continue;
      const peer = this.#choose(new Set([request.peer]), cx);
      if (peer !== null) this.#send(peer, names, request.id, cx);
    }
  }

  /** Divides what is missing among the peers. */
  #plan(desk: PartDesk, cx: SessionContext): void {
    const now = cx.clock.now();
    const full = new Set<PeerId>();
    while (desk.wanted > 0 && this.#courtesy.waitMs(now) === 0) {
      const peer = this.#choose(full, cx);
      if (peer === null) return;
      const share = this.#peers.share(peer);
      const each = Math.ceil(desk.wanted / this.#peers.servers(0, now).length);
      const most = Math.min(Math.max(LEAST_NAMES, each), MAX_NAMES);
      const lacks = this.#lacks.get(peer);
      const names = desk.pick(most, this.#batchBytes(cx) * share, (name) => (lacks?.get(name) ?? 0) <= now);
      if (names.length > 0 && this.#send(peer, names, null, cx)) continue;
      for (const name of names) desk.back(name);
      full.add(peer);
    }
  }

  /** Whom to ask next, the leader last. */
  #choose(except: ReadonlySet<PeerId>, cx: SessionContext): PeerId | null {
    const now = cx.clock.now();
    const leader = cx.leader();
    const able = this.#peers.servers(0, now);
    const others = able.filter((id) => id !== leader);
    // Whoever is the first to say what it has must not get all the work, and the leader none before the others.
    const early = this.#peers.awaits(now, cx.timing.heartbeatMs);
    const limit = early ? 1 : this.#courtesy.requestsPerPeer(now);
    return choosePeer({
      servers: others.length === 0 || this.#courtesy.mayAskLeader(now) ? able : others,
      lastResort: leader,
      limit,
      inFlight: (id) => this.#requests.inFlight(id) + Math.min(this.#requests.late(id), limit - 1),
      except: early ? new Set([...except, leader]) : except,
    });
  }

  #batchBytes(cx: SessionContext): number {
    const most = Math.max(1, cx.maxMessageBytes - PARTS_OVERHEAD_BYTES);
    return Math.min(this.#courtesy.batchBytes(cx.clock.now()), most);
  }

  #send(peer: PeerId, names: readonly PartName[], hedgeOf: number | null, cx: SessionContext): boolean {
    const bytes = Math.max(1, Math.floor(this.#batchBytes(cx) * this.#peers.share(peer)));
    const id = this.#requests.nextId;
    if (!cx.sendTo(peer, { type: 'fetch', nonce: this.#nonce, id, names, maxBytes: bytes })) return false;
    this.#requests.add({ peer, span: HERE, bytes, sentAt: cx.clock.now() }, hedgeOf);
    this.#names.set(id, names);
    for (const name of names) this.#asked.set(name, (this.#asked.get(name) ?? 0) + 1);
    this.#courtesy.asked(names.length, bytes, peer === cx.leader());
    return true;
  }

  /** Asks who should be asked what they have: while nobody can be asked for parts, again and again, ever more seldom. */
  #ask(cx: SessionContext): void {
    const now = cx.clock.now();
    const { heartbeatMs, electionMs } = cx.timing;
    const urgent = this.#peers.servers(0, now).length === 0;
    if (!urgent) this.#rounds = 0;
    const leastMs = Math.min(2 * electionMs, heartbeatMs * 2 ** Math.min(this.#rounds, 16));
    const peers = this.#peers.toAsk(now, 2 * electionMs, leastMs, urgent);
    for (const peer of peers) {
      if (cx.sendTo(peer, { type: 'ask', nonce: this.#nonce })) this.#peers.asked(peer, now);
    }
    if (urgent && peers.length > 0) this.#rounds += 1;
  }

  #notice(desk: PartDesk, now: number): void {
    const { bonded } = this.#peers;
    const answered = bonded.filter((peer) => this.#offers.has(peer));
    const able = answered.filter((peer) => this.#peers.available(peer) !== null);
    const stuck =
      desk.wanted > 0 &&
      !desk.full &&
      this.#requests.live.length === 0 &&
      able.every((peer) => this.#lacks.has(peer));
    const unserved = answered.length > 0 && (able.length === 0 || stuck);
    this.#unservedSince = unserved ? (this.#unservedSince ?? now) : null;
  }

  #wake(cx: SessionContext, now: number): void {
    const { heartbeatMs, electionMs } = cx.timing;
    const soon = this.#requests.live.length > 0 || this.#peers.servers(0, now).length === 0;
    const usual = now + (soon ? heartbeatMs : electionMs);
    const pause = this.#courtesy.waitMs(now);
    const free = pause > 0 ? now + pause : usual;
    const times = [usual, free, this.#requests.nextAt(now) ?? usual, this.#peers.nextRestEnd(now) ?? usual];
    cx.wakeAfter(Math.max(1, Math.min(...times) - now));
  }

  #says(peer: PeerId, desk: PartDesk, now: number): void {
    const has = this.#offers.get(peer)?.some(({ root }) => root === desk.anchor.root) ?? false;
    this.#peers.says(peer, has ? HERE : null, now);
  }

  #lack(peer: PeerId, name: PartName, until: number): void {
    const lacks = this.#lacks.get(peer) ?? new Map<PartName, number>();
    this.#lacks.set(peer, lacks.set(name, until));
    this.#peers.corrects(peer, this.#peers.available(peer));
  }

  /** A peer has left: no answer of it will come. */
  #forget(peer: PeerId, desk: PartDesk): void {
    for (const request of this.#requests.drop(peer)) this.#giveBack(request, desk);
    this.#lacks.delete(peer);
    this.#offers.delete(peer);
  }

  /** What was asked there is to be asked elsewhere, unless it was already. */
  #giveBack({ id }: Request, desk: PartDesk): void {
    for (const name of this.#names.get(id) ?? []) {
      this.#uncover(name);
      if (!this.#asked.has(name)) desk.back(name);
    }
  }

  #uncover(name: PartName): void {
    const count = this.#asked.get(name) ?? 0;
    if (count > 1) this.#asked.set(name, count - 1);
    else this.#asked.delete(name);
  }
}
