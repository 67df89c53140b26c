import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../../processes/cluster.ts';
import type { ClusterNode } from '../../processes/cluster-node.ts';
import { until } from '../../processes/until.ts';

let cluster: Cluster;
let leader: ClusterNode;
let followers: ClusterNode[];

beforeAll(async () => {
  cluster = await Cluster.start();
  leader = await cluster.leader();
  followers = cluster.others(leader);
}, 30_000);

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
});

/** Debian has them in redis-tools. */
async function tool(name: string, node: ClusterNode, ...args: readonly string[]): Promise<string> {
  const place = ['-h', node.place.host, '-p', String(node.place.ports.resp)];
  const { stdout, stderr } = await promisify(execFile)(name, [...place, ...args]);
  expect(stderr).toBe('');
  return stdout.trim();
}

const cli = (node: ClusterNode, ...args: readonly string[]) => tool('redis-cli', node, ...args);

describe('the tools of Redis', () => {
  it.each([2, 3])('redis-cli, RESP%i: what one node takes, every other has', async (protocol) => {
    const version = protocol === 3 ? ['-3'] : [];
    for (const [i, from] of cluster.nodes.entries()) {
      const to = cluster.nodes[(i + 1) % cluster.nodes.length] ?? from;
      expect(await cli(from, ...version, 'set', `a${i}`, `value ${i}`)).toBe('OK');
      expect(await cli(to, ...version, 'get', `a${i}`)).toBe(`value ${i}`);
      expect(await cli(to, ...version, 'del', `a${i}`)).toBe('1');
      expect(await cli(from, ...version, 'exists', `a${i}`)).toBe('0');
    }
    expect(await cli(leader, ...version, 'get', 'nothing')).toBe('');
    expect(await cli(leader, ...version, 'set', 'text', 'no number')).toBe('OK');
    expect(await cli(leader, ...version, 'incr', 'text')).toMatch(/^ERR value is not an integer/);
  });

  it.each([
    ['one command at a time', '10000', []],
    ['pipelines of 16', '20000', ['-P', '16']],
  ])('redis-benchmark, %s: ends without an error', { timeout: 60_000 }, async (what, n, more) => {
    const [node = leader] = followers;
    const args = ['-t', 'set,get,incr', '-n', n, '-c', '50', '--csv', ...more];
    const output = await tool('redis-benchmark', node, ...args);
    const rows = output.split('\n').filter((line) => /^"(SET|GET|INCR)"/.test(line));
    expect(rows).toHaveLength(3);
    expect(output).not.toMatch(/error/i);
    const shown = rows.map((row) => row.replaceAll('"', '').split(',').slice(0, 2).join(' '));
    console.log(`redis-benchmark on a follower, ${what}: ${shown.join(', ')} a second`);
    await cluster.agree();
  });
});

