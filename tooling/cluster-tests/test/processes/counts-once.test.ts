import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Cluster, QUICK } from '../../processes/cluster.ts';
import { CuttingProxy } from '../../processes/cutting-proxy.ts';
import { ErrorReply, type Reply, RespClient } from '../../processes/resp-client.ts';

const CLIENTS = 4;
const INCREMENTS = 1_000;
const KILL_EVERY_MS = 1_000;

/** Kills the leader every second and starts it again, until it is told to stop. */
async function killLeaders(cluster: Cluster, isOver: () => boolean): Promise<number> {
  let kills = 0;
  while (!isOver()) {
    const began = performance.now();
    const leader = await cluster.leader();
    await leader.kill();
    leader.launch();
    kills += 1;
    await leader.ready();
    await sleep(Math.max(0, KILL_EVERY_MS - (performance.now() - began)));
  }
  return kills;
}

/** Asks again over new connections to one node after the other, until it knows. */
async function persist(
  proxies: readonly CuttingProxy[],
  words: readonly string[],
  first: number,
): Promise<Reply> {
  for (let attempt = 0; ; attempt++) {
    const proxy = proxies[(first + attempt) % proxies.length];
    if (proxy === undefined) throw new Error('no proxy');
    try {
      const client = await RespClient.connect(proxy.address);
      const reply = await client.call(...words).finally(() => client.close());
      if (
        !(reply instanceof ErrorReply) ||
        !/^(?:TRYAGAIN|UNKNOWN UNKNOWN_OUTCOME|LOADING)/.test(reply.message)
      )
        return reply;
    } catch {
      await sleep(1);
    }
  }
}

it('H7: INCR 1,000 times through proxies that cut connections, while leaders are killed: exactly 1,000', {
  timeout: 120_000,
}, async () => {
  await using cluster = await Cluster.start({ timing: QUICK });
  // The first request of a connection is answered through the first two, and lost through the third.
  await using open = await CuttingProxy.start(cluster.nodes[0]?.resp ?? '', 1);
  await using cutOne = await CuttingProxy.start(cluster.nodes[1]?.resp ?? '', 0);
  await using cutTwo = await CuttingProxy.start(cluster.nodes[2]?.resp ?? '', 0);
  await using answersOne = await CuttingProxy.start(cluster.nodes[1]?.resp ?? '', 1);
  const proxies = [cutOne, cutTwo, open, answersOne];
  let over = false;
  const killer = killLeaders(cluster, () => over);
  const live = async (client: number): Promise<Reply[]> => {
    const session = String(await persist([open, answersOne], ['SMALTI.SESSION'], client));
    const replies: Reply[] = [];
    for (let n = 1; n <= INCREMENTS / CLIENTS; n++) {
      const words = ['SMALTI.EXEC', session, String(n), String(n - 1), 'INCR', 'counter'];
      replies.push(await persist(proxies, words, n % 2));
    }
    return replies;
  };
  const began = performance.now();
  let replies: Reply[];
  try {
    replies = (await Promise.all(Array.from({ length: CLIENTS }, (_, client) => live(client)))).flat();
  } finally {
    over = true;
  }
  const seconds = Math.round((performance.now() - began) / 1_000);
  const kills = await killer;
  expect(replies.sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: INCREMENTS }, (_, i) => i + 1),
  );
  const cuts = cutOne.cuts + cutTwo.cuts;
  expect(cuts).toBeGreaterThanOrEqual(INCREMENTS);
  expect(kills).toBeGreaterThan(2);
  await cluster.ready();
  const plain = await RespClient.connect(cluster.nodes[0]?.resp ?? '');
  expect(await plain.call('GET', 'counter')).toBe(String(INCREMENTS));
  plain.close();
  await cluster.agree();
  console.log(`${INCREMENTS} increments: ${cuts} connections cut, ${kills} leaders killed, in ${seconds} s`);
});
