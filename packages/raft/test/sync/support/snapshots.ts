import type {
  Manifest,
  PartName,
  PluginDescriptor,
  SmaltiError,
  SnapshotLease,
  SnapshotStore,
  StoreCallback,
} from '@smalti/core';

/** The name of a part, made of one digit. */
export const part = (digit: number): PartName => digit.toString(16).repeat(64) as PartName;

/** Checkpoints in memory that answer when the test says so. */
export class FakeSnapshots implements SnapshotStore {
  readonly descriptor: PluginDescriptor = {
    name: 'test-snapshots',
    version: '1.0.0',
    contract: 'snapshot-store',
    contractVersion: 1,
  };
  readonly parts = new Map<PartName, Uint8Array>();
  readonly all: Manifest[] = [];
  /** What reads are refused with. */
  refusal: SmaltiError | null = null;
  readonly gets: (() => void)[] = [];
  readonly puts: ((error?: SmaltiError) => void)[] = [];
  readonly leases: { readonly root: PartName | null; until: number; released: boolean }[] = [];

  manifests(): readonly Manifest[] {
    return this.all;
  }

  has(name: PartName): boolean {
    return this.parts.has(name);
  }

  get(name: PartName, done: StoreCallback<Uint8Array | null>): void {
    this.gets.push(() => {
      if (this.refusal === null) done(null, this.parts.get(name) ?? null);
      else done(this.refusal, null);
    });
  }

  put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    this.puts.push((error) => {
      if (error === undefined) for (const [name, bytes] of parts) this.parts.set(name, bytes);
      done(error ?? null);
    });
  }

  commit(_: Manifest, done: StoreCallback): void {
    done(null);
  }

  drop(_: unknown, done: StoreCallback): void {
    done(null);
  }

  lease(root: PartName | null, untilMs: number): SnapshotLease {
    const lease = { root, until: untilMs, released: false };
    this.leases.push(lease);
    return {
      root,
      renew: (until) => {
        lease.until = until;
      },
      release: () => {
        lease.released = true;
      },
    };
  }

  close(done: StoreCallback): void {
    done(null);
  }
}
