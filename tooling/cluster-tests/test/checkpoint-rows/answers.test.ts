import { describe, it } from 'vitest';
import { items, singles } from '../../src/kv-cluster.ts';
import { batchBytesFor, expectInstalled, frozen } from '../../src/kv-rows.ts';

/** As long as the least answer that can be asked for: no two of them share one. */
const LONG = 4 * 1024;

describe('answers', () => {
  it.each([
    [10, 10_000],
    [100, 100_000],
  ])('that could carry far more: %i items, about %i in an answer', async (count, batch) => {
    const cluster = await frozen(singles(items(count)), { batchBytes: batchBytesFor(batch) });
    const reader = await cluster.reader('r1');
    await cluster.untilEqual(reader, 10_000);
    expectInstalled(cluster, reader);
    await cluster.expectEqual(count);
  });

  it.each([100, 1_000])(
    'that carry one item at most: %i items',
    async (count) => {
      const cluster = await frozen(singles(items(count, 0, LONG)), { batchBytes: batchBytesFor(1) });
      const reader = await cluster.reader('r1');
      await cluster.untilEqual(reader, 2_000 + 10 * count);
      expectInstalled(cluster, reader);
      await cluster.expectEqual(count);
    },
    60_000,
  );
});
