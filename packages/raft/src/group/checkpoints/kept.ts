import {
  type Anchor,
  type Cursor,
  type Manifest,
  type PartName,
  type SmaltiError,
  type SnapshotStore,
  sameCursor,
} from '@smalti/core';

/** What the keeper of checkpoints tells. */
export interface KeptPort {
  /** The newest checkpoint that is agreed on and whole on this disk is another. */
  newest(anchor: Anchor): void;
  note(text: string): void;
  /** There may be more to do. */
  wake(): void;
  /** Final: the disk has failed. */
  fault(error: SmaltiError): void;
}

/** When it is tried again what a full disk refused, in milliseconds. */
const AGAIN_MS = 5_000;

/**
 * The checkpoints on this node's disk: those that are agreed on are marked as such, and old ones go. Two of them stay:
 * should the newest one turn out to be damaged, the log still has what follows the one before.
 */
export class Kept {
  readonly #store: SnapshotStore;
  readonly #port: KeptPort;
  #told: Cursor | null = null;
  /** Agreed on, and not marked yet. */
  #due: Anchor | null = null;
  #useless: Manifest[] = [];
  #busy = false;
  #next = 0;
  #closed = false;

  constructor(store: SnapshotStore, port: KeptPort) {
    this.#store = store;
    this.#port = port;
  }

  get manifests(): readonly Manifest[] {
    return this.#store.manifests();
  }

  /** The newest that is agreed on and whole. */
  get newest(): Anchor | null {
    const newest = this.manifests.findLast(({ agreed }) => agreed);
    return newest === undefined ? null : { at: newest.anchor, root: newest.root };
  }

  /**
   * The one before it, or null if there is none. What follows it stays in the log: a restart that finds the newest one
   * damaged begins here.
   */
  get before(): Anchor | null {
    const [before, newest] = this.manifests.filter(({ agreed }) => agreed).slice(-2);
    return before === undefined || newest === undefined ? null : { at: before.anchor, root: before.root };
  }

  /** The root of the checkpoint at that marker, if it is agreed on and whole. */
  agreedAt(at: Cursor): PartName | null {
    return this.manifests.find(({ agreed, anchor }) => agreed && sameCursor(anchor, at))?.root ?? null;
  }

  /** The root at the marker is agreed on; what was cut of it, if it was, is that. */
  agreed(anchor: Anchor): void {
    this.#due = anchor;
    this.changed();
  }

  /** Nothing will come of the checkpoint at that marker. */
  forget(at: Cursor): void {
    this.#useless.push(...this.manifests.filter(({ anchor, agreed }) => !agreed && sameCursor(anchor, at)));
    this.changed();
  }

  /** The store holds another checkpoint: it is looked at next time. */
  changed(): void {
    this.#next = 0;
  }

  /** Does what is due. @returns for how many milliseconds there is nothing to do unless something happens. */
  look(now: number): number {
    if (this.#busy || this.#closed) return Number.POSITIVE_INFINITY;
    if (now < this.#next) return this.#next - now;
    this.#next = Number.POSITIVE_INFINITY;
    const { newest } = this;
    if (newest !== null && (this.#told === null || !sameCursor(newest.at, this.#told))) {
      this.#told = newest.at;
      this.#port.newest(newest);
    }
    const mark = this.#marked();
    // What was agreed on may have been installed in its place.
    this.#useless = this.#useless.filter(({ anchor }) => this.agreedAt(anchor) === null);
    const old = mark === null ? (this.#useless.shift() ?? outdated(this.manifests)[0]) : undefined;
    if (mark !== null) this.#run(now, (done) => this.#store.commit({ ...mark, agreed: true }, done));
    else if (old !== undefined) this.#run(now, (done) => this.#store.drop(old.anchor, done));
    return Number.POSITIVE_INFINITY;
  }

  close(): void {
    this.#closed = true;
  }

  /** What is to be marked as agreed on. */
  #marked(): Manifest | null {
    const due = this.#due;
    if (due === null) return null;
    const held = this.manifests.find(({ anchor }) => sameCursor(anchor, due.at));
    if (held?.root !== due.root) return null;
    if (!held.agreed) return held;
    this.#due = null;
    return null;
  }

  #run(now: number, work: (done: (error: SmaltiError | null) => void) => void): void {
    this.#busy = true;
    work((error) => {
      this.#busy = false;
      if (this.#closed || error?.code === 'STORAGE_CLOSED') return;
      this.#next = error === null ? 0 : now + AGAIN_MS;
      if (error?.code === 'STORAGE_FAILED') this.#port.fault(error);
      else if (error !== null) this.#port.note(`a checkpoint could not be kept or dropped: ${error.message}`);
      this.#port.wake();
    });
  }
}

/** All but the newest that is agreed on, the one that was before it, and whatever is newer. */
export function outdated(manifests: readonly Manifest[]): Manifest[] {
  const agreed = manifests.filter((each) => each.agreed);
  const newest = agreed.at(-1);
  if (newest === undefined) return [];
  const kept = agreed.slice(-2);
  return manifests.filter((each) => each.anchor.index < newest.anchor.index && !kept.includes(each));
}
