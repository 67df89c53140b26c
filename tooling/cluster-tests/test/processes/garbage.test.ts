import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../../processes/cluster.ts';
import type { NodeStatus } from '../../processes/cluster-node.ts';
import { dribble, FOREIGN, open, send, TO_GROUP, TO_HTTP, TO_RESP } from '../../processes/garbage.ts';
import { RespClient } from '../../processes/resp-client.ts';

/** A stranger on the group's port is shown out after this, in milliseconds, and a slow request after twice as long. */
const STRANGER_MS = 8_000;
const SLOW_MS = 16_000;

let cluster: Cluster;
let before: readonly NodeStatus[];
const sockets: Socket[] = [];

beforeAll(async () => {
  cluster = await Cluster.start();
  before = await cluster.agree();
}, 30_000);

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
});

/** No process has ended, the leader is the same in the same term, and every node takes writes and reads. */
async function nothingHappened(): Promise<void> {
  for (const [i, node] of cluster.nodes.entries()) {
    const { pid, term, leader, online } = await node.status();
    const { pid: was, term: inTerm, leader: led } = before[i] as NodeStatus;
    expect({ pid, term, leader, online }).toEqual({ pid: was, term: inTerm, leader: led, online: true });
    const client = await RespClient.connect(node.resp);
    expect(await client.call('SET', 'after', `garbage ${i}`)).toBe('OK');
    expect(await client.call('GET', 'after')).toBe(`garbage ${i}`);
    client.close();
    const faults = node.said.split('\n').filter((line) => /"level":[56]0|INTERNAL|^\s+at /.test(line));
    expect(faults).toEqual([]);
  }
}

describe('garbage', () => {
  it.each([
    ['Redis', 'resp', { ...FOREIGN, ...TO_RESP }, 2_000, /^-(?:ERR|TRYAGAIN)/],
    ['HTTP', 'http', { ...FOREIGN, ...TO_HTTP }, 3_000, /^HTTP\/1.1 4\d\d /],
    ['group', 'listen', { ...FOREIGN, ...TO_GROUP }, STRANGER_MS, /^HTTP\/1.1 (?:101|4\d\d) /],
  ] as const)(
    'on the %s port: is answered with an error, or ended',
    { timeout: 40_000 },
    async (_, port, payloads, deadlineMs, error) => {
      const [node] = cluster.nodes;
      const address = node?.[port] ?? '';
      const treated = await Promise.all(
        Object.entries(payloads).map(async ([name, payload]) => {
          const { answer, closed } = await send(address, payload, deadlineMs);
          return { name, answer, closed };
        }),
      );
      for (const each of treated) {
        expect(each.closed || error.test(each.answer), JSON.stringify(each)).toBe(true);
        if (each.answer !== '') expect(each.answer, each.name).toMatch(error);
        // Only a client of Redis may stay after a mistake.
        if (port !== 'resp') expect(each.closed, JSON.stringify(each)).toBe(true);
      }
      await nothingHappened();
    },
  );

  it('that comes slowly, or never: is cut off where nobody may wait', { timeout: 40_000 }, async () => {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('there are three');
    for (let i = 0; i < 100; i++) sockets.push(open(node.resp), open(node.http));
    for (let i = 0; i < 40; i++) sockets.push(open(node.listen));
    for (const socket of sockets) socket.write('*2\r\n$3\r\nGE');
    const group = [
      dribble(node.listen, 'GET / HTTP/1.1\r\nx-a: b\r\n', SLOW_MS),
      dribble(node.listen, '', SLOW_MS),
    ];
    const http = [dribble(node.http, 'GET / HTTP/1.1\r\nx-a: b\r\n'.padEnd(5_000, 'y'), SLOW_MS)];
    await nothingHappened();
    for (const after of await Promise.all(group)) expect(after).toBeLessThan(STRANGER_MS);
    for (const after of await Promise.all(http)) expect(after).toBeLessThan(SLOW_MS);
    await nothingHappened();
  });

  it('in the queue before it: does not keep a member away', { timeout: 60_000 }, async () => {
    const leader = await cluster.leader();
    const [follower] = cluster.others(leader);
    for (const { listen } of cluster.nodes) {
      for (let i = 0; i < 60; i++) sockets.push(open(listen));
    }
    await follower?.kill();
    follower?.launch();
    await follower?.ready();
    await cluster.agree();
  });
});
