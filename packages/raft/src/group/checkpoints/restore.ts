import {
  type Anchor,
  type GroupLog,
  type Index,
  type Manifest,
  SmaltiError,
  type SnapshotStore,
  type StoreCallback,
  showCursor,
  type Term,
} from '@smalti/core';
import { call, run, type Steps } from '@smalti/core/steps';
import { type Born, openBirth } from '../birth.ts';
import { CheckpointReader } from './checkpoint-reader.ts';
import { birthSteps, type Loaded, type LoadParts, loadSteps } from './load.ts';

/** What a replica begins with. */
export type Restored =
  /** The log holds all there ever was: the machine begins empty. */
  | { readonly type: 'log' }
  /** A checkpoint, and the log after it. */
  | { readonly type: 'checkpoint'; readonly loaded: Loaded }
  /**
   * The log was cut, and what it was cut for cannot be read. The node replicates and votes, applies nothing, and
   * installs the anchor again, of which others have the parts.
   */
  | { readonly type: 'needs-state'; readonly born: Born; readonly anchor: Anchor; readonly why: SmaltiError };

/** Entry 1, where a checkpoint has it; else null. */
export function bornOf(restored: Restored): Born | null {
  if (restored.type === 'checkpoint') return restored.loaded.born;
  return restored.type === 'needs-state' ? restored.born : null;
}

/** An entry whose group time is known: the one of the checkpoint, or entry 1. */
export function knownStamp(
  restored: Restored,
  born: Born,
): { readonly index: Index; readonly stamp: number } {
  if (restored.type !== 'checkpoint') return born.entry;
  const { anchor, time } = restored.loaded.root;
  return { index: anchor.index, stamp: time };
}

/** What a restart has at hand. */
export interface RestoreParts extends Omit<LoadParts, 'store'> {
  readonly store: SnapshotStore;
  readonly log: GroupLog;
  readonly note: (text: string) => void;
}

/**
 * Finds what a replica begins with, before it takes part in anything: the newest agreed checkpoint from which the log
 * goes on. If a checkpoint was installed and the log does not begin there yet, the install is finished. Called once, when
 * the log is open.
 *
 * Errors: those of the stores, `STORAGE_CORRUPT` if the log was cut and no checkpoint says what was before it,
 * `STORAGE_VERSION`, `STORAGE_FOREIGN`, `MACHINE_FAILED` if the newest one is whole and cannot be taken in. Then nothing
 * was touched.
 */
export function restore(parts: RestoreParts, done: StoreCallback<Restored>): void {
  run(restoreSteps(parts), (error, restored) =>
    parts.scheduler.endOfTurn(() => done(error as SmaltiError | null, restored ?? { type: 'log' })),
  );
}

function* restoreSteps(parts: RestoreParts): Steps<Restored> {
  const { log, store } = parts;
  // Before its birth a node has nothing that a checkpoint could be a part of.
  if (log.last.index === 0) return { type: 'log' };
  const agreed = store.manifests().filter(({ agreed, anchor }) => agreed && anchor.index >= log.base.index);
  let damage: SmaltiError | null = null;
  const damaged: Manifest[] = [];
  for (const manifest of agreed.reverse()) {
    const anchor = anchorOf(manifest);
    try {
      const loaded = yield* loadSteps(readerOf(parts, anchor), anchor, parts.machine);
      checkOurs(log, loaded);
      yield* forget(store, damaged);
      yield* joinLog(log, loaded);
      return { type: 'checkpoint', loaded };
    } catch (error) {
      if (!isDamage(error)) throw error;
      parts.note(`${error.message}; it is not used`);
      damage ??= error;
      damaged.push(manifest);
    }
  }
  if (log.base.index > 0) return yield* needsState(parts, damage);
  yield* forget(store, damaged);
  return { type: 'log' };
}

/** What is of another cluster would take the place of this one's log. */
function checkOurs({ configurations }: GroupLog, { anchor, born, machine }: Loaded): void {
  if (configurations.every((entry) => born.framer.verify(entry))) return;
  machine.release();
  const text =
    `the checkpoint at ${showCursor(anchor.at)} is of cluster ${born.genesis.cluster}, and the log of this node is of ` +
    'another: give each its own directory';
  throw new SmaltiError('STORAGE_FOREIGN', text, { details: { found: born.genesis.cluster } });
}

/**
 * The log makes up for them: at their markers they are cut anew. Until then nothing may be pruned on the strength of what
 * cannot be read.
 */
function* forget(store: SnapshotStore, damaged: readonly Manifest[]): Steps<void> {
  for (const { anchor } of damaged) yield* call<void>((done) => store.drop(anchor, done));
}

/** The log is cut, and no agreed checkpoint can be read that it goes on from. */
function* needsState(parts: RestoreParts, damage: SmaltiError | null): Steps<Restored> {
  const manifests = [...parts.store.manifests()].reverse();
  const newest = manifests.find(({ agreed }) => agreed);
  const born = newest === undefined ? null : yield* findBirth(parts, manifests);
  if (newest === undefined || born === null) {
    const text =
      `the log begins after ${showCursor(parts.log.base)}, and no checkpoint of what was before it can be read: ` +
      'give this node the store of its checkpoints, or an empty directory and let it join anew';
    throw new SmaltiError('STORAGE_CORRUPT', text, { cause: damage });
  }
  const text = `no checkpoint that the log goes on from, after ${showCursor(parts.log.base)}, can be read`;
  const why = damage ?? new SmaltiError('STORAGE_CORRUPT', text);
  return { type: 'needs-state', born, anchor: anchorOf(newest), why };
}

/** Entry 1, from wherever it can still be read. */
function* findBirth(parts: RestoreParts, manifests: readonly Manifest[]): Steps<Born | null> {
  const [first] = parts.log.configurations;
  if (first?.index === 1) return openBirth(first.frame, parts.hasher);
  for (const manifest of manifests) {
    try {
      return yield* birthSteps(readerOf(parts, anchorOf(manifest)));
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return null;
}

/** Lets the log begin at the anchor, if it does not go on from there, and know that the anchor is committed. */
function* joinLog(log: GroupLog, { anchor: { at }, configuration }: Loaded): Steps<void> {
  const { hardState } = log;
  const holds = log.termAt(at.index) === at.term;
  if (holds && hardState.commit >= at.index) return;
  // A vote is of its term: it counts in no other.
  const isBehind = hardState.term < at.term;
  const state = {
    term: Math.max(hardState.term, at.term) as Term,
    vote: isBehind ? null : hardState.vote,
    commit: at.index,
    doubt: hardState.doubt,
  };
  if (!holds) {
    yield* call<void>((done) => log.resetTo(at, state, configuration, done));
    return;
  }
  // It is a lower bound: a full disk need not keep a node from starting.
  yield* call<void>((done) => {
    log.write({ hardState: state }, (error) =>
      done(error?.code === 'STORAGE_FULL' ? null : error, undefined),
    );
  });
}

function readerOf(parts: RestoreParts, anchor: Anchor): CheckpointReader {
  return new CheckpointReader(parts, anchor, () => false);
}

function anchorOf({ anchor: at, root }: Manifest): Anchor {
  return { at, root };
}

function isDamage(error: unknown): error is SmaltiError {
  return error instanceof SmaltiError && error.code === 'STORAGE_CORRUPT' && 'part' in error.details;
}
