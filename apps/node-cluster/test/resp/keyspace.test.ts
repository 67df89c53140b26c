import { SmaltiError } from '@smalti/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RespServer } from '../../src/resp/index.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';
import { RawClient, request } from '../support/raw-client.ts';

let group: FakeGroup;
let server: RespServer;
let port: number;
let client: RawClient;

beforeEach(async () => {
  group = new FakeGroup();
  server = new RespServer(fakeService(group), { maxReplyBytes: 200_000 });
  port = await server.listen('127.0.0.1:0');
  client = new RawClient(port);
});

afterEach(async () => {
  client.socket.destroy();
  await server.close(10);
});

/** All that is answered to these lines, and no more. */
async function answers(...lines: readonly string[]): Promise<string> {
  const other = new RawClient(port);
  other.send(`${lines.join('\r\n')}\r\nQUIT\r\n`);
  return (await other.rest()).replace(/\+OK\r\n$/, '');
}

function fill(count: number): string[] {
  const keys = Array.from({ length: count }, (_, i) => `key:${i}`);
  for (const key of keys) group.machine.apply({ op: 'append', key, value: 'v' }, { time: 0 });
  return keys;
}

/** The bulk strings of a reply. */
function bulks(reply: string): string[] {
  return [...reply.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, text = '']) => text);
}

describe('a pipeline', () => {
  it('of questions for all keys is answered one after the other, so that no replies pile up', async () => {
    fill(1_000);
    await server.close(10);
    const limits = { maxReplyBytes: 200_000, maxOutstandingBytes: 100_000 };
    server = new RespServer(fakeService(group), limits);
    port = await server.listen('127.0.0.1:0');
    for (const [line, most] of [
      ['KEYS *', 1],
      ['SCAN 0 COUNT 60', 2],
    ] as const) {
      const before = server.totalCommands;
      const other = new RawClient(port);
      group.held = true;
      other.send(`${line}\r\n`.repeat(20));
      while (server.totalCommands === before) await new Promise(setImmediate);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(server.totalCommands - before, line).toBe(most);
      group.release();
      other.send('QUIT\r\n');
      expect(bulks(await other.rest()).length, line).toBeGreaterThan(20 * 50);
    }
  });
});

describe('SCAN', () => {
  it('gives every key that is there all the time, whatever else comes and goes', async () => {
    const keys = fill(500);
    const seen = new Set<string>();
    let cursor = '0';
    let round = 0;
    do {
      const [next = '', ...page] = bulks(await answers(`SCAN ${cursor} COUNT 7`));
      for (const key of page) seen.add(key);
      // The key that the cursor stands for goes, too.
      const last = page.at(-1) ?? '';
      const other = { op: 'append', key: `other:${round++}`, value: 'v' } as const;
      group.machine.apply({ op: 'del', keys: [last] }, { time: 0 });
      group.machine.apply(other, { time: 0 });
      cursor = next;
    } while (cursor !== '0');
    for (const key of keys) expect(seen).toContain(key);
    expect(round).toBeGreaterThan(70);
  });

  it('goes on from a cursor as often as it is asked, on any connection, and knows no other cursor', async () => {
    fill(30);
    const [cursor = ''] = bulks(await answers('SCAN 0'));
    const once = bulks(await answers(`SCAN ${cursor}`)).slice(1);
    expect(once).toHaveLength(10);
    expect(bulks(await answers(`SCAN ${cursor}`)).slice(1)).toEqual(once);
    expect(await answers(`SCAN ${Number(cursor) + 100}`)).toBe('-ERR invalid cursor\r\n');
  });

  it('gives what matches, of the type that there is', async () => {
    fill(30);
    expect(bulks(await answers('SCAN 0 COUNT 100 MATCH key:1?')).slice(1)).toHaveLength(10);
    expect(bulks(await answers('SCAN 0 MATCH key:2 COUNT 100 TYPE String'))).toEqual(['0', 'key:2']);
    expect(bulks(await answers('SCAN 0 COUNT 100 TYPE hash'))).toEqual(['0']);
  });

  it('forgets the cursors that nobody used for longest', async () => {
    fill(20);
    const [first = ''] = bulks(await answers('SCAN 0'));
    const more = bulks(await answers(...Array.from({ length: 10_001 }, () => 'SCAN 0 COUNT 1')));
    expect(await answers(`SCAN ${first}`)).toBe('-ERR invalid cursor\r\n');
    const newest = more.at(-2) ?? '';
    expect(bulks(await answers(`SCAN ${newest} COUNT 1`))).toContain('key:1');
  });
});

