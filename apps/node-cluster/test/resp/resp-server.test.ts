import { SmaltiError } from '@smalti/core';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RespServer } from '../../src/resp/index.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';
import { RawClient, request } from '../support/raw-client.ts';

let group: FakeGroup;
let service: ReturnType<typeof fakeService>;
let server: RespServer;
let port: number;
let client: RawClient;

beforeEach(async () => {
  group = new FakeGroup();
  service = fakeService(group);
  server = new RespServer(service, { maxBulkBytes: 1_000_000, maxOutstanding: 100, maxConnections: 5 });
  port = await server.listen('127.0.0.1:0');
  client = new RawClient(port);
});

afterEach(async () => {
  client.socket.destroy();
  await server.close(10);
});

describe('RespServer', () => {
  it.each([
    ['PING', '+PONG\r\n'],
    ['PING "a b"', '$3\r\na b\r\n'],
    ['PING a b', "-ERR wrong number of arguments for 'ping' command\r\n"],
    ['ECHO hi', '$2\r\nhi\r\n'],
    ['ECHO', "-ERR wrong number of arguments for 'echo' command\r\n"],
    ['SELECT 0', '+OK\r\n'],
    ['SELECT 1', '-ERR DB index is out of range\r\n'],
    ['SELECT x', '-ERR value is not an integer or out of range\r\n'],
    ['SET a 1', '+OK\r\n'],
    ['SET a 1 NX', '+OK\r\n'],
    ['SET a 1 XX', '$-1\r\n'],
    ['SET a 1 NX XX', '-ERR syntax error\r\n'],
    ['SET a 1 GET', '$-1\r\n'],
    ['SET a 1 EX', '-ERR syntax error\r\n'],
    ['SET a 1 EX 1 KEEPTTL', '-ERR syntax error\r\n'],
    ['SET a 1 EX x', '-ERR value is not an integer or out of range\r\n'],
    ['SET a 1 EX 0', "-ERR invalid expire time in 'set' command\r\n"],
    ['SET a 1 PX 9223372036854775807', "-ERR invalid expire time in 'set' command\r\n"],
    ['SETNX a 1', ':1\r\n'],
    ['MGET a b', '*2\r\n$-1\r\n$-1\r\n'],
    ['MSET a 1 b 2', '+OK\r\n'],
    ['MSET a 1 b', "-ERR wrong number of arguments for 'mset' command\r\n"],
    ['INCRBY n 9223372036854775807', ':9223372036854775807\r\n'],
    ['INCRBY n x', '-ERR value is not an integer or out of range\r\n'],
    ['DECRBY n 5', ':-5\r\n'],
    ['DECRBY n -9223372036854775808', '-ERR decrement would overflow\r\n'],
    ['APPEND a xyz', ':3\r\n'],
    ['STRLEN a', ':0\r\n'],
    ['EXPIRE a 10', ':0\r\n'],
    ['EXPIRE a x', '-ERR value is not an integer or out of range\r\n'],
    ['EXPIRE a 10 FOO', '-ERR Unsupported option FOO\r\n'],
    ['EXPIRE a 9223372036854775807', "-ERR invalid expire time in 'expire' command\r\n"],
    ['PEXPIRE a 9223372036854775807', "-ERR invalid expire time in 'pexpire' command\r\n"],
    ['TTL a', ':-2\r\n'],
    ['PTTL a', ':-2\r\n'],
    ['PERSIST a', ':0\r\n'],
    ['KEYS *', '*0\r\n'],
    ['SCAN 0', '*2\r\n$1\r\n0\r\n*0\r\n'],
    ['SCAN x', '-ERR invalid cursor\r\n'],
    ['SCAN 4', '-ERR invalid cursor\r\n'],
    ['SCAN 0 COUNT 0', '-ERR syntax error\r\n'],
    ['FLUSHALL', '+OK\r\n'],
    ['FLUSHALL ASYNC', '+OK\r\n'],
    ['FLUSHALL NOW', '-ERR syntax error\r\n'],
    ['FLUSHDB', "-ERR unknown command 'FLUSHDB', with args beginning with: \r\n"],
    ['READONLY', '+OK\r\n'],
    ['READWRITE', '+OK\r\n'],
    ['CLIENT NO-EVICT on', '+OK\r\n'],
    ['CLIENT NO-EVICT maybe', '-ERR syntax error\r\n'],
    ['CLIENT NO-EVICT', "-ERR wrong number of arguments for 'client|no-evict' command\r\n"],
    ['SET a', "-ERR wrong number of arguments for 'set' command\r\n"],
    ['GET a', '$-1\r\n'],
    ['INCR n', ':1\r\n'],
    ['DECR n', ':-1\r\n'],
    ['DEL a b', ':0\r\n'],
    ['EXISTS a a', ':0\r\n'],
    ['DBSIZE', ':0\r\n'],
    ['FOO bar "b z"', "-ERR unknown command 'FOO', with args beginning with: 'bar' 'b z' \r\n"],
    ['AUTH x', /^-ERR AUTH <password> called without any password configured/],
    ['HELLO 4', '-NOPROTO unsupported protocol version\r\n'],
    ['HELLO x', '-ERR Protocol version is not an integer or out of range\r\n'],
    ['HELLO 3 AUTH default x', /^-ERR AUTH/],
    ['HELLO 3 FOO', "-ERR Syntax error in HELLO option 'FOO'\r\n"],
    ['HELLO 3 SETNAME', "-ERR Syntax error in HELLO option 'SETNAME'\r\n"],
    ['HELLO 3 SETNAME "a b"', /^-ERR Client names cannot contain spaces/],
    ['HELLO', /^\*14\r\n\$6\r\nserver\r\n/],
    ['HELLO 3 SETNAME me', /^%7\r\n\$6\r\nserver\r\n/],
    ['CLIENT SETNAME me', '+OK\r\n'],
    ['CLIENT SETNAME "a b"', /^-ERR Client names cannot/],
    ['CLIENT SETNAME', "-ERR wrong number of arguments for 'client|setname' command\r\n"],
    ['CLIENT GETNAME', '$-1\r\n'],
    ['CLIENT ID', ':1\r\n'],
    ['CLIENT SETINFO LIB-NAME ioredis', '+OK\r\n'],
    ['CLIENT SETINFO LIB-FOO x', "-ERR Unrecognized option 'LIB-FOO'\r\n"],
    ['CLIENT constructor', "-ERR unknown subcommand 'constructor'. Try CLIENT HELP.\r\n"],
    ['CONFIG GET save', '*2\r\n$4\r\nsave\r\n$0\r\n\r\n'],
    ['CONFIG GET appendonly', '*2\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n'],
    ['CONFIG GET nothing', '*0\r\n'],
    ['CONFIG SET save x', "-ERR unknown subcommand 'SET'. Try CONFIG HELP.\r\n"],
    ['COMMAND COUNT', ':36\r\n'],
    ['COMMAND', /^\*36\r\n\*10\r\n\$3\r\nget\r\n:2\r\n/],
    ['COMMAND INFO nothing', '*1\r\n*-1\r\n'],
    ['COMMAND DOCS GET nothing ttl', /^\*4\r\n\$3\r\nget\r\n\*4\r\n[\s\S]*\r\n\$3\r\nttl\r\n\*4\r\n/],
    ['COMMAND DOCS get', /^\*2\r\n\$3\r\nget\r\n\*4\r\n/],
    ['INFO replication', /^\$\d+\r\n# Replication\r\nrole:master\r\n/],
    ['INFO nothing', '$0\r\n\r\n'],
  ])('answers %s', async (line, expected) => {
    client.send(`${line}\r\nQUIT\r\n`);
    const text = await client.rest();
    expect(text.endsWith('+OK\r\n')).toBe(true);
    const reply = text.slice(0, -'+OK\r\n'.length);
    if (typeof expected === 'string') expect(reply).toBe(expected);
    else expect(reply).toMatch(expected);
  });

  it('answers a pipeline in order, whatever takes longer', async () => {
    client.send(
      [
        request('SET', 'a', '1'),
        request('PING'),
        request('INCR', 'a'),
        request('GET', 'a'),
        request('NOPE'),
        request('DEL', 'a', 'b'),
        request('GET', 'a'),
        request('QUIT'),
        request('PING'),
      ].join(''),
    );
    expect(await client.rest()).toBe(
      "+OK\r\n+PONG\r\n:2\r\n$1\r\n2\r\n-ERR unknown command 'NOPE', with args beginning with: \r\n:1\r\n$-1\r\n+OK\r\n",
    );
  });

  it('keeps bytes as they are', async () => {
    const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
    const reply = `+OK\r\n$256\r\n${bytes}\r\n:1\r\n`;
    const asked = request('SET', bytes, bytes) + request('GET', bytes) + request('EXISTS', bytes);
    expect(await client.ask(asked, reply)).toBe(reply);
  });

  it('speaks RESP3 once it was asked to', async () => {
    const hello = await client.ask('HELLO 3\r\n', '%7\r\n');
    expect(hello).toBe('%7\r\n');
    client.send('GET a\r\nCONFIG GET save\r\nCLIENT GETNAME\r\nINFO keyspace\r\nQUIT\r\n');
    const text = await client.rest();
    expect(text).toContain(
      '\r\n_\r\n%1\r\n$4\r\nsave\r\n$0\r\n\r\n_\r\n=16\r\ntxt:# Keyspace\r\n\r\n+OK\r\n',
    );
  });

  it.each([
    ['*1\r\n$-5\r\n', '-ERR Protocol error: invalid bulk length\r\n'],
    ['*99999999\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
    ['*1\r\n:1\r\n', "-ERR Protocol error: expected '$', got ':'\r\n"],
    ['get "a\r\n', '-ERR Protocol error: unbalanced quotes in request\r\n'],
    [`*2\r\n$3\r\nGET\r\n$1000001\r\n`, '-ERR Protocol error: invalid bulk length\r\n'],
  ])('says what is wrong with %j, after the replies before it, and closes', async (garbage, reply) => {
    client.send(`SET a 1\r\n${garbage}PING\r\n`);
    expect(await client.rest()).toBe(`+OK\r\n${reply}`);
  });

  it.each([
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01',
    '\0\0\0\0',
    '\xff'.repeat(200_000),
  ])('survives garbage %#', async (garbage) => {
    client.send(garbage);
    client.socket.end();
    await client.rest();
    const other = new RawClient(port);
    expect(await other.ask('PING\r\n', '+PONG\r\n')).toBe('+PONG\r\n');
    other.socket.destroy();
  });

  it('answers all that was sent by a client that sends no more', async () => {
    client.socket.end(request('INCR', 'n').repeat(1_000));
    expect((await client.rest()).endsWith(':999\r\n:1000\r\n')).toBe(true);
  });

  it.each([
    [new SmaltiError('OFFLINE', 'no leader', { outcome: 'not-applied' }), '-TRYAGAIN OFFLINE no leader\r\n'],
    [new SmaltiError('UNKNOWN_OUTCOME', 'gone', { outcome: 'unknown' }), '-UNKNOWN UNKNOWN_OUTCOME gone\r\n'],
    [
      new SmaltiError('COMMAND_TOO_LARGE', 'a\r\nb', { outcome: 'not-applied' }),
      '-ERR COMMAND_TOO_LARGE a b\r\n',
    ],
    [new SmaltiError('TIMEOUT', 'é'), '-TRYAGAIN TIMEOUT \xc3\xa9\r\n'],
    [new SmaltiError('OVERTAKEN', 'another', { outcome: 'not-applied' }), '-TRYAGAIN OVERTAKEN another\r\n'],
    [new SmaltiError('OVERLOADED', 'full', { outcome: 'not-applied' }), '-TRYAGAIN OVERLOADED full\r\n'],
    [new SmaltiError('GROUP_CLOSED', 'bye', { outcome: 'not-applied' }), '-TRYAGAIN GROUP_CLOSED bye\r\n'],
    [new SmaltiError('GROUP_CLOSED', 'bye', { outcome: 'unknown' }), '-UNKNOWN GROUP_CLOSED bye\r\n'],
    [new SmaltiError('STOPPED', 'disk', { outcome: 'unknown' }), '-UNKNOWN STOPPED disk\r\n'],
    [new SmaltiError('MACHINE_FAILED', 'bug', { outcome: 'unknown' }), '-UNKNOWN MACHINE_FAILED bug\r\n'],
  ])('H6: tells %s from another outcome', async (error, reply) => {
    group.failures.push(error);
    const expected = `${reply}$-1\r\n`;
    expect(await client.ask('INCR a\r\nGET a\r\n', expected)).toBe(expected);
  });

  it('says that it is loading while there is no group, and answers what needs none', async () => {
    service.group = null;
    client.send('PING\r\nGET a\r\nINFO persistence\r\nQUIT\r\n');
    const text = await client.rest();
    expect(text).toMatch(/^\+PONG\r\n-LOADING [^\r]+\r\n\$\d+\r\n# Persistence\r\nloading:1\r\n/);
  });

  it('starts no more than so many requests of one client, and all in the end', async () => {
    group.held = true;
    client.send(request('INCR', 'n').repeat(1_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.totalCommands).toBe(100);
    group.release();
    client.send('QUIT\r\n');
    const text = await client.rest();
    expect(text.split('\r\n')).toEqual([...Array.from({ length: 1_000 }, (_, i) => `:${i + 1}`), '+OK', '']);
  });

  it('does not pile up replies for a client that does not read', async () => {
    const command = { op: 'append', key: 'k', value: 'v'.repeat(500_000) } as const;
    group.machine.apply(command, { time: 0 });
    client.socket.pause();
    client.send(request('GET', 'k').repeat(1_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(server.totalCommands).toBeLessThan(200);
    client.socket.resume();
    client.send('QUIT\r\n');
    expect((await client.rest()).length).toBe(
      1_000 * (500_000 + '$500000\r\n\r\n'.length) + '+OK\r\n'.length,
    );
  });

  it('holds no value twice for a client that asks for many at once, and does not read', async () => {
    const command = { op: 'append', key: 'k', value: 'v'.repeat(1_000_000) } as const;
    group.machine.apply(command, { time: 0 });
    client.socket.pause();
    group.held = true;
    const before = process.memoryUsage().heapUsed;
    client.send(request('MGET', ...Array<string>(50).fill('k')).repeat(50));
    while (server.totalCommands < 50) await new Promise(setImmediate);
    group.release();
    await new Promise((resolve) => setTimeout(resolve, 100));
    // One of them is on its way, and 2.5 GB were asked for.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(500_000_000);
  });

  it('refuses a client too many', async () => {
    const clients = Array.from({ length: 5 }, () => new RawClient(port));
    expect(await clients[4]?.rest()).toBe('-ERR max number of clients reached\r\n');
    for (const each of clients) each.socket.destroy();
  });

  it('says to whoever still asks when it is closed that nothing happened', async () => {
    group.held = true;
    client.send('SET a 1\r\n');
    while (server.totalCommands === 0) await new Promise(setImmediate);
    const closed = server.close();
    client.send('SET a 2\r\nPING\r\n');
    while (server.totalCommands < 3) await new Promise(setImmediate);
    group.release();
    const refused = '-TRYAGAIN NOT_READY this node stops, and has not begun with it: ask another\r\n';
    expect(await client.rest()).toBe(`+OK\r\n${refused}${refused}`);
    await closed;
    expect(group.applied).toBe(1);
  });

  it('answers what is under way when it is closed, and accepts no more', async () => {
    group.held = true;
    client.send('INCR n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const closed = server.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    group.release();
    expect(await client.rest()).toBe(':1\r\n');
    await closed;
  });

  it('names the flag and the address when it cannot listen', async () => {
    const second = new RespServer(service);
    await expect(second.listen(`127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      message: `--resp 127.0.0.1:${port}: something listens there already; stop it, or choose another port`,
    });
  });

  it.each([2, 3] as const)('lets ioredis work with RESP%i', async (protocol) => {
    const redis = new Redis({ port, host: '127.0.0.1', protocol });
    expect(await redis.set('greeting', 'hello')).toBe('OK');
    expect(await redis.get('greeting')).toBe('hello');
    expect(await redis.incr('n')).toBe(1);
    expect(await redis.exists('greeting', 'n', 'nothing')).toBe(2);
    expect(await redis.del('greeting')).toBe(1);
    expect(await redis.get('greeting')).toBeNull();
    await expect(redis.call('NOPE')).rejects.toThrow('ERR unknown command');
    const replies = await redis.pipeline().set('a', '1').incr('a').get('a').exec();
    expect(replies).toEqual([
      [null, 'OK'],
      [null, 2],
      [null, '2'],
    ]);
    await redis.quit();
  });
});
