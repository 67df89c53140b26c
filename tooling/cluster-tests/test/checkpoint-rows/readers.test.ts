import type { KvCommand } from '@smalti/node-cluster';
import { SimRandom } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { bulk, items, type KvCluster, type KvMember, singles } from '../../src/kv-cluster.ts';
import { expectInstalled, frozen, untilFetching } from '../../src/kv-rows.ts';

/** Round trips of 20 ms, so that a fetch takes a while. */
const FAR = { simulation: { network: { delay: [8, 12] } } } as const;
const SMALL_ANSWERS = { batchBytes: 4 * 1024, busyBytesPerSecond: 0 } as const;
const MIB = 1024 * 1024;

/** It has installed a checkpoint, and holds what all hold: so many keys. */
async function expectWhole(cluster: KvCluster, readers: readonly KvMember[], size: number): Promise<void> {
  for (const reader of readers) {
    await cluster.untilEqual(reader, 20_000);
    expectInstalled(cluster, reader);
  }
  await cluster.expectEqual(size);
}

describe('a reader that installs a checkpoint', () => {
  it('of nothing at all', async () => {
    const cluster = await frozen([]);
    await expectWhole(cluster, [await cluster.reader('r1')], 0);
  });

  it('before anybody writes, and follows', async () => {
    const cluster = await frozen([]);
    const reader = await cluster.reader('r1');
    await expectWhole(cluster, [reader], 0);
    await cluster.each(singles(items(300)));
    await expectWhole(cluster, [reader], 300);
  });

  it('is one of five', async () => {
    const cluster = await frozen(singles(items(1_000)));
    const readers: KvMember[] = [];
    for (const id of ['r1', 'r2', 'r3', 'r4', 'r5']) readers.push(await cluster.reader(id));
    await expectWhole(cluster, readers, 1_000);
  });

  it('follows 500 more items after 500, and takes part in the next checkpoint', async () => {
    const cluster = await frozen(singles(items(500)));
    const reader = await cluster.reader('r1');
    await expectWhole(cluster, [reader], 500);
    await cluster.each(singles(items(500, 500)));
    await expectWhole(cluster, [reader], 1_000);
    await cluster.freeze();
    const newest = (): string | undefined => reader.group.checkpoints.list().at(-1)?.root;
    const root = cluster.member('n1').group.checkpoints.list().at(-1)?.root;
    expect(await cluster.sim.runUntil(() => newest() === root, 20_000), cluster.show()).toBe(true);
  });

  it('while 5,000 items come in one command after 10,000', async () => {
    const cluster = await frozen(bulk(items(10_000)), SMALL_ANSWERS, FAR);
    const reader = await cluster.reader('r1');
    await untilFetching(cluster, reader);
    await cluster.each(bulk(items(5_000, 10_000)));
    await expectWhole(cluster, [reader], 15_000);
  });

  it('while everything is removed and 200 items come, and another one after it', async () => {
    const cluster = await frozen(bulk(items(2_000)), SMALL_ANSWERS, FAR);
    const reader = await cluster.reader('r1');
    await untilFetching(cluster, reader);
    await cluster.each([{ op: 'flushall' }, ...singles(items(200, 50_000))]);
    await expectWhole(cluster, [reader], 200);
    await cluster.freeze();
    const late = await cluster.reader('r2');
    await expectWhole(cluster, [late], 200);
  });

  it('with values of several MiB, which are more than any part', async () => {
    const random = new SimRandom('large values');
    const large = Array.from({ length: 2 }, (_, i): [string, string] => [
      `large ${i}`,
      Buffer.from(random.bytes(3 * MIB + i)).toString('latin1'),
    ]);
    const cluster = await frozen(singles([...large, ...items(100)]));
    expect(cluster.member('n1').group.checkpoints.list().at(-1)?.bytes).toBeGreaterThan(6 * MIB);
    const reader = await cluster.reader('r1');
    await expectWhole(cluster, [reader], 102);
    for (const [key, value] of large) {
      const { result } = await cluster.sim.complete(reader.group.query({ op: 'get', key }, 'weak'));
      expect(result.kind === 'value' && result.value === value, key).toBe(true);
    }
  }, 60_000);

  it('is lost with its disk in the middle of it, and begins anew', async () => {
    const cluster = await frozen(bulk(items(5_000)), SMALL_ANSWERS, FAR);
    const reader = await cluster.reader('r1');
    await untilFetching(cluster, reader);
    await cluster.sim.runFor(50);
    expect(reader.group.status().log.first).toBe(1);
    expect(cluster.store('r1').data.parts.size).toBeGreaterThan(0);
    cluster.kill('r1');
    cluster.wipe('r1');
    const again = await cluster.reader('r1');
    await expectWhole(cluster, [again], 5_000);
    // And once more when it had all of it.
    cluster.kill('r1');
    cluster.wipe('r1');
    await cluster.each(singles(items(100, 5_000)));
    await expectWhole(cluster, [await cluster.reader('r1')], 5_100);
  });

  it('of keys that were overwritten, before and meanwhile', async () => {
    const over = (value: string): KvCommand[] => singles(items(500).map(([key]) => [key, value]));
    const before = [...singles(items(500)), ...over('again'), ...over('and again')];
    const cluster = await frozen(before, SMALL_ANSWERS, FAR);
    const reader = await cluster.reader('r1');
    await untilFetching(cluster, reader);
    await cluster.each(over('meanwhile').slice(0, 250));
    await expectWhole(cluster, [reader], 500);
    const values = [...reader.machine.capture().entries()].map(([, value]) => value);
    expect(values).toEqual([...Array(250).fill('meanwhile'), ...Array(250).fill('and again')]);
  });

  it('of which keys were removed that were never there, before and meanwhile', async () => {
    const absent = (name: string): KvCommand => ({ op: 'del', keys: [`never ${name}`, `nor ${name}`] });
    const cluster = await frozen([absent('a'), ...singles(items(300)), absent('b')], SMALL_ANSWERS, FAR);
    const reader = await cluster.reader('r1');
    await untilFetching(cluster, reader);
    const { group } = cluster.member('n1');
    const { result } = await cluster.sim.complete(group.execute(absent('c')));
    expect(result).toEqual({ kind: 'integer', value: 0 });
    await expectWhole(cluster, [reader], 300);
  });
});

