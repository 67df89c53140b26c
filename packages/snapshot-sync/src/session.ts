import {
  type Anchor,
  type AnyStateMachine,
  type PeerId,
  type SessionPoll,
  SmaltiError,
  type SyncCost,
  type SyncFarewell,
  type SyncSession,
} from '@smalti/core';
import type { SessionContext } from './context.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { SnapshotSyncMessage } from './messages.ts';
import { Moves } from './moves.ts';
import type { Settings } from './options.ts';
import { PartDesk } from './part-desk.ts';
import { PartFetcher } from './part-fetcher.ts';
import { type Phase, Reports } from './reports.ts';
import { Tail } from './tail.ts';

/** What one entry changes of a checkpoint, in bytes, about: a leaf and what is above it. */
const BYTES_OF_CHANGE = 8 * 1024;
/** So many installs that are refused for no part, and it is given up. */
const MAX_REFUSALS = 3;

/**
 * Fetches what is missing of the checkpoint that the leader has announced, installs it, and fetches the entries after it.
 * Where the log alone can fill the gap and no younger checkpoint is known, it fetches entries only.
 */
export class SnapshotSyncSession implements SyncSession<AnyStateMachine, SnapshotSyncMessage> {
  readonly #settings: Settings;
  readonly #fetcher: PartFetcher;
  readonly #leases: LeaseKeeper;
  readonly #moves: Moves;
  readonly #reports = new Reports();
  readonly #began: number;
  #phase: Phase = 'asking';
  #desk: PartDesk | null = null;
  #tail: Tail | null = null;
  #refusals = 0;
  /** Until then no install is tried again. */
  #retryAt = 0;
  #progress = 0;
  #failure: SmaltiError | null = null;

  constructor(settings: Settings, cx: SessionContext) {
    const nonce = 1 + Math.floor(cx.random.next() * (Number.MAX_SAFE_INTEGER - 1));
    this.#settings = settings;
    this.#began = cx.clock.now();
    this.#fetcher = new PartFetcher(settings, nonce, cx);
    this.#leases = new LeaseKeeper(nonce);
    this.#moves = new Moves(this.#began);
  }

  receive(message: SnapshotSyncMessage, sender: PeerId, cx: SessionContext): void {
    if (message.type === 'entries') this.#tail?.receive(message.message, sender, cx);
    const desk = this.#desk;
    if (desk === null) return;
    if (message.type === 'offer') this.#fetcher.takeOffer(message, sender, desk, cx);
    if (message.type === 'parts') this.#fetcher.takeParts(message, sender, desk, cx);
  }

  unreadable(sender: PeerId, cx: SessionContext): void {
    this.#tail?.unreadable(sender, cx);
    if (this.#desk !== null) this.#fetcher.unreadable(sender, this.#desk, cx);
  }

  /** By what peers say of the checkpoint, and by how much can have changed since one that is here. */
  estimate(cx: SessionContext): SyncCost | null {
    const { anchor, snapshots } = cx;
    if (snapshots === null) return { bytes: 0, impossible: 'this node keeps no checkpoints' };
    if (anchor === null) return { bytes: 0, impossible: 'no leader has announced a checkpoint' };
    if (!cx.mustInstall && anchor.at.index <= cx.verified.index) {
      return { bytes: 0, impossible: 'what the checkpoint holds is here' };
    }
    this.#desk ??= new PartDesk(this.#settings, anchor, snapshots, cx);
    this.#fetcher.poll(this.#desk, cx);
    const offered = this.#fetcher.offerOf(anchor.root);
    if (offered === null) return null;
    const own = snapshots.manifests().findLast(({ agreed }) => agreed);
    const entries = Math.max(0, anchor.at.index - (own?.anchor.index ?? 0));
    const changed = own === undefined ? Number.POSITIVE_INFINITY : entries * BYTES_OF_CHANGE;
    return { bytes: Math.min(offered.bytes, changed), impossible: null };
  }

  /** Peers keep nothing for it any more, however it ends: most often the engine ends it as soon as it has installed. */
  close(farewell: SyncFarewell<SnapshotSyncMessage>): void {
    this.#leases.release(farewell);
  }

  poll(cx: SessionContext): SessionPoll {
    this.#moves.notice(cx.anchor);
    if (this.#tail === null && this.#desk === null) this.#begin(cx);
    const end = this.#tail === null ? this.#fetch(cx) : this.#follow(this.#tail, cx);
    if (this.#desk !== null && end === 'pending') {
      this.#keep(this.#desk, cx);
      this.#reports.send(this.#phase, this.#desk, this.#fetcher, this.#tail, cx);
    }
    return end;
  }

  /** Decides what has to be done first. */
  #begin(cx: SessionContext): void {
    const { anchor, mustInstall, snapshots } = cx;
    if (!mustInstall && (anchor === null || snapshots === null || anchor.at.index <= cx.verified.index)) {
      this.#beginTail(cx);
    } else if (snapshots === null) {
      this.#fail('a checkpoint has to be installed, and this node keeps none');
    } else if (anchor !== null) {
      this.#desk = new PartDesk(this.#settings, anchor, snapshots, cx);
    } else if (cx.clock.now() - this.#began >= this.#settings.fetchTimeoutMs) {
      this.#fail('a checkpoint has to be installed, and no leader has announced one');
    } else {
      cx.wakeAfter(cx.timing.electionMs);
    }
  }

  #beginTail(cx: SessionContext): void {
    this.#phase = 'replaying';
    this.#tail = new Tail(this.#settings, cx, this.#desk?.bytes.total ?? 0, this.#reports);
  }