describe('KEYS', () => {
  it('gives the keys of one moment, and serves others meanwhile', async () => {
    const keys = fill(5_000);
    client.send('KEYS key:*\r\nFLUSHALL\r\nQUIT\r\n');
    const reply = await client.rest();
    expect(new Set(bulks(reply))).toEqual(new Set(keys));
    expect(reply.endsWith('+OK\r\n+OK\r\n')).toBe(true);
    expect(await answers('KEYS *')).toBe('*0\r\n');
  });

  it('refuses a reply that is too long, as MGET does', async () => {
    const long = { op: 'append', key: 'k', value: 'v'.repeat(100_000) } as const;
    group.machine.apply(long, { time: 0 });
    const refusal = '-ERR the reply would be longer than 200000 bytes: ask for less at a time\r\n';
    expect(await answers('MGET k k k')).toBe(refusal);
    expect((await answers('MGET k k')).length).toBeGreaterThan(200_000);
    for (const key of ['a', 'b', 'c']) {
      group.machine.apply({ op: 'append', key: key.repeat(70_000), value: 'v' }, { time: 0 });
    }
    expect(await answers('KEYS *')).toBe(refusal);
    expect(bulks(await answers('KEYS k'))).toEqual(['k']);
  });
});

describe('TTL', () => {
  it('counts down by the clock of this node, and takes nobody for gone by it', async () => {
    group.time = Date.now() + 50_000;
    const ahead = await answers('SET k v PX 100000', 'TTL k', 'PTTL k');
    // Group time is ahead of this node's clock: what is left is what group time leaves.
    expect(ahead).toBe('+OK\r\n:100\r\n:100000\r\n');
    group.time = 0;
    const before = await answers('SET old v EX 100', 'TTL old', 'EXISTS old');
    expect(before).toBe('+OK\r\n:100\r\n:1\r\n');
  });

  it('shows none left, and not a negative time, of what group time has not passed yet', async () => {
    group.time = 1_000;
    expect(await answers('SET k v EX 100', 'TTL k', 'PTTL k', 'GET k')).toBe(
      '+OK\r\n:0\r\n:0\r\n$1\r\nv\r\n',
    );
  });
});

describe('READONLY', () => {
  it('reads what this node has, asking nobody, until READWRITE', async () => {
    fill(1);
    group.held = true;
    const reply = '+OK\r\n$1\r\nv\r\n*1\r\n$1\r\nv\r\n';
    expect(await client.ask('READONLY\r\nGET key:0\r\nMGET key:0\r\n', reply)).toBe(reply);
    client.send('READWRITE\r\nGET key:0\r\n');
    expect(await client.take(5)).toBe('+OK\r\n');
    expect(client.received).toBe('');
    group.release();
    expect(await client.take(7)).toBe('$1\r\nv\r\n');
  });

  it('sees the writes of its own connection that came before it, and none that came after', async () => {
    group.held = true;
    const lines = ['READONLY', 'SET a 1', 'GET a', 'INCR a', 'GET a', 'KEYS *', 'FLUSHALL', 'DBSIZE'];
    client.send(`${lines.join('\r\n')}\r\nQUIT\r\n`);
    await client.take(5);
    group.release();
    expect(await client.rest()).toBe(
      '+OK\r\n$1\r\n1\r\n:2\r\n$1\r\n2\r\n*1\r\n$1\r\na\r\n+OK\r\n:0\r\n+OK\r\n',
    );
  });

  it('goes on when a write before it has failed, and says when this node may not answer', async () => {
    const unknown = new SmaltiError('UNKNOWN_OUTCOME', 'gone', { outcome: 'unknown' });
    group.failures.push(unknown, new SmaltiError('MACHINE_FAILED', 'bug'));
    expect(await answers('READONLY', 'SET a 1', 'GET a', 'GET a')).toBe(
      '+OK\r\n-UNKNOWN UNKNOWN_OUTCOME gone\r\n-TRYAGAIN MACHINE_FAILED bug\r\n$-1\r\n',
    );
  });
});

describe('SETNX and SET', () => {
  it('say who was there first', async () => {
    const text = ['SETNX a 1', 'SETNX a 2', 'SET a 3 NX GET', 'SET a 4 XX GET EX 100', 'GET a'];
    expect(await answers(...text)).toBe(':1\r\n:0\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n4\r\n');
  });

  it('keep, set and drop an expiry', async () => {
    const text = [
      'SET a 1 EX 100',
      'SET a 2 KEEPTTL',
      'PERSIST a',
      'PERSIST a',
      'TTL a',
      'EXPIRE a -1',
      'GET a',
    ];
    expect(await answers(...text)).toBe('+OK\r\n+OK\r\n:1\r\n:0\r\n:-1\r\n:1\r\n$-1\r\n');
    expect(await answers(request('SET', 'a', '\r\n\0'), request('APPEND', 'a', '\xff'), 'STRLEN a')).toBe(
      '+OK\r\n:4\r\n:4\r\n',
    );
  });
});
