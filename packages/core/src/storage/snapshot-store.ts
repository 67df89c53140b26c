import type { PluginDescriptor } from '../plugin/descriptor.ts';
import type { Cursor } from '../vocabulary/cursor.ts';
import type { StoreCallback } from './log-store.ts';

/** The name of a part: the hash of its bytes, in hex. */
export type PartName = string & { readonly __brand: 'PartName' };

/** A checkpoint that is whole: its place in the log and the name of its root. */
export interface Manifest {
  readonly anchor: Cursor;
  readonly root: PartName;
  /** Format of the parts, as the marker entry says. */
  readonly format: number;
  /** Bytes of all parts that the root reaches. */
  readonly bytes: number;
  /** True once a majority reported this root. */
  readonly agreed: boolean;
}

/** Keeps parts from being collected while somebody needs them. Bounded in time; renewed by progress. */
export interface SnapshotLease {
  /** What it was taken for: see `SnapshotStore.lease`. */
  readonly root: PartName | null;
  /** Puts the end off. Called when the session has made progress. Does nothing once it has been released or has ended. */
  renew(untilMs: number): void;
  /** Ends it. Called once, however the session ends. */
  release(): void;
}

/**
 * Where checkpoints are kept: parts by the hash of their content, and manifests. Crash-safe: a manifest is written
 * after everything that it reaches is on disk, so what a restart finds is whole. A damaged part is found when it is
 * read, by its name, and is then as if it were missing: it can be put again.
 *
 * Used by the group's runtime alone, which may have any number of calls under way at once; they complete in any
 * order, and none can be cancelled. Errors are as those of a `GroupLog`: `STORAGE_FULL` can be tried again,
 * `STORAGE_FAILED` is final, and `STORAGE_CLOSED` comes after `close`. The calls that answer at once never throw.
 */
export interface SnapshotStore {
  readonly descriptor: PluginDescriptor;
  /** Manifests of all checkpoints that were committed and not dropped, oldest first. Asked at any time. */
  manifests(): readonly Manifest[];
  /** True if the part was put. It says nothing of damage: only reading finds it. Asked once for each part of a plan. */
  has(name: PartName): boolean;
  /**
   * The part's bytes, or null if it is missing or damaged. They may be a view of a buffer that others are views of, too.
   * Called for each part that is served or installed: whoever needs many asks for them in one turn.
   */
  get(name: PartName, done: StoreCallback<Uint8Array | null>): void;
  /**
   * Stores parts, by the batch; all are on disk when it completes. After an error any of them may be. A part that is
   * there already costs nothing. `STORAGE_CORRUPT`, and nothing stored, if a name is not the hash of its bytes; of bytes
   * whose name `isNameOf` knows that holds. The caller leaves the bytes alone until then, and may write over them
   * afterwards: what keeps them in memory copies them.
   */
  put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void;
  /**
   * Makes a checkpoint known, durably when it completes. Every part it reaches must have been put before and be kept by
   * a manifest or a lease: otherwise `STORAGE_RANGE`, with one that is missing in `details.part`, and nothing has
   * changed. Called once when a checkpoint is whole, and once more when its root is agreed: the manifest of the same
   * index is replaced.
   */
  commit(manifest: Manifest, done: StoreCallback): void;
  /**
   * Forgets a checkpoint, durably when it completes; parts that neither a manifest nor a lease reaches any more are
   * collected later. Does nothing if there is none with that anchor.
   */
  drop(anchor: Cursor, done: StoreCallback): void;
  /**
   * Keeps what that root reaches, as far as it is there from the root down, until that time of the monotonic clock, in
   * milliseconds. With null, keeps what is put while the lease lasts, whatever reaches it: for whoever builds a
   * checkpoint, of which nothing but the root, which comes last, reaches everything. Called once for a session or a
   * checkpoint that is built.
   */
  lease(root: PartName | null, untilMs: number): SnapshotLease;
  /** Completes what is under way, and lets go of the directory. Called once, last. */
  close(done: StoreCallback): void;
}
