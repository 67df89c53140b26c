import {
  type Anchor,
  DamagedPart,
  isNameOf,
  MAX_ROOT_BYTES,
  type PartName,
  PartPlan,
  type PlanBytes,
  SEGMENT_BOUNDS,
  SmaltiError,
  type SnapshotLease,
  type SnapshotWriter,
} from '@smalti/core';
import type { SessionContext } from './context.ts';
import type { Settings } from './options.ts';
import { WholeParts } from './whole-parts.ts';

/**
 * What a part on its way costs, in bytes of the longest node: a node with what it names, which is looked at next, or a
 * segment.
 */
const COST_OF_PART = SEGMENT_BOUNDS;
/** Parts that are read here at once: fewer than what an owner may. */
const MAX_LOOKS = 32;
/** So much is put at once if there is so much. */
const PUT_BYTES = 256 * 1024;
/** Of the window: what has come and is not on the disk yet, which is lost if the process dies. */
const UNSYNCED_SHARE = 1 / 4;
/** After so many parts that an install has missed, all of the checkpoint is looked at. */
const MAX_REPAIRS = 16;
/** Leases on the store are renewed for so long: what the host allows, about. In milliseconds. */
const LEASE_MS = 110_000;
/** Checkpoints whose parts are kept at once, the last ones that were fetched: the host gives few leases. */
const MAX_ROOTS = 8;

/** What became of a part that has come. */
export type Arrival = 'good' | 'unneeded' | 'damaged';

/**
 * The parts of one checkpoint that are not here: found out by descending where names differ, taken from the store where an
 * earlier session has put them, and put into it as they come.
 */
export class PartDesk {
  readonly #settings: Settings;
  readonly #cx: SessionContext;
  readonly #view: SnapshotWriter;
  readonly #whole: WholeParts;
  /** Everything that this session puts. */
  readonly #lease: SnapshotLease;
  /** What earlier sessions have put, for this checkpoint, the last one, and those before. */
  readonly #rootLeases: SnapshotLease[] = [];
  #anchor: Anchor;
  #plan: PartPlan;
  /** Nothing is taken for granted any more. */
  #everything = false;
  #repairs = 0;
  /** What was taken of the plan and is not here. */
  #needed = new Set<PartName>();
  /** Parts of it that nobody was asked for, in the order in which they are. */
  #wanted = new Set<PartName>();
  /** Parts of it that may be in the store. */
  #looks: PartName[] = [];
  #looking = 0;
  /** Parts that an install has missed: wanted by their names alone. */
  readonly #missed = new Set<PartName>();
  #batch = new Map<PartName, Uint8Array>();
  #batchBytes = 0;
  #puttingBytes = 0;
  /** Bytes that peers have sent and that were good. They only grow. */
  fetchedBytes = 0;
  /** Bytes of parts in memory at once, at most: fetched, and not in the store yet. */
  mostHeldBytes = 0;
  /** Parts that were here, or are below one that was. */
  reused = 0;
  /** What ends the session, or null. */
  failure: SmaltiError | null = null;

  constructor(settings: Settings, anchor: Anchor, view: SnapshotWriter, cx: SessionContext) {
    this.#settings = settings;
    this.#cx = cx;
    this.#view = view;
    this.#anchor = anchor;
    this.#lease = view.lease(null, cx.clock.now() + LEASE_MS);
    this.#rootLeases.push(view.lease(anchor.root, cx.clock.now() + LEASE_MS));
    this.#whole = new WholeParts(view, cx.hasher, () => cx.wakeAfter(0));
    this.#plan = this.#newPlan();
  }

  get anchor(): Anchor {
    return this.#anchor;
  }

  get bytes(): PlanBytes {
    return this.#plan.bytes;
  }

