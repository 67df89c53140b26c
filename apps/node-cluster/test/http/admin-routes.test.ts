import { SmaltiError, silentLogger } from '@smalti/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpServer } from '../../src/http/index.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';

const TOKEN = 'the token of the operator';
const token = TOKEN.replaceAll(' ', '-');
const n2 = 'b2'.repeat(16);
const n4 = 'd4'.repeat(16);
let group: FakeGroup;
let service: ReturnType<typeof fakeService>;
let server: HttpServer;
let port: number;

beforeEach(async () => {
  group = new FakeGroup();
  group.says.members.push({
    id: 'n2',
    incarnation: n2,
    address: '10.0.0.2:9001',
    preference: 'reluctant',
    role: 'voter',
    match: 5,
  });
  group.says.bonds.push({ id: 'n4', incarnation: n4, boot: 'x', address: '10.0.0.4:9001' });
  service = fakeService(group);
  server = new HttpServer(service, silentLogger, { adminToken: token });
  port = await server.listen('127.0.0.1:0');
});

afterEach(async () => {
  await server.close(10);
});

async function call(method: string, path: string, body?: unknown, bearer: string | null = token) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, json, asks: response.headers.get('www-authenticate') };
}

function refused(reason: string): SmaltiError {
  return new SmaltiError('MEMBERSHIP_REFUSED', 'no', { outcome: 'not-applied', details: { reason } });
}

describe('GET /admin/members', () => {
  it('tells everybody who the members are, as /status does', async () => {
    expect(await call('GET', '/admin/members', undefined, null)).toMatchObject({
      status: 200,
      json: { id: 'n1', leader: 'n1', term: 2, members: [{ id: 'n2', role: 'voter', match: 5 }] },
    });
  });

  it('answers 503 while there is no group', async () => {
    service.group = null;
    expect(await call('GET', '/admin/members')).toMatchObject({ status: 503, json: { code: 'NOT_READY' } });
  });
});

