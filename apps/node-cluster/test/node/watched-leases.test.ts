import { nodePlatform } from '@smalti/platform-node';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import { describe, expect, it } from 'vitest';
import { WatchedLeases } from '../../src/node/watched-leases.ts';

const ROOT = 'ab'.repeat(32) as never;

describe('leases on checkpoints', () => {
  it('are told as long as they last', () => {
    let time = 1_000;
    const store = new WatchedLeases(new MemorySnapshotStore(nodePlatform()), { now: () => time });
    const [cut, read] = [store.lease(null, 1_500), store.lease(ROOT, 2_000)];
    expect(store.leases).toEqual([
      { root: null, leftMs: 500 },
      { root: ROOT, leftMs: 1_000 },
    ]);
    cut.renew(1_700);
    // It never ends earlier than it would.
    read.renew(1_010);
    time += 600;
    expect(store.leases).toEqual([
      { root: null, leftMs: 100 },
      { root: ROOT, leftMs: 400 },
    ]);
    read.release();
    expect(store.leases).toEqual([{ root: null, leftMs: 100 }]);
    time += 100;
    cut.renew(10_000);
    expect(store.leases).toEqual([]);
  });
});