  #fetch(cx: SessionContext): SessionPoll {
    const desk = this.#desk;
    if (desk === null || this.#failure !== null) return this.#ended();
    this.#reconsider(desk, cx);
    if (this.#phase !== 'installing') {
      desk.fill();
      this.#fetcher.poll(desk, cx);
      desk.flush();
      if (desk.bytes.added > 0 || this.#fetcher.busy.length > 0) this.#phase = 'fetching';
      if (desk.done && cx.clock.now() >= this.#retryAt) this.#install(desk, cx);
    }
    this.#failure ??= desk.failure;
    return this.#ended();
  }

  #ended(): SessionPoll {
    return this.#failure === null ? 'pending' : { failed: this.#failure };
  }

  /** Goes on with a younger checkpoint if that has to be, or costs nothing. */
  #reconsider(desk: PartDesk, cx: SessionContext): void {
    if (this.#phase === 'installing') return;
    const { anchor, clock, timing } = cx;
    const now = clock.now();
    const unserved = this.#fetcher.unservedMs(now);
    const younger = anchor !== null && anchor.at.index > desk.anchor.at.index;
    if (younger && (this.#moves.outdated || desk.bytes.added === 0 || unserved >= 2 * timing.electionMs)) {
      this.#move(desk, anchor, cx);
    } else if (!younger && unserved >= Math.min(this.#settings.fetchTimeoutMs, 8 * timing.electionMs)) {
      this.#fail(this.#nobodyHas(desk));
    }
  }

  #move(desk: PartDesk, anchor: Anchor, cx: SessionContext): void {
    const from = desk.anchor.at.index;
    cx.logger.info('goes on with a younger checkpoint', { from, to: anchor.at.index });
    if (desk.bytes.added > 0) this.#moves.moved(desk.missingBytes);
    this.#failure = this.#moves.hopeless(desk.fetchedBytes, cx.clock.now());
    desk.moveTo(anchor);
    this.#refusals = 0;
    this.#fetcher.moved(desk, cx.clock.now());
    cx.wakeAfter(0);
  }

  #install(desk: PartDesk, cx: SessionContext): void {
    const { anchor } = desk;
    this.#phase = 'installing';
    cx.install(anchor, (error) => {
      cx.wakeAfter(0);
      this.#phase = 'fetching';
      const part = error?.details?.part;
      if (error === null) {
        desk.release();
        this.#beginTail(cx);
      } else if (error.code !== 'SYNC_REFUSED') {
        this.#fail(`the checkpoint could not be installed: ${error.message}`, error);
      } else if (typeof part === 'string') {
        cx.logger.warn('a part that an install needs is missing or damaged, and is fetched', { part });
        desk.repair(part as never);
      } else {
        this.#refused(desk, error, cx);
      }
    });
  }

  #refused(desk: PartDesk, error: SmaltiError, cx: SessionContext): void {
    const { anchor } = cx;
    this.#refusals += 1;
    if (anchor !== null && anchor.root !== desk.anchor.root) this.#move(desk, anchor, cx);
    else if (this.#refusals >= MAX_REFUSALS) this.#fail(`the install was refused: ${error.message}`, error);
    else {
      this.#retryAt = cx.clock.now() + cx.timing.electionMs;
      cx.wakeAfter(cx.timing.electionMs);
    }
  }

  /** Fetches entries, until it is done or a checkpoint is needed after all. */
  #follow(tail: Tail, cx: SessionContext): SessionPoll {
    const end = tail.poll(cx);
    if (end === 'pending' || end === 'again') return end;
    if ('done' in end) return end;
    const { anchor } = cx;
    if (anchor === null || cx.snapshots === null || anchor.at.index <= cx.verified.index) return end;
    cx.logger.info('entries are missing everywhere: goes on with a checkpoint', { at: anchor.at.index });
    this.#tail = null;
    this.#phase = 'fetching';
    if (this.#desk === null) this.#desk = new PartDesk(this.#settings, anchor, cx.snapshots, cx);
    else this.#move(this.#desk, anchor, cx);
    cx.wakeAfter(0);
    return this.#ended();
  }

  /** What is needed is kept, here and there, as long as there is progress. */
  #keep(desk: PartDesk, cx: SessionContext): void {
    const progress = desk.fetchedBytes + desk.reused + cx.verified.index;
    const installing = this.#phase === 'installing';
    if (progress > this.#progress || installing) desk.renew();
    this.#progress = Math.max(this.#progress, progress);
    const beat = installing ? cx.clock.now() : this.#progress;
    this.#leases.poll(desk.anchor, this.#fetcher.servers(desk.anchor.root), beat, cx);
  }

  #nobodyHas(desk: PartDesk): string {
    const { index } = desk.anchor.at;
    const have = [...this.#fetcher.offers].map(([peer, offered]) => {
      const indices = offered.map(({ at }) => at.index).join(' and ');
      return `${peer} has ${indices === '' ? 'none' : indices}`;
    });
    return `the checkpoint at ${index} is on no peer that answers, or not whole there (${have.join(', ')})`;
  }

  #fail(message: string, cause?: unknown): void {
    this.#failure ??= new SmaltiError('CANNOT_SYNC', message, { cause });
  }
}
