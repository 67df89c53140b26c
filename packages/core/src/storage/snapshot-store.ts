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

/** Keeps parts from being collected while a session needs them. Bounded in bytes and time; renewed by progress. */
export interface SnapshotLease {
  readonly root: PartName;
  renew(untilMs: number): void;
  release(): void;
}

/**
 * Where checkpoints are kept: parts by the hash of their content, and manifests. Crash-safe: a manifest is written
 * after everything that it reaches is on disk, so what a restart finds is whole. A damaged part is found when it is
 * read, by its name, and is then as if it were missing: it can be put again.
 */
export interface SnapshotStore {
  readonly descriptor: PluginDescriptor;
  /** Manifests, oldest first. */
  manifests(): readonly Manifest[];
  has(name: PartName): boolean;
  /** The part's bytes, or null if it is missing or damaged. */
  get(name: PartName, done: StoreCallback<Uint8Array | null>): void;
  /** Stores parts; they are on disk when it completes. Refuses a part whose name is not its hash. */
  put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void;
  /** Makes a checkpoint known, durably. Every part it reaches must have been put. */
  commit(manifest: Manifest, done: StoreCallback): void;
  /** Forgets a checkpoint; parts that nothing reaches any more are collected later. */
  drop(anchor: Cursor, done: StoreCallback): void;
  lease(root: PartName, untilMs: number): SnapshotLease;
  close(done: StoreCallback): void;
}