describe('changes over /admin', () => {
  it.each([
    ['DELETE', '/admin/members/n2'],
    ['POST', '/admin/members'],
    ['POST', '/admin/members/n2/promote'],
    ['POST', '/admin/members/n2/demote'],
    ['POST', '/admin/transfer'],
    ['POST', '/admin/skip/7'],
    ['POST', '/admin/nothing'],
  ])('need the token: %s %s', async (method, path) => {
    for (const wrong of [null, `${token}x`, token.slice(1), 'x']) {
      const answer = await call(method, path, undefined, wrong);
      expect(answer).toMatchObject({
        status: 401,
        asks: 'Bearer',
        json: { code: 'UNAUTHORIZED', outcome: 'not-applied' },
      });
      expect(answer.json.message).not.toContain(token);
    }
    expect(group.asked).toEqual([]);
  });

  it('are refused by a node that was given none, with what to do', async () => {
    const open = new HttpServer(service, silentLogger, {});
    port = await open.listen('127.0.0.1:0');
    expect(await call('DELETE', '/admin/members/n2', undefined, '')).toMatchObject({
      status: 403,
      json: { code: 'ADMIN_DISABLED', message: expect.stringContaining('--admin-token-file') },
    });
    expect(group.asked).toEqual([]);
    await open.close(10);
  });

  it.each([
    ['DELETE', '/admin/members/n2', [{ type: 'remove', node: 'n2' }]],
    ['DELETE', `/admin/members/n2@${n2}`, [{ type: 'remove', node: `n2@${n2}` }]],
    ['DELETE', `/admin/members/n2%40${n2}`, [{ type: 'remove', node: `n2@${n2}` }]],
    [
      'DELETE',
      '/admin/members/n2,n3',
      [
        { type: 'remove', node: 'n2' },
        { type: 'remove', node: 'n3' },
      ],
    ],
    ['POST', '/admin/members/n2/promote', [{ type: 'promote', node: 'n2' }]],
    ['POST', '/admin/members/n2/demote', [{ type: 'demote', node: 'n2' }]],
  ])('ask the group: %s %s', async (method, path, changes) => {
    expect(await call(method, path)).toMatchObject({ status: 200, json: { id: 'n1' } });
    expect(await call(method, `${path}?force=true&timeout=5`)).toMatchObject({ status: 200 });
    expect(group.asked).toEqual([
      [changes, { force: false, timeoutMs: 10_000 }],
      [changes, { force: true, timeoutMs: 5 }],
    ]);
  });

  it('have a command skipped, with the reason', async () => {
    expect(await call('POST', '/admin/skip/7?timeout=9', { reason: 'ticket 17' })).toMatchObject({
      status: 200,
      json: { id: 'n1', skipped: { entry: 7, at: 12, by: 'n1', reason: 'ticket 17' } },
    });
    expect(group.asked).toEqual([['skip', 7, { reason: 'ticket 17', timeoutMs: 9 }]]);
    group.failures.push(new SmaltiError('SKIP_REFUSED', 'no', { details: { reason: 'not-all-failed' } }));
    expect(await call('POST', '/admin/skip/7', { reason: 'x' })).toMatchObject({
      status: 409,
      json: { code: 'SKIP_REFUSED', reason: 'not-all-failed' },
    });
  });

  it.each([
    ['/admin/skip/x', { reason: 'x' }, 'index="x"'],
    ['/admin/skip/7', undefined, 'a reason of 1 to 1024 bytes'],
    ['/admin/skip/7', { reason: ' ' }, 'a reason of 1 to 1024 bytes'],
    ['/admin/skip/7', { reason: 'ä'.repeat(513) }, 'a reason of 1 to 1024 bytes'],
  ])('say what is wrong with a skip: %s %j', async (path, body, rule) => {
    expect(await call('POST', path, body)).toMatchObject({
      status: 400,
      json: { code: 'BAD_REQUEST', message: expect.stringContaining(rule) },
    });
    expect(group.asked).toEqual([]);
  });

  it('hand leadership over, and answer when this node knows who leads then', async () => {
    expect(await call('POST', '/admin/transfer')).toMatchObject({ status: 200, json: { leader: 'n2' } });
    expect(group.waits).toBe(1);
    expect(await call('POST', '/admin/transfer?to=n2&timeout=7')).toMatchObject({ status: 200 });
    expect(group.waits).toBe(2);
    expect(group.asked).toEqual([
      ['transfer', undefined, { timeoutMs: 10_000 }],
      ['transfer', 'n2', { timeoutMs: 7 }],
    ]);
  });

  it.each([
    [{ id: 'n4' }, { incarnation: n4, address: '10.0.0.4:9001', preference: 'normal' }],
    [
      { id: 'n4', address: '10.0.0.5:9001' },
      { incarnation: n4, address: '10.0.0.5:9001' },
    ],
    [{ id: 'n2' }, { incarnation: n2, address: '10.0.0.2:9001', preference: 'reluctant' }],
    [
      { id: 'n2', preference: 'observer' },
      { incarnation: n2, preference: 'observer' },
    ],
    [
      { id: 'n9', incarnation: n4, address: '10.0.0.9:9001' },
      { id: 'n9', incarnation: n4, address: '10.0.0.9:9001', preference: 'normal' },
    ],
  ])('add %j, with what this node knows of it', async (body, member) => {
    expect(await call('POST', '/admin/members', body)).toMatchObject({ status: 200 });
    expect(group.asked).toMatchObject([[[{ type: 'add', member }], {}]]);
  });

  it.each([
    ['', /must be JSON/],
    ['[]', /must be a JSON object/],
    [{}, /cannot tell which {2}is meant/],
    [{ id: 'n9' }, /n1 neither knows it as a member nor is bonded to it; give its incarnation/],
    [{ id: 'n9', incarnation: n4 }, /address is missing/],
    [{ id: 'n9', incarnation: 'x', address: 'a:1' }, /incarnation/],
    [{ id: 'n 9', incarnation: n4, address: 'a:1' }, /peer id|id/],
    [{ id: 'n4', address: 'x'.repeat(257) }, /at most 256/],
    [{ id: 'n4', preference: 'eager' }, /preference must be one of/],
    [{ id: 4 }, /id must be a text/],
    [{ id: 'n4', colour: 'red' }, /"colour" is not known/],
  ])('refuse to add %j', async (body, rule) => {
    const answer = await call('POST', '/admin/members', body);
    expect(answer).toMatchObject({ status: 400, json: { code: 'BAD_REQUEST', outcome: 'not-applied' } });
    expect(answer.json.message).toMatch(rule);
    expect(group.asked).toEqual([]);
  });

  it('refuse to guess between incarnations of one id', async () => {
    group.says.bonds.push({ id: 'n2', incarnation: n4, boot: 'y', address: '10.0.0.2:9001' });
    const answer = await call('POST', '/admin/members', { id: 'n2' });
    expect(answer).toMatchObject({ status: 400, json: { message: expect.stringContaining(n4) } });
    expect(await call('POST', '/admin/members', { id: 'n2', incarnation: n4 })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['/admin/members/n2?force=yes', 400, 'BAD_REQUEST'],
    ['/admin/members/n2?timeout=soon', 400, 'BAD_REQUEST'],
    ['/admin/members/n2?timeout=300001', 400, 'BAD_REQUEST'],
    [`/admin/members/${Array.from({ length: 257 }, (_, i) => `n${i}`).join()}`, 400, 'BAD_REQUEST'],
    ['/admin/nothing', 404, 'NOT_FOUND'],
  ])('refuse what makes no sense: %s', async (path, status, code) => {
    expect(await call('DELETE', path)).toMatchObject({ status, json: { code } });
    expect(group.asked).toEqual([]);
  });

  it('tell why the group refused, and what is not known', async () => {
    group.failures.push(refused('quorum-at-risk'));
    expect(await call('DELETE', '/admin/members/n2')).toEqual({
      status: 409,
      asks: null,
      json: { code: 'MEMBERSHIP_REFUSED', message: 'no', outcome: 'not-applied', reason: 'quorum-at-risk' },
    });
    group.failures.push(new SmaltiError('TIMEOUT', 'late', { outcome: 'unknown' }));
    expect(await call('POST', '/admin/transfer')).toMatchObject({
      status: 504,
      json: { code: 'TIMEOUT', outcome: 'unknown' },
    });
    group.failures.push(new SmaltiError('BAD_OPTION', 'no name', { outcome: 'not-applied' }));
    expect(await call('DELETE', '/admin/members/n2')).toMatchObject({
      status: 400,
      json: { code: 'BAD_OPTION' },
    });
  });

  it('say done when the node that was asked has been removed itself', async () => {
    const gone = (): void =>
      void group.failures.push(new SmaltiError('REMOVED', 'gone', { outcome: 'none' }));
    gone();
    expect(await call('DELETE', '/admin/members/n1')).toMatchObject({ status: 200 });
    gone();
    expect(await call('DELETE', '/admin/members/n2')).toMatchObject({
      status: 503,
      json: { code: 'REMOVED' },
    });
  });
});
