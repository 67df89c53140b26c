import { autoSync } from '@smalti/auto-sync';
import { logReplay } from '@smalti/log-replay';
import { snapshotSync } from '@smalti/snapshot-sync';
import { describe, expect, it } from 'vitest';
import { bulk, items, KvCluster } from '../../src/kv-cluster.ts';
import { expectInstalled } from '../../src/kv-rows.ts';
import { type LogLine, logTo } from '../../src/log-lines.ts';
import { type Lie, lyingParts } from '../../src/lying-parts.ts';

const ITEMS = 3_000;

/** Every part of every answer is touched, or its place is. */
const LIES: Readonly<Record<string, Lie>> = {
  'damages parts': (parts) =>
    parts.map((bytes) => {
      const copy = Uint8Array.from(bytes);
      const at = copy.length >> 1;
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    }),
  'shortens parts': (parts) => parts.map((bytes) => bytes.slice(0, -1)),
  'adds to parts': (parts) => parts.map((bytes) => Uint8Array.from([...bytes, 0])),
  'gives parts in another order': (parts) =>
    // One alone has no other place.
    parts.length < 2 ? [new Uint8Array(9)] : [...parts.slice(1), ...parts.slice(0, 1)],
  'gives parts without bytes': (parts) => parts.map(() => new Uint8Array(0)),
  'gives no parts': () => [],
};

describe.each(Object.keys(LIES))('a provider that %s', (lie) => {
  // The leader is asked last, and is the only one that is left where all followers lie.
  it.each([
    ['one of three', ['n1']],
    ['all followers', ['n1', 'n3']],
  ])('is named in the log, and what it should have given comes from others: %s', async (_, liars) => {
    const lines: LogLine[] = [];
    const cluster = new KvCluster({
      sync: (id) => {
        const parts = liars.includes(id) ? lyingParts(LIES[lie] as Lie) : snapshotSync();
        return [autoSync([logReplay(), parts])];
      },
      logger: (id) => logTo(id === 'r1' ? lines : []),
    });
    await cluster.ready();
    await cluster.each(bulk(items(ITEMS)));
    await cluster.freeze();
    expect(cluster.leader?.id).toBe('n2');
    const reader = await cluster.reader('r1');
    await cluster.untilEqual(reader, 20_000);
    const named = new Set(lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields.peer));
    expectInstalled(cluster, reader);
    await cluster.expectEqual(ITEMS);
    expect([...named].sort()).toEqual(liars);
    const { bySource } = reader.group.status().sync?.totals ?? {};
    const gave = Object.entries(bySource ?? {}).filter(([, parts]) => parts > 0);
    expect(gave.map(([id]) => id).filter((id) => liars.includes(id))).toEqual([]);
  });
});