describe('what is read while a checkpoint is fetched and installed', () => {
  it('is one state or another, and never parts of two', async () => {
    const keys = Array.from({ length: 200 }, (_, i) => `same ${i}`);
    const all = (value: number): KvCommand => ({ op: 'mset', items: keys.map((key) => [key, `${value}`]) });
    const cluster = await frozen([all(1), ...bulk(items(3_000))], SMALL_ANSWERS, FAR);
    const { sim } = cluster;
    const reader = await cluster.reader('r1');
    await untilFetching(cluster, reader);
    const seen = new Map<string, number>();
    let open = true;
    const write = async (): Promise<void> => {
      for (let value = 2; open; value++) await cluster.member('n1').group.execute(all(value));
    };
    const look = async (): Promise<void> => {
      while (open) {
        const read = reader.group.query({ op: 'mget', keys }, 'weak').then(
          ({ result }) => (result.kind === 'values' ? [...new Set(result.values)].join() : result.kind),
          ({ message }: Error) => message,
        );
        const answer = await read;
        seen.set(answer, (seen.get(answer) ?? 0) + 1);
        await new Promise<void>((resolve) => void sim.schedule(1, 'look again', resolve));
      }
    };
    const over = Promise.all([write(), look(), look()]);
    expect(await sim.runUntil(() => reader.group.status().log.first > 1, 20_000)).toBe(true);
    await sim.runFor(500);
    open = false;
    await sim.complete(over);
    await cluster.converge();
    expectInstalled(cluster, reader);
    // Nothing at first, then what the checkpoint holds, then one write after the other; each has one value everywhere.
    const answers = [...seen.keys()];
    expect(answers.slice(0, 2)).toEqual(['', '1']);
    expect(answers.length).toBeGreaterThan(5);
    const values = answers.slice(1).map(Number);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });
});
