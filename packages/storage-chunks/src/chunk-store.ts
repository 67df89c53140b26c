import {
  type Cursor,
  DamagedPart,
  type DiskLock,
  type Manifest,
  type PartName,
  type PluginDescriptor,
  reach,
  type SnapshotLease,
  type SnapshotStore,
  type StoreCallback,
  sameCursor,
} from '@smalti/core';
import { call, run, type Steps, Stint, syncDirectory, unlink } from '@smalti/core/steps';
import { Collector } from './collector.ts';
import { closed, notWhole } from './errors.ts';
import { type Environment, TURN_MS } from './files/environment.ts';
import type { PackFiles } from './files/pack-files.ts';
import { replaceFile } from './files/small-files.ts';
import { encodeManifest, manifestPath, UNFINISHED_MANIFEST } from './format/manifest-file.ts';
import { Journal } from './journal.ts';
import { Leases } from './leases.ts';
import type { PartIndex, Row } from './part-index.ts';

/** Parts that are looked at in one turn of the event loop, at most. */
const SLICE = 5000;

const DESCRIPTOR: PluginDescriptor = Object.freeze({
  name: '@smalti/storage-chunks',
  version: '0.1.0',
  contract: 'snapshot-store',
  contractVersion: 1,
});

/** What an open store is made of. */
export interface ChunkStoreParts {
  readonly env: Environment;
  readonly lock: DiskLock;
  readonly index: PartIndex;
  readonly files: PackFiles;
  readonly manifests: readonly Manifest[];
}

/** Parts in packs, and manifests in files of their own. */
export class ChunkStore implements SnapshotStore {
  readonly descriptor = DESCRIPTOR;
  readonly #parts: ChunkStoreParts;
  readonly #journal: Journal;
  readonly #leases: Leases;
  readonly #collector: Collector;
  #manifests: readonly Manifest[];
  #closed = false;

  constructor(parts: ChunkStoreParts) {
    const { env, index, files, manifests } = parts;
    this.#parts = parts;
    this.#manifests = [...manifests].sort((a, b) => a.anchor.index - b.anchor.index);
    this.#journal = new Journal(env, index, files);
    this.#leases = new Leases(env.clock, index, (taken) =>
      taken ? this.#collector.interrupt() : this.#collector.wake(),
    );
    const roots = (): PartName[] => this.#manifests.map(({ root }) => root);
    this.#collector = new Collector({
      env,
      index,
      files,
      journal: this.#journal,
      leases: this.#leases,
      roots,
    });
    // Something may be left of what a process did not finish.
    this.#collector.wake();
  }

  manifests(): readonly Manifest[] {
    return this.#manifests;
  }

  has(name: PartName): boolean {
    return this.#parts.index.has(name);
  }

  get(name: PartName, done: StoreCallback<Uint8Array | null>): void {
    const { env, files } = this.#parts;
    const fault = this.#closed ? closed(env.disk.location) : this.#journal.fault;
    if (fault !== null) env.scheduler.endOfTurn(() => done(fault, null));
    else files.get(name, (bytes) => done(null, bytes));
  }

  put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    // The caller's map is the caller's.
    this.#journal.put(new Map(parts), done);
  }

  commit(manifest: Manifest, done: StoreCallback): void {
    const kept = { ...manifest };
    this.#journal.submit(() => this.#commit(kept), done);
  }

  drop(anchor: Cursor, done: StoreCallback): void {
    this.#journal.submit(() => this.#drop(anchor), done);
  }

  lease(root: PartName | null, untilMs: number): SnapshotLease {
    return this.#leases.take(root, untilMs);
  }

  close(done: StoreCallback): void {
    const { env } = this.#parts;
    if (this.#closed) {
      env.scheduler.endOfTurn(() => done(null));
      return;
    }
    this.#closed = true;
    this.#collector.stop();
    this.#journal.close(() => run(this.#letGo(), () => env.scheduler.endOfTurn(() => done(null))));
  }

  *#commit(manifest: Manifest): Steps<void> {
    const { disk, hasher } = this.#parts.env;
    // A round under way does not know of these parts.
    this.#collector.interrupt();
    yield* this.#checkWhole(manifest);
    const path = manifestPath(manifest.anchor.index);
    yield* replaceFile(disk, path, UNFINISHED_MANIFEST, encodeManifest(manifest, hasher));
    const others = this.#manifests.filter(({ anchor }) => anchor.index !== manifest.anchor.index);
    this.#manifests = [...others, manifest].sort((a, b) => a.anchor.index - b.anchor.index);
    // Nor does one that began meanwhile: whoever put them may hold its lease no longer than this.
    this.#collector.interrupt();
  }

  *#drop(anchor: Cursor): Steps<void> {
    const { disk } = this.#parts.env;
    if (!this.#manifests.some((manifest) => sameCursor(manifest.anchor, anchor))) return;
    yield* unlink(disk, manifestPath(anchor.index));
    yield* syncDirectory(disk);
    this.#manifests = this.#manifests.filter((manifest) => !sameCursor(manifest.anchor, anchor));
    this.#collector.wake();
  }

  /** Every part that a root reaches is there. Only what is new since an earlier checkpoint is looked at. */
  *#checkWhole({ anchor, root }: Manifest): Steps<void> {
    const { env, index, files } = this.#parts;
    const { generation } = index;
    const stint = new Stint(env.clock, env.scheduler, { ms: TURN_MS, most: SLICE });
    // As rows: there are hundreds of thousands. None can be another part's before the end, as nothing is put meanwhile.
    const named: Row[] = [];
    try {
      const search = reach(root, env.hasher, (name) => index.isWhole(name, generation));
      for (let step = search.next(); step.done !== true; ) {
        if ('names' in step.value) {
          for (const name of step.value.names) {
            const row = index.find(name);
            if (row === null) throw notWhole(anchor, name, 'is missing');
            named.push(row);
          }
          if (stint.did(step.value.names.length)) yield* stint.rest();
          step = search.next();
        } else {
          const { get } = step.value;
          const answers: readonly (Uint8Array | null)[] = yield* files.read(get);
          const missing = get[answers.indexOf(null)];
          if (missing !== undefined) throw notWhole(anchor, missing, 'is damaged');
          // What was read has been verified in this turn already.
          yield* stint.rest();
          step = search.next(answers);
        }
      }
    } catch (error) {
      if (error instanceof DamagedPart)
        throw notWhole(anchor, error.part, `is not of this checkpoint: ${error.message}`);
      throw error;
    }
    for (const row of named) {
      if (stint.did(1)) yield* stint.rest();
      if (index.packOf(row) === null) throw notWhole(anchor, index.nameOf(row), 'is damaged');
      index.setWhole(row, generation);
    }
  }

  *#letGo(): Steps<void> {
    const { files, lock } = this.#parts;
    yield* files.closeAll();
    yield* call<void>((done) => lock.release(() => done(null, undefined)));
  }
}
