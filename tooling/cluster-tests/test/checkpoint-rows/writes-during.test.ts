import { describe, expect, it } from 'vitest';
import { bulk, items, singles } from '../../src/kv-cluster.ts';
import { batchBytesFor, expectInstalled, frozen, untilFetching } from '../../src/kv-rows.ts';

/** Rows that take long are left to whoever asks for them. */
const THOROUGH = process.env.SMALTI_THOROUGH === '1';
/** More commands than this make a row long. */
const SHORT = 10_000;

const WAYS = { 'single commands': singles, 'one bulk command': bulk } as const;
/** Round trips of 20 ms, so that a fetch takes a while. */
const FAR = { simulation: { network: { delay: [8, 12] } } } as const;

/** Items before, items that are written meanwhile, and items of one answer. */
const ROWS = [
  [100, 50, 100],
  [1_000, 500, 100],
  [100_000, 5_000, 100],
  [100_000, 5_000, 1_000],
] as const;

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('what is written meanwhile by %s', (way) => {
  it.each(ROWS.filter(([before]) => THOROUGH || way === 'one bulk command' || before <= SHORT))(
    '%i items and %i more, about %i in an answer: all are on all nodes',
    async (before, during, batch) => {
      const cluster = await frozen(
        WAYS[way](items(before)),
        { batchBytes: batchBytesFor(batch), busyBytesPerSecond: 0 },
        FAR,
      );
      const reader = await cluster.reader('r1');
      await untilFetching(cluster, reader);
      // The first is committed before the reader has installed anything.
      const all = WAYS[way](items(during, before));
      const first = cluster.member('n1').group.execute(all[0] as never);
      await cluster.sim.complete(Promise.race([first, reader.group.when.online()]));
      expect(reader.group.status(), cluster.show()).toMatchObject({ role: 'follower', log: { first: 1 } });
      await cluster.each(all.slice(1));
      await cluster.untilEqual(reader, 2_000 + 10 * (before + during));
      expectInstalled(cluster, reader);
      await cluster.expectEqual(before + during);
    },
    300_000,
  );
});
