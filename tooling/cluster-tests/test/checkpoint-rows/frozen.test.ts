import { describe, expect, it } from 'vitest';
import { bulk, items, singles } from '../../src/kv-cluster.ts';
import { batchBytesFor, expectInstalled, frozen } from '../../src/kv-rows.ts';

/** Rows that take long are left to whoever asks for them. */
const THOROUGH = process.env.SMALTI_THOROUGH === '1';
/** More commands than this make a row long. */
const SHORT = 10_000;

const WAYS = { 'single commands': singles, 'one bulk command': bulk } as const;

/** Items, and items of one answer. */
const FROZEN = [
  [1, 100],
  [100, 30],
  [1_000, 100],
  [10_000, 100],
  [10_000, 1_000],
  [100_000, 100],
] as const;

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('a checkpoint of items written by %s', (way) => {
  it.each(FROZEN.filter(([count]) => THOROUGH || way === 'one bulk command' || count <= SHORT))(
    '%i items, about %i in an answer: a late reader is online and equal in time',
    async (count, batch) => {
      const cluster = await frozen(WAYS[way](items(count)), { batchBytes: batchBytesFor(batch) });
      const began = cluster.sim.now;
      const reader = await cluster.reader('r1');
      await cluster.sim.complete(reader.group.when.online({ timeoutMs: 60_000 }));
      expect(cluster.sim.now - began).toBeLessThanOrEqual(5_000);
      await cluster.untilEqual(reader, 2_000 + 10 * count - (cluster.sim.now - began));
      expectInstalled(cluster, reader);
      await cluster.expectEqual(count);
    },
    300_000,
  );
});
