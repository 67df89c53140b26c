import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Logger, silentLogger } from '@smalti/core';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeSettings } from '../../src/cli/index.ts';
import { KvNode } from '../../src/node/index.ts';
import { freePort } from '../support/free-port.ts';

const KEY = Buffer.from('k'.repeat(32));
const running: KvNode[] = [];
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'smalti-node-'));
});

afterEach(async () => {
  for (const node of running.splice(0)) await node.close();
  rmSync(dir, { recursive: true, force: true });
});

async function settingsOf(changes: Partial<NodeSettings> = {}): Promise<NodeSettings> {
  const listen = `127.0.0.1:${await freePort()}`;
  return {
    id: 'n1',
    network: 'smalti',
    cluster: null,
    group: null,
    listen,
    advertise: null,
    peers: { n1: listen },
    join: [],
    preference: 'normal',
    policy: 'autopilot',
    autopilot: {},
    adminToken: null,
    resp: '127.0.0.1:0',
    http: '127.0.0.1:0',
    data: join(dir, 'data'),
    keyFile: join(dir, 'key'),
    bootstrap: true,
    logLevel: 'silent',
    timing: { heartbeatMs: 20, electionMinMs: 100, electionMaxMs: 200 },
    limits: { maxCommandBytes: 100_000 },
    servers: {},
    checkpoints: {},
    sync: 'auto',
    ...changes,
  };
}

async function start(
  changes: Partial<NodeSettings> = {},
  key: Uint8Array = KEY,
  logger: Logger = silentLogger,
): Promise<KvNode> {
  const node = await KvNode.start(await settingsOf(changes), [key], logger, { online: () => {} });
  running.push(node);
  return node;
}

async function online(node: KvNode): Promise<void> {
  await node.group?.when.online({ timeoutMs: 10_000 });
}

function redisOf(node: KvNode): Redis {
  return new Redis({ host: '127.0.0.1', port: Number(node.node.resp.split(':')[1]) });
}

async function get(node: KvNode, path: string): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`http://${node.node.http}${path}`);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

