import {
  type Anchor,
  CheckpointCutter,
  type GroupLog,
  LogState,
  logOver,
  type Manifest,
  type PartName,
  type Scheduler,
  type SmaltiError,
  type SnapshotStore,
  sameCursor,
} from '@smalti/core';
import type { Captured } from '../../../src/group/checkpoints/captured.ts';
import { GROUP } from './applying.ts';

/** As much of a snapshot store as a replica needs, in memory; it remembers what was asked of it, and fails as told. */
export class PartStore implements SnapshotStore {
  readonly descriptor = {
    name: 'test/parts',
    version: '0.1.0',
    contract: 'snapshot-store',
    contractVersion: 1,
  } as const;
  readonly parts = new Map<PartName, Uint8Array>();
  readonly leased: (PartName | null)[] = [];
  list: Manifest[] = [];
  /** What the next commit fails with. */
  refusal: SmaltiError | null = null;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  manifests(): readonly Manifest[] {
    return this.list;
  }

  has(name: PartName): boolean {
    return this.parts.has(name);
  }

  get(name: PartName, done: Parameters<SnapshotStore['get']>[1]): void {
    this.#scheduler.nextTurn(() => done(null, this.parts.get(name) ?? null));
  }

  put(parts: ReadonlyMap<PartName, Uint8Array>, done: Parameters<SnapshotStore['put']>[1]): void {
    for (const [name, bytes] of parts) this.parts.set(name, Uint8Array.from(bytes));
    this.#scheduler.nextTurn(() => done(null));
  }

  commit(manifest: Manifest, done: Parameters<SnapshotStore['commit']>[1]): void {
    this.#scheduler.nextTurn(() => {
      const error = this.refusal;
      if (error === null) {
        this.list = [...this.list.filter(({ anchor }) => !sameCursor(anchor, manifest.anchor)), manifest];
        this.list.sort((a, b) => a.anchor.index - b.anchor.index);
      }
      done(error);
    });
  }

  drop(anchor: Manifest['anchor'], done: Parameters<SnapshotStore['drop']>[1]): void {
    this.list = this.list.filter((each) => !sameCursor(each.anchor, anchor));
    this.#scheduler.nextTurn(() => done(null));
  }

  lease(root: PartName | null): ReturnType<SnapshotStore['lease']> {
    this.leased.push(root);
    return { root, renew: () => {}, release: () => void this.leased.splice(this.leased.indexOf(root), 1) };
  }

  close(done: Parameters<SnapshotStore['close']>[0]): void {
    this.#scheduler.nextTurn(() => done(null));
  }

  /** Cuts what was captured, puts all of it, and makes it known unless told otherwise. */
  keep(captured: Captured, manifest: { readonly agreed: boolean } | null = { agreed: true }): Anchor {
    const cutter = new CheckpointCutter(captured.checkpoint);
    while (cutter.result === null) {
      for (const { name, bytes } of cutter.step(64 * 1024)) this.parts.set(name, bytes);
    }
    captured.release();
    const { name: root, bytes } = cutter.result;
    const anchor = { at: captured.at, root };
    if (manifest !== null) this.list.push({ anchor: captured.at, root, format: 1, bytes, ...manifest });
    return anchor;
  }
}

/** A log in memory. */
export function memoryLog(scheduler: Scheduler, state = new LogState()): GroupLog {
  return logOver(GROUP, state, (value, error, done) => scheduler.nextTurn(() => done(error, value)));
}
