import { request as httpRequest } from 'node:http';
import { cursor, SmaltiError, silentLogger, toIndex, toPartName, toPeerId } from '@smalti/core';
import { type GroupEvent, Overloaded } from '@smalti/raft';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpServer } from '../../src/http/index.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';
import { RawClient } from '../support/raw-client.ts';

let group: FakeGroup;
let service: ReturnType<typeof fakeService>;
let server: HttpServer;
let port: number;

beforeEach(async () => {
  group = new FakeGroup();
  service = fakeService(group);
  server = new HttpServer(service, silentLogger, { maxValueBytes: 1_000 });
  port = await server.listen('127.0.0.1:0');
});

afterEach(async () => {
  await server.close(10);
});

interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
  readonly json: Record<string, unknown>;
}

/** Sends the path as it is, which `fetch` does not. */
function call(
  method: string,
  path: string,
  body?: Buffer | string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ port, host: '127.0.0.1', method, path, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const json = bytes.length > 0 && incoming.headers['content-type']?.startsWith('application/json');
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: bytes,
          json: json ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {},
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('a connection on which requests come together', () => {
  const get = 'GET /kv/a HTTP/1.1\r\nhost: x\r\n\r\n';

  it('has them begun one after the other, and answered in their order', async () => {
    let underWay = 0;
    let most = 0;
    const query = group.query.bind(group);
    group.query = (...args) => {
      underWay++;
      most = Math.max(most, underWay);
      return query(...args).finally(() => underWay--);
    };
    const client = new RawClient(port);
    client.send(`${get.repeat(20)}GET /kv/b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    const text = await client.rest();
    expect(text.split('HTTP/1.1 404')).toHaveLength(22);
    expect(most).toBe(1);
  });

  it('begins none while one before it is under way, keeps some, and is ended by too many', async () => {
    let begun = 0;
    group.query = () => {
      begun++;
      return new Promise(() => {});
    };
    const patient = new RawClient(port);
    patient.send(get.repeat(60));
    const flood = new RawClient(port);
    flood.send(get.repeat(500));
    expect(await flood.rest()).toBe('');
    while (begun < 2) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begun).toBe(2);
    expect(patient.closed).toBe(false);
    patient.socket.destroy();
  });

  it('begins nothing of what waits when it ends', async () => {
    const client = new RawClient(port);
    group.held = true;
    client.send(`${get}PUT /kv/a HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n1`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    group.release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(group.applied).toBe(0);
  });
});

describe('/kv/{key}', () => {
  it('sets, gets and deletes raw bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const put = await call('PUT', '/kv/a', bytes);
    expect(put).toMatchObject({ status: 204, headers: { 'smalti-index': '1', 'smalti-term': '2' } });
    const got = await call('GET', '/kv/a');
    expect(got).toMatchObject({
      status: 200,
      body: bytes,
      headers: { 'smalti-index': '1', 'content-type': 'application/octet-stream' },
    });
    expect(await call('HEAD', '/kv/a')).toMatchObject({ status: 200, headers: { 'content-length': '256' } });
    expect(await call('DELETE', '/kv/a')).toMatchObject({ status: 204, headers: { 'smalti-index': '2' } });
    const gone = { status: 404, json: { code: 'KEY_NOT_FOUND' }, headers: { 'smalti-index': '2' } };
    expect(await call('GET', '/kv/a')).toMatchObject(gone);
    expect(await call('DELETE', '/kv/a')).toMatchObject({ status: 404, json: { code: 'KEY_NOT_FOUND' } });
  });

  it('answers a weak read with what this node has, asking nobody', async () => {
    await call('PUT', '/kv/a', 'x');
    group.held = true;
    const strong = call('GET', '/kv/a?consistency=strong');
    const weak = { status: 200, body: Buffer.from('x'), headers: { 'smalti-index': '1' } };
    expect(await call('GET', '/kv/a?consistency=weak')).toMatchObject(weak);
    expect(await call('GET', '/kv/b?consistency=weak')).toMatchObject({
      status: 404,
      json: { code: 'KEY_NOT_FOUND' },
    });
    group.release();
    expect(await strong).toMatchObject(weak);
  });

  it('answers at once what is no older than it may be, with how old that is, and else asks the others', async () => {
    await call('PUT', '/kv/a', 'x');
    group.held = true;
    const old = call('GET', '/kv/a?maxAge=6');
    const fresh = { status: 200, headers: { 'smalti-index': '1', 'smalti-age-ms': '7' } };
    expect(await call('GET', '/kv/a?maxAge=7')).toMatchObject(fresh);
    expect(await call('GET', '/kv/a?consistency=weak')).toMatchObject(fresh);
    group.ageMs = null;
    const unknown = await call('GET', '/kv/a?consistency=weak');
    expect(unknown.headers).not.toHaveProperty('smalti-age-ms');
    group.release();
    expect(await old).toMatchObject({ status: 200, headers: { 'smalti-age-ms': '0' } });
  });

  it.each([
    'maxAge=',
    'maxAge=-1',
    'maxAge=1.5',
    'maxAge=1e3',
    'maxAge=86400001',
    'maxAge=5&consistency=weak',
  ])('refuses %s', async (query) => {
    expect(await call('GET', `/kv/a?${query}`)).toMatchObject({
      status: 400,
      json: { code: 'BAD_REQUEST', message: expect.stringContaining('maxAge') },
    });
  });

  it.each(['', 'eventual', 'Weak'])('refuses the consistency %j', async (text) => {
    expect(await call('GET', `/kv/a?consistency=${text}`)).toMatchObject({
      status: 400,
      json: { code: 'BAD_REQUEST' },
    });
  });

  it('takes the expiry from a value that it sets', async () => {
    const expiring = { op: 'set', key: 'a', value: 'x', when: 'always', expiry: 100, get: false } as const;
    group.machine.apply(expiring, { time: group.time });
    await call('PUT', '/kv/a', 'y');
    group.machine.tick({ time: group.time + 100 });
    expect(await call('GET', '/kv/a')).toMatchObject({ status: 200, body: Buffer.from('y') });
  });

  it.each([
    ['/kv/a%20b', 'a b'],
    ['/kv/a/b', 'a/b'],
    ['/kv/%2F', '/'],
    ['/kv/%00%ff', '\0\xff'],
    ['/kv/..', '..'],
    ['/kv/%2e%2e/x', '../x'],
    ['/kv/a%3Fb?c=d', 'a?b'],
    ['/kv/', ''],
    ['/kv/%C3%A9', '\xc3\xa9'],
    ['http://other.example/kv/a', 'a'],
  ])('takes %s for the key %j', async (path, key) => {
    expect((await call('PUT', path, 'x')).status).toBe(204);
    expect(group.machine.query({ op: 'get', key })).toEqual({ kind: 'value', value: 'x' });
  });

  it.each(['/kv/%', '/kv/%z1', '/kv/a%2'])('refuses the key of %s', async (path) => {
    expect(await call('GET', path)).toMatchObject({ status: 400, json: { code: 'BAD_KEY' } });
  });

  it('takes a value whose length is not announced, an empty one too', async () => {
    for (const [chunks, value] of [
      ['3\r\nabc\r\n2\r\nde\r\n', 'abcde'],
      ['', ''],
    ]) {
      const client = new RawClient(port);
      const head = 'PUT /kv/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
      client.send(`${head}${chunks}0\r\n\r\n`);
      expect(await client.rest()).toMatch(/^HTTP\/1.1 204 /);
      expect(group.machine.query({ op: 'get', key: 'a' })).toEqual({ kind: 'value', value });
    }
    // Without a body at all, not even one of no bytes.
    const client = new RawClient(port);
    client.send('PUT /kv/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await client.rest()).toMatch(/^HTTP\/1.1 204 /);
    expect(group.machine.query({ op: 'get', key: 'b' })).toEqual({ kind: 'value', value: '' });
  });

  it.each([
    ['no HTTP', 400, 'garbage\r\n\r\n'],
    ['a key too long', 431, `GET /kv/${'k'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['no host', 400, 'GET /kv/a HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['an impossible host', 400, 'GET /kv/a HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
    ['no path', 400, 'GET * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['an expectation', 417, 'GET /kv/a HTTP/1.1\r\nHost: a\r\nExpect: much\r\n\r\n'],
  ])('answers %s with %i and a code', async (_, status, request) => {
    const client = new RawClient(port);
    client.send(request);
    const answer = await client.rest();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('{"code":"BAD_REQUEST","message":"');
  });

  it('refuses a value too long, whether its length is announced or not', async () => {
    expect((await call('PUT', '/kv/a', 'x'.repeat(1_000))).status).toBe(204);
    const refused = { status: 413, json: { code: 'BODY_TOO_LARGE', outcome: 'not-applied' } };
    expect(await call('PUT', '/kv/a', 'y'.repeat(1_001))).toMatchObject(refused);
    const client = new RawClient(port);
    client.send(
      `PUT /kv/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${`64\r\n${'y'.repeat(100)}\r\n`.repeat(20)}0\r\n\r\n`,
    );
    expect(await client.rest()).toContain('"BODY_TOO_LARGE"');
    expect(group.machine.query({ op: 'get', key: 'a' })).toEqual({ kind: 'value', value: 'x'.repeat(1_000) });
  });

  it.each([
    ['OFFLINE', 'not-applied', 503],
    ['OVERTAKEN', 'not-applied', 503],
    ['GROUP_CLOSED', 'not-applied', 503],
    ['GROUP_CLOSED', 'unknown', 503],
    ['STOPPED', 'unknown', 503],
    ['UNKNOWN_OUTCOME', 'unknown', 503],
    ['OVERLOADED', 'not-applied', 503],
    ['COMMAND_TOO_LARGE', 'not-applied', 413],
    ['MACHINE_FAILED', 'not-applied', 500],
    ['BAD_OPTION', 'not-applied', 400],
    ['SESSION_UNKNOWN', 'unknown', 404],
    ['OUT_OF_ORDER', 'not-applied', 409],
    ['REPLY_GONE', 'unknown', 410],
  ] as const)('H6: answers %s with its outcome, %s', async (code, outcome, status) => {
    group.failures.push(new SmaltiError(code, 'why', { outcome }));
    expect(await call('PUT', '/kv/a', 'x')).toMatchObject({
      status,
      json: { code, message: 'why', outcome },
    });
  });

  it('tells whom it refuses for lack of room when to come again', async () => {
    const facts = { bound: 'maxPending', limit: 7, inUse: 7, retryAfterMs: 1_200 };
    group.failures.push(new Overloaded('what waits', facts));
    expect(await call('PUT', '/kv/a', 'x')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      json: { code: 'OVERLOADED', outcome: 'not-applied', retryAfterMs: 1_200 },
    });
  });

  it('answers a read that waited too long with 504', async () => {
    group.failures.push(new SmaltiError('TIMEOUT', 'why'));
    expect(await call('GET', '/kv/a')).toMatchObject({
      status: 504,
      json: { code: 'TIMEOUT', message: 'why' },
    });
  });

  it('is not ready without a group', async () => {
    service.group = null;
    expect(await call('PUT', '/kv/a', 'x')).toMatchObject({
      status: 503,
      json: { code: 'NOT_READY', outcome: 'not-applied' },
    });
  });
});

describe('paths and methods', () => {
  it.each([
    ['GET', '/', 404, 'NOT_FOUND'],
    ['GET', '/kv', 404, 'NOT_FOUND'],
    ['GET', '/nothing', 404, 'NOT_FOUND'],
    ['POST', '/kv/a', 405, 'METHOD_NOT_ALLOWED'],
    ['PATCH', '/kv/a', 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/status', 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', '/healthz', 405, 'METHOD_NOT_ALLOWED'],
  ])('%s %s is %i', async (method, path, status, code) => {
    const reply = await call(method, path);
    expect(reply).toMatchObject({ status, json: { code } });
    if (status === 405) expect(reply.headers.allow).toBeTruthy();
  });

  it.each(['/healthz', '/readyz', '/status', '/status?digest=1', '/kv/a', '/admin/members'])(
    'HEAD %s is answered as GET is, without the body',
    async (path) => {
      await call('PUT', '/kv/a', 'x');
      const { status, headers } = await call('GET', path);
      const head = await call('HEAD', path);
      expect(head).toMatchObject({ status, headers: { 'content-type': headers['content-type'] } });
      expect([status, head.body.length]).toEqual([200, 0]);
    },
  );

  it.each(['\0\x01\x02\r\n\r\n', 'GET /kv/a SPAM/1\r\n\r\n', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`])(
    'survives garbage %#',
    async (garbage) => {
      const client = new RawClient(port);
      client.send(garbage);
      await client.rest();
      expect((await call('GET', '/healthz')).status).toBe(200);
    },
  );
});

describe('/healthz and /readyz', () => {
  it('tell alive from ready', async () => {
    expect((await call('GET', '/readyz')).status).toBe(200);
    service.online = false;
    expect(await call('GET', '/readyz')).toMatchObject({ status: 503, json: { code: 'NOT_READY' } });
    service.group = null;
    expect(await call('GET', '/readyz')).toMatchObject({ status: 503, json: { code: 'NOT_READY' } });
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200, json: { status: 'alive' } });
  });
});

describe('/status', () => {
  it('tells what an operator would ask', async () => {
    await call('PUT', '/kv/a', 'x');
    const { status, json } = await call('GET', '/status');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: 'n1',
      incarnation: 'ab'.repeat(16),
      pid: process.pid,
      role: 'leader',
      term: 2,
      leader: 'n1',
      committed: 1,
      applied: 1,
      log: { first: 1, last: 1, bytes: 123 },
      members: [],
      bonds: [],
      sync: null,
      digest: { index: 1, sha256: await group.machine.capture().digest() },
    });
  });

  it('shows the checkpoints of the node', async () => {
    const root = toPartName('5a'.repeat(32));
    group.kept = {
      kept: [{ anchor: cursor(3, 900), root, format: 1, bytes: 70_000, agreed: true }],
      open: { marker: cursor(3, 1_900), own: null },
      cutting: { marker: cursor(3, 1_900), bytes: 4_096 },
      waiting: null,
      reports: [],
      pruned: toIndex(880),
      diverged: null,
    };
    const leases = [
      { root, leftMs: 1_500.4 },
      { root: null, leftMs: 700 },
    ];
    service.checkpoints = { leases } as never;
    const { json } = await call('GET', '/status');
    expect(json.checkpoints).toEqual({
      kept: [{ marker: 900, root, format: 1, bytes: 70_000, agreed: true }],
      open: { marker: 1_900, own: null },
      cutting: { marker: 1_900, bytes: 4_096 },
      waiting: null,
      leases: [
        { root, marker: 900, leftMs: 1_500 },
        { root: null, marker: null, leftMs: 700 },
      ],
      reports: [],
      pruned: 880,
      diverged: null,
    });
  });

  it('shows the session of a node that catches up', async () => {
    const n2 = toPeerId('n2');
    const totals = {
      sessions: 2,
      done: 1,
      failed: 0,
      entries: 70,
      bySource: { [n2]: 70 },
      buffered: 3,
      dropped: 0,
    };
    group.sync = {
      session: {
        strategy: 'log-replay',
        epoch: 2,
        since: 12,
        position: cursor(3, 900),
        ceiling: toIndex(950),
        verified: cursor(3, 70),
        keptBytes: 1_200,
        progress: {
          phase: 'fetching',
          bytesDone: 7_000,
          bytesTotal: 95_000,
          partsReused: 0,
          peers: [n2],
          sources: new Map([[n2, 60]]),
          remainingMs: 1_500,
          mostHeldBytes: 4_096,
        },
      },
      failure: null,
      totals,
    };
    const { json } = await call('GET', '/status');
    expect(json.sync).toEqual({
      session: {
        strategy: 'log-replay',
        epoch: 2,
        position: 900,
        ceiling: 950,
        verified: 70,
        phase: 'fetching',
        bytesDone: 7_000,
        bytesTotal: 95_000,
        partsReused: 0,
        peers: ['n2'],
        sources: { n2: 60 },
        remainingMs: 1_500,
        mostHeldBytes: 4_096,
        keptBytes: 1_200,
      },
      failure: null,
      totals,
    });
  });

  it('waits for the digest at an index, and remembers it', async () => {
    const early = call('GET', '/status?digest=2');
    await call('PUT', '/kv/a', '1');
    await call('PUT', '/kv/a', '2');
    const expected = await group.machine.capture().digest();
    await call('PUT', '/kv/a', '3');
    const digest = { index: 2, sha256: expected };
    expect((await early).json).toMatchObject({ digest });
    expect((await call('GET', '/status?digest=2')).json).toMatchObject({ digest });
    expect((await call('GET', '/status?digest=3')).json).toMatchObject({ digest: { index: 3 } });
  });

  it('says why it cannot give a digest', async () => {
    await call('PUT', '/kv/a', '1');
    await call('PUT', '/kv/a', '2');
    expect(await call('GET', '/status?digest=1')).toMatchObject({
      status: 410,
      json: { code: 'INDEX_PASSED' },
    });
    const late = await call('GET', '/status?digest=9&timeout=20');
    expect(late).toMatchObject({ status: 504, json: { code: 'TIMEOUT' } });
    for (const bad of [
      'digest=',
      'digest=x',
      'digest=-1',
      'digest=99999999999999999',
      'digest=1&timeout=x',
    ]) {
      expect(await call('GET', `/status?${bad}`)).toMatchObject({
        status: 400,
        json: { code: 'BAD_REQUEST' },
      });
    }
  });

  it('is not ready without a group', async () => {
    service.group = null;
    expect(await call('GET', '/status')).toMatchObject({ status: 503, json: { code: 'NOT_READY' } });
  });
});

describe('/events', () => {
  const error = new SmaltiError('MACHINE_FAILED', 'it cannot go on');
  const news = [
    { type: 'role', role: 'leader', term: 2, time: 5 },
    { type: 'machine-failed', error, time: 6 },
    {
      type: 'catch-up',
      stage: 'opened',
      strategy: 'log-replay',
      position: { index: 7, term: 2 },
      ceiling: 9,
      time: 7,
    },
  ] as unknown as GroupEvent[];
  const plain = [
    { type: 'role', role: 'leader', term: 2, time: 5 },
    { type: 'machine-failed', error: { code: 'MACHINE_FAILED', message: 'it cannot go on' }, time: 6 },
    { type: 'catch-up', stage: 'opened', strategy: 'log-replay', position: 7, ceiling: 9, time: 7 },
  ];

  it('tells what happens, a JSON object a line, until the group ends', async () => {
    group.news.push(...news, null);
    const { status, headers, body } = await call('GET', '/events');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/x-ndjson');
    const lines = body
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line))).toEqual(plain);
  });

  it('tells it as an event stream to whom accepts that', async () => {
    group.news.push(...news, null);
    const answer = await fetch(`http://127.0.0.1:${port}/events`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const [comment, ...told] = (await answer.text()).split('\n\n').filter((text) => text !== '');
    expect(comment).toBe(': events');
    const fields = told.map((text) => /^event: (\S+)\ndata: (.*)$/.exec(text));
    expect(fields.map((field) => field?.[1])).toEqual(news.map(({ type }) => type));
    expect(fields.map((field) => JSON.parse(field?.[2] ?? ''))).toEqual(plain);
  });

  it('ends when nobody listens any more', async () => {
    const stop = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}/events`, { signal: stop.signal });
    expect(answer.status).toBe(200);
    while (group.readers === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    while (group.readers > 0) await new Promise((resolve) => setImmediate(resolve));
    group.news.push(...news);
    expect(group.news).toHaveLength(news.length);
  });

  it('can only be read, and not before the group is there', async () => {
    for (const method of ['POST', 'HEAD']) {
      expect(await call(method, '/events')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    }
    service.group = null;
    expect(await call('GET', '/events')).toMatchObject({ status: 503, json: { code: 'NOT_READY' } });
  });
});

describe('client sessions', () => {
  const session = '0123456789abcdef'.repeat(2);

  it('are opened with POST', async () => {
    expect(await call('POST', '/sessions')).toMatchObject({ status: 201, json: { session } });
    expect(await call('GET', '/sessions')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });

  it('give requests that change something their numbers', async () => {
    const first = { 'smalti-session': session, 'smalti-number': '1' };
    expect(await call('PUT', '/kv/a', 'x', first)).toMatchObject({ status: 204 });
    const second = { 'smalti-session': session, 'smalti-number': '2', 'smalti-read': '1' };
    expect(await call('DELETE', '/kv/a', undefined, second)).toMatchObject({ status: 204 });
    expect(group.numbers).toEqual([`${session} 1 0`, `${session} 2 1`]);
    expect(await call('PUT', '/kv/a', 'x', { ...first, 'smalti-number': '1e3' })).toMatchObject({
      status: 400,
      json: { code: 'BAD_REQUEST', outcome: 'not-applied' },
    });
  });
});