describe('KvNode, alone in its group', () => {
  it('serves Redis clients and HTTP from one state, and keeps it over a restart', async () => {
    const first = await start();
    await online(first);
    const redis = redisOf(first);
    expect(await redis.set('a', '1')).toBe('OK');
    expect(await redis.incr('a')).toBe(2);
    const replies = await redis.pipeline().set('b', 'x').del('b').get('b').incr('a').exec();
    expect(replies?.map(([, reply]) => reply)).toEqual(['OK', 1, null, 3]);
    await redis.quit();
    expect(await get(first, '/readyz')).toMatchObject({ status: 200 });
    const before = (await get(first, '/status')).json;
    expect(before).toMatchObject({ id: 'n1', role: 'leader', leader: 'n1', term: 2 });
    expect(before).toMatchObject({ sync: { session: null, failure: null, totals: { sessions: 0 } } });
    await first.close();

    const second = await start();
    await online(second);
    const value = await fetch(`http://${second.node.http}/kv/a`);
    expect(await value.text()).toBe('3');
    const after = (await get(second, '/status')).json;
    expect(after.incarnation).toBe(before.incarnation);
    expect(after.boot).not.toBe(before.boot);
    expect(after.digest).toMatchObject({ sha256: (before.digest as { sha256: string }).sha256 });
    expect(await get(second, '/status?digest=1')).toMatchObject({
      status: 410,
      json: { code: 'INDEX_PASSED' },
    });
  });

  it('keeps the order of each of many pipelining clients', async () => {
    const node = await start();
    await online(node);
    const clients = Array.from({ length: 20 }, () => redisOf(node));
    const all = await Promise.all(
      clients.map(async (redis, i) => {
        const pipeline = redis.pipeline();
        for (let n = 0; n < 200; n++) pipeline.incr(`own${i}`).incr('shared');
        const replies = (await pipeline.exec()) ?? [];
        return replies.map(([error, reply]) => (error === null ? Number(reply) : Number.NaN));
      }),
    );
    for (const replies of all) {
      expect(replies.filter((_, at) => at % 2 === 0)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    }
    const shared = all.flatMap((replies) => replies.filter((_, at) => at % 2 === 1)).sort((a, b) => a - b);
    expect(shared).toEqual(Array.from({ length: 4_000 }, (_, n) => n + 1));
    for (const redis of clients) redis.disconnect();
  });

  it.each([{ maxHandlePending: 3 }, { maxHandleBytes: 1_024 }])(
    'does not read from a client that has used its credit, and refuses it nothing: %o',
    async (limits) => {
      const node = await start({ limits: { maxCommandBytes: 100_000, ...limits } });
      await online(node);
      const redis = redisOf(node);
      const pipeline = redis.pipeline();
      for (let n = 0; n < 300; n++) pipeline.append('a', 'x'.repeat(100));
      const replies = (await pipeline.exec()) ?? [];
      expect(replies.map(([, reply]) => reply)).toEqual(Array.from({ length: 300 }, (_, n) => (n + 1) * 100));
      await redis.quit();
    },
  );

  it('refuses a value that is too long for a command, and goes on', async () => {
    const node = await start();
    await online(node);
    const redis = redisOf(node);
    await expect(redis.set('k'.repeat(100), 'v'.repeat(99_990))).rejects.toThrow(/^ERR COMMAND_TOO_LARGE /);
    expect(await redis.ping()).toBe('PONG');
    await redis.quit();
    const body = 'v'.repeat(100_001);
    const put = await fetch(`http://${node.node.http}/kv/a`, { method: 'PUT', body });
    expect([put.status, ((await put.json()) as { code: string }).code]).toEqual([413, 'BODY_TOO_LARGE']);
    const long = `http://${node.node.http}/kv/${'k'.repeat(100)}`;
    const tooLong = await fetch(long, { method: 'PUT', body: 'v'.repeat(99_990) });
    expect(tooLong.status).toBe(413);
    expect(await tooLong.json()).toMatchObject({ code: 'COMMAND_TOO_LARGE', outcome: 'not-applied' });
  });

  it('waits for its peers, and says so', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const node = await start({ listen, peers: { n1: listen, n2: '127.0.0.1:1' } });
    expect(await get(node, '/healthz')).toMatchObject({ status: 200 });
    expect(await get(node, '/readyz')).toMatchObject({ status: 503, json: { code: 'NOT_READY' } });
    expect((await get(node, '/status')).json).toMatchObject({ role: 'blank', leader: null, applied: 0 });
  });
});

describe('nodes that join', () => {
  async function joined(
    id: string,
    to: KvNode,
    changes: Partial<NodeSettings> = {},
    key: Uint8Array = KEY,
  ): Promise<KvNode> {
    const how = { id, peers: {}, bootstrap: false, join: [to.node.listen], data: join(dir, id) };
    const node = await start({ ...how, ...changes }, key);
    await online(node);
    return node;
  }

  it('after the key was changed need the name of the group', async () => {
    const first = await start();
    await online(first);
    const group = first.group?.status().group ?? null;
    await first.close();
    const rotated = Buffer.from('y'.repeat(32));
    const again = await start({ group, bootstrap: false }, rotated);
    await online(again);
    const other = await joined('n2', again, { group }, rotated);
    expect(other.group?.status().group).toBe(group);
  });

  it('need no list of the members, and one that is removed says so and serves no more', async () => {
    const autopilot = { promoteAfterMs: 50 };
    const first = await start({ peers: {}, autopilot });
    await online(first);
    const others = [await joined('n2', first, { autopilot }), await joined('n3', first, { autopilot })];
    await vi.waitFor(() => expect(others.every((other) => other.group?.status().voter)).toBe(true), 10_000);
    const [gone] = others;
    if (gone === undefined || first.group === null) throw new Error('there are three');
    await first.group.members.remove('n2');
    expect(await gone.removed).toMatchObject({ code: 'REMOVED' });
    expect(gone.online).toBe(false);
    expect(await get(gone, '/readyz')).toMatchObject({ status: 503 });
  });

  it('and those that only observe are never voters', async () => {
    const first = await start({ peers: {}, autopilot: { promoteAfterMs: 20 } });
    await online(first);
    const reader = await joined('n2', first, { preference: 'observer' });
    const { json } = await get(reader, '/admin/members');
    expect(json.members).toMatchObject([
      { id: 'n1', role: 'voter' },
      { id: 'n2', role: 'learner', preference: 'observer' },
    ]);
  });
});