describe('ioredis', () => {
  it.each([2, 3] as const)('RESP%i: reads on one node what another acknowledged', async (protocol) => {
    const clients = cluster.nodes.map(
      ({ place }) => new Redis({ host: place.host, port: place.ports.resp, protocol }),
    );
    try {
      for (let i = 0; i < 150; i++) {
        const writer = clients[i % 3];
        const reader = clients[(i + 1 + (i % 2)) % 3];
        expect(await writer?.set('seen', String(i))).toBe('OK');
        expect(await reader?.get('seen')).toBe(String(i));
        expect(await writer?.get('seen')).toBe(String(i));
      }
      const before = Number(await clients[0]?.incr('sum'));
      await Promise.all(clients.flatMap((client) => Array.from({ length: 100 }, () => client.incr('sum'))));
      expect(Number(await clients[1]?.get('sum'))).toBe(before + 300);
    } finally {
      for (const client of clients) client.disconnect();
    }
  });

  it.each([2, 3] as const)('RESP%i: a pipeline on a follower sees its own writes', async (protocol) => {
    const { place } = followers[0] ?? leader;
    const client = new Redis({ host: place.host, port: place.ports.resp, protocol });
    try {
      for (let i = 0; i < 20; i++) {
        const pipeline = client.pipeline();
        for (let n = 0; n < 50; n++) pipeline.set('own', `${i}.${n}`).get('own');
        const replies = (await pipeline.exec()) ?? [];
        const wanted = Array.from({ length: 50 }, (_, n) => ['OK', `${i}.${n}`]).flat();
        expect(replies).toEqual(wanted.map((reply) => [null, reply]));
      }
    } finally {
      client.disconnect();
    }
  });

  it.each([2, 3] as const)('RESP%i: has the whole small surface', async (protocol) => {
    const [follower = leader] = followers;
    const [writer, reader] = [leader, follower].map(
      ({ place }) =>
        new Redis({ host: place.host, port: place.ports.resp, protocol, keyPrefix: `${protocol}:` }),
    );
    if (writer === undefined || reader === undefined) throw new Error('no clients');
    try {
      expect(await writer.set('k', 'v', 'EX', 1_000, 'NX')).toBe('OK');
      expect(await reader.set('k', 'w', 'NX')).toBeNull();
      expect(await reader.set('k', 'w', 'KEEPTTL', 'GET')).toBe('v');
      expect(await writer.ttl('k')).toBeGreaterThan(900);
      expect(await writer.pttl('k')).toBeGreaterThan(900_000);
      expect(await reader.persist('k')).toBe(1);
      expect(await writer.ttl('k')).toBe(-1);
      expect(await writer.expire('k', 500)).toBe(1);
      expect(await reader.pexpire('k', -1)).toBe(1);
      expect(await writer.exists('k')).toBe(0);
      expect(await writer.mset({ a: '1', b: 'x' })).toBe('OK');
      expect(await reader.mget('a', 'nothing', 'b')).toEqual(['1', null, 'x']);
      expect(await reader.setnx('a', '2')).toBe(0);
      expect([await writer.incrby('a', 41), await reader.decrby('a', 2)]).toEqual([42, 40]);
      expect([await writer.append('b', 'yz'), await reader.strlen('b')]).toEqual([3, 3]);
      expect(await reader.getBuffer('b')).toEqual(Buffer.from('xyz'));
      const scanned: string[] = [];
      for await (const keys of reader.scanStream({ match: `${protocol}:*`, count: 1 })) {
        scanned.push(...(keys as string[]));
      }
      expect(scanned.sort()).toEqual([`${protocol}:a`, `${protocol}:b`]);
      expect((await writer.keys(`${protocol}:?`)).sort()).toEqual(scanned);
      expect(await writer.client('ID')).toBeGreaterThan(0);
      expect(await writer.client('NO-EVICT', 'ON')).toBe('OK');
      expect(await writer.client('GETNAME')).toBeNull();
      expect(await writer.command('COUNT')).toBe(36);
    } finally {
      writer.disconnect();
      reader.disconnect();
    }
  });

  it('reads weakly on a follower what the connection has written, and soon what others have', async () => {
    const { place } = followers[0] ?? leader;
    const weak = new Redis({ host: place.host, port: place.ports.resp });
    const other = new Redis({ host: leader.place.host, port: leader.place.ports.resp });
    try {
      expect(await weak.readonly()).toBe('OK');
      const pipeline = weak.pipeline();
      for (let i = 0; i < 50; i++) pipeline.set('weak', i).get('weak');
      const replies = (await pipeline.exec()) ?? [];
      expect(replies.filter((_, i) => i % 2 === 1)).toEqual(
        Array.from({ length: 50 }, (_, i) => [null, `${i}`]),
      );
      await other.set('weak', 'new');
      await until('the follower has applied it', async () => (await weak.get('weak')) === 'new');
      expect(await weak.readwrite()).toBe('OK');
      await other.set('weak', 'newer');
      expect(await weak.get('weak')).toBe('newer');
    } finally {
      weak.disconnect();
      other.disconnect();
    }
  });

  it('sees a key expire on all nodes alike, and soon after its time', async () => {
    const clients = cluster.nodes.map(({ place }) => new Redis({ host: place.host, port: place.ports.resp }));
    try {
      await clients[0]?.set('short', 'v', 'PX', 200);
      await until('it is gone', async () => (await clients[1]?.exists('short')) === 0);
      for (const client of clients) expect(await client.get('short')).toBeNull();
      await cluster.agree();
    } finally {
      for (const client of clients) client.disconnect();
    }
  });
});