  /** Bytes that have to come, or null while the root is not here. */
  get missingBytes(): number | null {
    if (this.#plan.root === null) return null;
    const { total, added, reused } = this.#plan.bytes;
    return total - added - reused;
  }

  /** How many parts nobody was asked for. */
  get wanted(): number {
    return this.#wanted.size;
  }

  /** So much has come that is not on the disk yet that nothing more is asked for. */
  get full(): boolean {
    return this.#puttingBytes + this.#batchBytes >= this.#settings.windowBytes * UNSYNCED_SHARE;
  }

  /** True when all parts are in the store. */
  get done(): boolean {
    const idle = this.#looking === 0 && this.#puttingBytes === 0 && this.#batch.size === 0;
    return idle && this.#whole.done && this.#plan.done && this.#missed.size === 0;
  }

  needs(name: PartName): boolean {
    return this.#needed.has(name) || this.#missed.has(name);
  }

  /** Goes on with another checkpoint. What was put stays. */
  moveTo(anchor: Anchor): void {
    this.#anchor = anchor;
    this.#everything = false;
    this.#repairs = 0;
    if (this.#rootLeases.length === MAX_ROOTS) this.#rootLeases.shift()?.release();
    this.#rootLeases.push(this.#view.lease(anchor.root, this.#cx.clock.now() + LEASE_MS));
    this.#begin();
  }

  /** There was progress: what is here is kept for longer. */
  renew(): void {
    const until = this.#cx.clock.now() + LEASE_MS;
    this.#lease.renew(until);
    this.#rootLeases.at(-1)?.renew(until);
  }

  /** Nothing needs to be kept any more: a checkpoint reaches it. */
  release(): void {
    this.#lease.release();
    for (const lease of this.#rootLeases.splice(0)) lease.release();
  }

  /** Finds out what is missing, as far as there is room. Called at each poll. */
  fill(): void {
    if (!this.#whole.done) return;
    const held = this.#puttingBytes + this.#batchBytes;
    const cost = this.#plan.root === null ? MAX_ROOT_BYTES : COST_OF_PART * this.#plan.format.maxBytes;
    const room = Math.floor((this.#settings.windowBytes - held) / cost);
    // One is let in when nothing else is held, whatever its size.
    const most = Math.max(held === 0 ? 1 : 0, room) - this.#plan.underWay;
    for (const name of most > 0 ? this.#plan.take(most) : []) {
      this.#needed.add(name);
      if (this.#view.has(name)) this.#looks.push(name);
      else this.#wanted.add(name);
    }
    while (this.#looking < MAX_LOOKS && this.#look());
  }

  /** Takes so many of what nobody was asked for, of about so many bytes, and one in any case; none while it is full. */
  pick(most: number, bytes: number, may: (name: PartName) => boolean): readonly PartName[] {
    const names: PartName[] = [];
    if (this.full) return names;
    let left = bytes;
    for (const name of this.#wanted) {
      if (names.length >= most) break;
      if (!may(name)) continue;
      left -= this.#plan.root === null ? MAX_ROOT_BYTES : this.#plan.likelyBytes(name);
      if (left < 0 && names.length > 0) break;
      names.push(name);
    }
    for (const name of names) this.#wanted.delete(name);
    return names;
  }

  /** It was asked for and does not come from there. */
  back(name: PartName): void {
    if (this.needs(name)) this.#wanted.add(name);
  }

  /** A part has come. */
  arrived(name: PartName, bytes: Uint8Array): Arrival {
    if (!this.needs(name)) return 'unneeded';
    if (this.#missed.has(name) && !isNameOf(name, bytes, this.#cx.hasher)) return 'damaged';
    if (this.#needed.has(name) && !this.#add(name, bytes)) return 'damaged';
    this.#missed.delete(name);
    this.#wanted.delete(name);
    this.#batch.set(name, bytes);
    this.#batchBytes += bytes.length;
    this.fetchedBytes += bytes.length;
    this.mostHeldBytes = Math.max(this.mostHeldBytes, this.#puttingBytes + this.#batchBytes);
    return 'good';
  }

  /** Puts what has come. Called at each poll. */
  flush(): void {
    if (this.#batch.size === 0) return;
    if (this.#puttingBytes > 0 && this.#batchBytes < PUT_BYTES) return;
    const bytes = this.#batchBytes;
    const batch = this.#batch;
    this.#batch = new Map();
    this.#batchBytes = 0;
    this.#puttingBytes += bytes;
    this.#view.put(batch, (error) => {
      this.#puttingBytes -= bytes;
      if (error !== null) this.#fail(`the store took no more parts: ${error.message}`, error);
    });
  }

  /** An install has missed a part: it comes from a peer, whatever the store said of it. */
  repair(part: PartName): void {
    this.#repairs += 1;
    if (this.#repairs <= MAX_REPAIRS) {
      this.#missed.add(part);
      this.#wanted.add(part);
      return;
    }
    if (this.#everything) {
      this.#fail(`part ${part} of the checkpoint is missing again whenever it was put`);
      return;
    }
    this.#everything = true;
    this.#begin();
  }

  #begin(): void {
    this.#plan = this.#newPlan();
    this.#needed = new Set();
    this.#wanted = new Set();
    this.#looks = [];
    this.#looking = 0;
    this.#missed.clear();
  }

  #newPlan(): PartPlan {
    const whole = (name: PartName): boolean => {
      if (this.#everything || !this.#whole.has(name)) return false;
      this.reused += 1;
      return true;
    };
    return new PartPlan({ root: this.#anchor.root, hasher: this.#cx.hasher, whole });
  }

  /** Reads one part that should be in the store. False if there is none. */
  #look(): boolean {
    const name = this.#looks.shift();
    if (name === undefined) return false;
    const plan = this.#plan;
    this.#looking += 1;
    this.#view.get(name, (_, bytes) => {
      if (this.#plan !== plan) return;
      this.#looking -= 1;
      if (bytes !== null && this.#add(name, bytes)) this.reused += 1;
      else this.back(name);
    });
    return true;
  }

  /** False if it is not what it must be. */
  #add(name: PartName, bytes: Uint8Array): boolean {
    try {
      this.#plan.add(name, bytes);
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
      // What a name stands for cannot be otherwise: it is whoever named it that is wrong, and a majority agreed on it.
      if (isNameOf(name, bytes, this.#cx.hasher))
        this.#fail(`the checkpoint is none: ${error.message}`, error);
      return false;
    }
    this.#needed.delete(name);
    return true;
  }

  #fail(message: string, cause?: unknown): void {
    this.failure ??= new SmaltiError('CANNOT_SYNC', message, { cause });
  }
}
