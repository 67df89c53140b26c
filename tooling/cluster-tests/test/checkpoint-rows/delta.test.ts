import type { SyncProgress } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { bulk, items, KvCluster } from '../../src/kv-cluster.ts';
import { expectInstalled } from '../../src/kv-rows.ts';
import { WireTap } from '../../src/wire-tap.ts';

const ITEMS = 5_000;
const ITEM_BYTES = 400;
const PART_BYTES = 4 * 1024;

describe('a follower that was away for a while', () => {
  it('fetches almost nothing of a checkpoint that shares almost everything with its own', async () => {
    let received = 0;
    const tap = new WireTap({ windowBytes: 1, now: () => cluster.sim.now });
    tap.listen(({ to, body }) => {
      if (to === 'n3' && body.type === 'sync') received += body.bytes.length;
    });
    const cluster = new KvCluster({ tap: (transport, id) => tap.wrap(transport, id) });
    await cluster.ready();
    await cluster.each(bulk(items(ITEMS, 0, ITEM_BYTES)));
    await cluster.freeze();
    const older = cluster.store('n3').manifests().at(-1);
    cluster.crash('n3');

    await cluster.untilLeader();
    const changed = items(ITEMS, 0, ITEM_BYTES).filter((_, i) => i % 1_000 === 500);
    await cluster.each(bulk(changed.map(([key, value]) => [key, value.toUpperCase().replaceAll(' ', '-')])));
    await cluster.freeze();
    const newer = cluster.store('n1').manifests().at(-1);
    expect(newer?.root).not.toBe(older?.root);

    received = 0;
    const late = await cluster.boot('n3');
    let last: SyncProgress | null = null;
    const equal = (): boolean => {
      const { sync, applied, log } = late.group.status();
      last = sync?.session?.progress ?? last;
      return log.first > (newer?.anchor.index ?? 0) && applied.index === log.last;
    };
    expect(await cluster.sim.runUntil(equal, 20_000), cluster.show()).toBe(true);
    expectInstalled(cluster, late);
    await cluster.expectEqual(ITEMS);

    const bytes = newer?.bytes ?? 0;
    const { partsReused = 0, bytesTotal = 0 } = (last as SyncProgress | null) ?? {};
    const { bySource = {} } = late.group.status().sync?.totals ?? {};
    const fetched = Object.values(bySource).reduce((sum, parts) => sum + parts, 0);
    expect(bytesTotal).toBe(bytes);
    expect(bytes).toBeGreaterThan(ITEMS * ITEM_BYTES);
    expect(fetched).toBeGreaterThan(0);
    expect(fetched * PART_BYTES).toBeLessThan(bytes / 20);
    expect(received).toBeLessThan(bytes / 20);
    expect(partsReused).toBeGreaterThan(0);
  });
});
