import {
  type Anchor,
  type CheckpointRoot,
  type Clock,
  DamagedPart,
  DecodeError,
  type Entry,
  type Hasher,
  openRoot,
  type PartName,
  type Scheduler,
  SmaltiError,
  type SnapshotItem,
  type SnapshotStore,
  StateSection,
  sameCursor,
  showCursor,
  type Walk,
  type WalkAnswer,
  walkTree,
} from '@smalti/core';
import { call, nextTurn, type Steps } from '@smalti/core/steps';
import { configurationOf } from '../../engine/log.ts';
import { type Born, openBirth } from '../birth.ts';

/** Milliseconds of reading and taking in without giving others a turn. */
const SLICE_MS = 5;

/** What checkpoints are read with. */
export interface ReadParts {
  readonly store: Pick<SnapshotStore, 'get'>;
  readonly hasher: Hasher;
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
}

/**
 * Reads a checkpoint from a store, section by section; every part is verified under what names it. It gives others
 * their turns. Damage is thrown as {@link DamagedPart} or `DecodeError`; {@link told} makes of it what callers are told.
 */
export class CheckpointReader {
  readonly #parts: ReadParts;
  readonly #anchor: Anchor;
  /** True if nobody waits for it any more. */
  readonly #over: () => boolean;
  #turnAt: number;
  #rootBytes = 0;

  constructor(parts: ReadParts, anchor: Anchor, over: () => boolean) {
    this.#parts = parts;
    this.#anchor = anchor;
    this.#over = over;
    this.#turnAt = parts.clock.now();
  }

  get title(): string {
    return `the checkpoint at ${showCursor(this.#anchor.at)}`;
  }

  /** Bytes of the root itself, once it was read. */
  get rootBytes(): number {
    return this.#rootBytes;
  }

  *root(): Steps<CheckpointRoot> {
    const name = this.#anchor.root;
    const [bytes] = yield* this.#get([name]);
    if (bytes === undefined || bytes === null) throw new DamagedPart(name, 'it is missing');
    const root = openRoot(name, bytes, this.#parts.hasher);
    this.#rootBytes = bytes.length;
    if (sameCursor(root.anchor, this.#anchor.at)) return root;
    throw this.#wrong(`its root is of ${showCursor(root.anchor)}`);
  }

  /** Entry 1 of its cluster. */
  *birth(root: CheckpointRoot): Steps<Born> {
    let frame = new Uint8Array(0);
    yield* this.items(root, StateSection.birth, ([item]) => {
      frame = item?.value.slice() ?? frame;
    });
    const born = openBirth(frame, this.#parts.hasher);
    const { cluster, group } = born.genesis;
    if (cluster === root.cluster && group === root.group) return born;
    throw this.#wrong('its birth is that of another group');
  }

  /** The entry that brought the configuration in force at the anchor. */
  configuration(root: CheckpointRoot, born: Born): Entry {
    const [entry, ...more] = born.framer.open(root.configuration.slice());
    const fits = entry !== undefined && more.length === 0 && entry.index <= root.anchor.index;
    if (fits && configurationOf(entry) !== null) return entry;
    throw this.#wrong('its configuration is none');
  }

  *items(root: CheckpointRoot, name: string, take: (items: readonly SnapshotItem[]) => void): Steps<void> {
    const section = root.sections.find((each) => each.name === name);
    if (section === undefined) throw this.#wrong(`it has no section ${name}`);
    const walk: Walk = walkTree(section, root.format, this.#parts.hasher);
    let answer: WalkAnswer;
    for (let step = walk.next(); step.done !== true; step = walk.next(answer)) {
      if ('items' in step.value) {
        take(step.value.items);
        answer = undefined;
      } else {
        answer = yield* this.#get(step.value.get);
      }
      yield* this.#breathe();
    }
  }

  /** What went wrong, for callers: damage names the part. */
  told(error: unknown): unknown {
    if (error instanceof DamagedPart) {
      const text = `${this.title} is damaged: ${error.message}`;
      return new SmaltiError('STORAGE_CORRUPT', text, { details: { part: error.part }, cause: error });
    }
    const isOfBytes = error instanceof DecodeError || error instanceof RangeError;
    return isOfBytes ? this.#wrong(error.message) : error;
  }

  *#get(names: readonly PartName[]): Steps<readonly (Uint8Array | null)[]> {
    const found: (Uint8Array | null)[] = [];
    yield* call<void>((done) => {
      let left = names.length;
      let failed: SmaltiError | null = null;
      for (const [i, name] of names.entries()) {
        this.#parts.store.get(name, (error, bytes) => {
          found[i] = bytes;
          failed ??= error;
          left -= 1;
          if (left === 0) done(failed);
        });
      }
    });
    this.#turnAt = this.#parts.clock.now();
    return found;
  }

  *#breathe(): Steps<void> {
    if (this.#over()) throw new SmaltiError('ABORTED', `${this.title}: it is not needed any more`);
    const { clock, scheduler } = this.#parts;
    if (clock.now() - this.#turnAt < SLICE_MS) return;
    yield* nextTurn(scheduler);
    this.#turnAt = clock.now();
  }

  /** The root was agreed on, so a bug made it, and no part can be fetched that is better. */
  #wrong(what: string): SmaltiError {
    const text = `${this.title} is not what it must be: ${what}`;
    return new SmaltiError('STORAGE_CORRUPT', text, { details: { part: this.#anchor.root } });
  }
}