describe('a node that cannot start', () => {
  it.each(['resp', 'http', 'listen'] as const)(
    'touches nothing when the port of --%s is in use',
    async (flag) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const starting = start({ [flag]: address, ...(flag === 'listen' ? { peers: { n1: address } } : {}) });
      await expect(starting).rejects.toMatchObject({
        code: 'ADDRESS_IN_USE',
        message: expect.stringContaining(`--${flag} ${address}`),
      });
      expect(existsSync(join(dir, 'data'))).toBe(false);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  );

  it('H35: refuses the directory of another node, and names both', async () => {
    const node = await start();
    await node.close();
    const before = readdirSync(join(dir, 'data'));
    const listen = `127.0.0.1:${await freePort()}`;
    await expect(start({ id: 'n2', listen, peers: { n2: listen } })).rejects.toMatchObject({
      code: 'STORAGE_FOREIGN',
      message: expect.stringMatching(/belongs to node n1, and this is node n2/),
    });
    expect(readdirSync(join(dir, 'data'))).toEqual(before);
  });

  it('H35: refuses a directory that is in use', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
  });

  it('H35: refuses the log of a group with another key, or of another network', async () => {
    const node = await start();
    await node.close();
    const other = start({}, Buffer.from('x'.repeat(32)));
    await expect(other).rejects.toMatchObject({
      code: 'STORAGE_FOREIGN',
      message: expect.stringMatching(
        /holds the log of another group .* use the key that the group was born with/,
      ),
    });
    await expect(start({ network: 'other' })).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    await online(await start());
  });

  it('finds its log by the name of its group when the key that it was born with is gone', async () => {
    const node = await start();
    await online(node);
    const group = node.group?.status().group ?? null;
    await node.close();
    const rotated = Buffer.from('y'.repeat(32));
    await expect(start({}, rotated)).rejects.toMatchObject({
      message: expect.stringContaining('name the group with --group'),
    });
    const again = await start({ group, bootstrap: false }, rotated);
    await online(again);
    expect(again.group?.status().group).toBe(group);
  });

  it('H35: refuses a directory that is not ours', async () => {
    writeFileSync(join(dir, 'precious.txt'), 'precious');
    await expect(start({ data: dir })).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    expect(readdirSync(dir)).toEqual(['precious.txt']);
  });

  it.each([
    ['file', /is not a directory/],
    ['file/data', /cannot be made|cannot be read/],
  ])('refuses %s as a directory', async (name, rule) => {
    writeFileSync(join(dir, 'file'), '');
    await expect(start({ data: join(dir, name) })).rejects.toMatchObject({
      code: 'STORAGE_ACCESS',
      message: expect.stringMatching(rule),
    });
  });

  it('refuses a log of another version', async () => {
    const node = await start();
    await node.close();
    const text = `smalti wal 99\nnode n1\nincarnation ${'0'.repeat(32)}\n`;
    writeFileSync(join(dir, 'data', 'identity'), `${text}crc ${crc32(text).toString(16).padStart(8, '0')}\n`);
    await expect(start()).rejects.toMatchObject({
      code: 'STORAGE_VERSION',
      message: expect.stringMatching(/has format version 99/),
    });
  });
});
