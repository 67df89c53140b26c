import { type AddressInfo, createServer, type Server } from 'node:net';
import { SmaltiError, silentLogger } from '@smalti/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientCommand, ClientSettings } from '../../src/cli/index.ts';
import { runClient } from '../../src/client/index.ts';
import { HttpServer } from '../../src/http/index.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';
import { freePort } from '../support/free-port.ts';

const token = 'the-token-of-the-operator';
let group: FakeGroup;
let service: ReturnType<typeof fakeService>;
let server: HttpServer;
let here: string;
let other: Server | null = null;

beforeEach(async () => {
  group = new FakeGroup();
  for (const [id, role] of [
    ['n10', 'learner'],
    ['n2', 'voter'],
    ['n1', 'voter'],
  ]) {
    const member = { id, role, incarnation: 'ab'.repeat(16), address: `10.0.0.1:${id?.slice(1)}` };
    group.says.members.push({ ...member, preference: 'normal', match: role === 'voter' ? 12 : null });
  }
  service = fakeService(group);
  server = new HttpServer(service, silentLogger, { adminToken: token });
  here = `127.0.0.1:${await server.listen('127.0.0.1:0')}`;
});

afterEach(async () => {
  await server.close(10);
  if (other !== null) await new Promise((resolve) => other?.close(resolve));
  other = null;
});

/** A server that says this to everybody, or hangs up. */
async function foreign(answer: string): Promise<string> {
  other = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => other?.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(other.address() as AddressInfo).port}`;
}

async function run(command: ClientCommand, changes: Partial<ClientSettings> = {}) {
  let out = '';
  let error = '';
  const settings = { command, http: [here], token, force: false, timeoutMs: 10_000, json: false, ...changes };
  const code = await runClient(settings, {
    out: (text) => (out += text),
    error: (text) => (error += text),
  });
  return { code, out, error };
}

const REMOVE: ClientCommand = { name: 'remove', nodes: ['n2'] };

describe('what an operator sees', () => {
  it('members, aligned, the leader first', async () => {
    const { code, out, error } = await run({ name: 'members' }, { token: null });
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toBe(
      [
        'NODE  ROLE     PREFERENCE  ON DISK  ADDRESS      INCARNATION',
        `n1    leader   normal      12       10.0.0.1:1   ${'ab'.repeat(16)}`,
        `n2    voter    normal      12       10.0.0.1:2   ${'ab'.repeat(16)}`,
        `n10   learner  normal      -        10.0.0.1:10  ${'ab'.repeat(16)}`,
        '2 of 3 members vote, n1 leads, as n1 knows; committed 0',
        '',
      ].join('\n'),
    );
  });

  it('one JSON document for a program', async () => {
    const { code, out } = await run({ name: 'members' }, { json: true });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id: 'n1', leader: 'n1', members: [{}, {}, {}] });
    const statuses = await run({ name: 'status' }, { json: true });
    expect(JSON.parse(statuses.out)).toMatchObject([{ http: here, status: { id: 'n1', role: 'leader' } }]);
  });

  it('the status of every node that was named, and which cannot be reached', async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;
    const { code, out, error } = await run({ name: 'status' }, { http: [here, nowhere] });
    expect(code).toBe(1);
    const [head, first, second] = out.split('\n');
    expect(head).toMatch(/^NODE +HTTP +ROLE +VOTES +LEADER +TERM +COMMITTED +APPLIED +STATE$/);
    expect(first).toMatch(/^n1 +127.0.0.1:\d+ +leader +yes +n1 +2 +0 +0 +online$/);
    expect(second).toMatch(/^- +127.0.0.1:\d+ .* UNREACHABLE$/);
    expect(error).toMatch(/^smalti: UNREACHABLE .*ECONNREFUSED/);
  });

  it('nothing of a control character', async () => {
    group.says.members.splice(0, 3, { id: 'n1', role: 'voter', address: '\u001b[2Jx', incarnation: 'x' });
    expect((await run({ name: 'members' })).out).toContain('?[2Jx');
  });
});

describe('what is done', () => {
  it('goes through the first node that can, and is told', async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;
    const { code, out } = await run(REMOVE, { http: [nowhere, here], force: true, timeoutMs: 77 });
    expect(code).toBe(0);
    expect(out).toMatch(/^n2: no member any more\nNODE /);
    expect(group.asked).toEqual([[[{ type: 'remove', node: 'n2' }], { force: true, timeoutMs: 77 }]]);
  });

  it('tells of a name that no member has, which may be a slip of the pen', async () => {
    const { code, out } = await run({ name: 'remove', nodes: ['n2', 'n22'] });
    expect(code).toBe(0);
    const lines = ['n2: no member any more', 'n22: was no member before, as n1 knew; nothing was done'];
    expect(out.split('\n').slice(0, 2)).toEqual(lines);
  });

  it.each<[ClientCommand, unknown]>([
    [{ name: 'promote', nodes: ['n2', 'n3'] }, [{ type: 'promote' }, { type: 'promote', node: 'n3' }]],
    [{ name: 'demote', nodes: ['n2'] }, [{ type: 'demote', node: 'n2' }]],
    [{ name: 'transfer', to: 'n2' }, 'transfer'],
    [
      {
        name: 'add',
        id: 'n2',
        incarnation: null,
        address: '10.0.0.7:9001',
        preference: 'observer',
      },
      [{ type: 'add', member: { id: 'n2', address: '10.0.0.7:9001', preference: 'observer' } }],
    ],
  ])('%j', async (command, asked) => {
    expect(await run(command)).toMatchObject({ code: 0, error: '' });
    expect(group.asked.map(([first]) => first)).toMatchObject([asked]);
  });

  it('asks the next node for a skip if the first does not lead', async () => {
    const no = new SmaltiError('SKIP_REFUSED', 'n2 does: ask there', { details: { reason: 'not-leader' } });
    group.failures.push(no);
    const done = await run({ name: 'skip', index: 7, reason: 'ticket 17' }, { http: [here, here] });
    expect(done).toMatchObject({ code: 0, error: '' });
    expect(done.out).toMatch(/^the command in entry 7 is skipped: start the nodes again whose state machine/);
    expect(group.asked.map(([what, index]) => [what, index])).toEqual([
      ['skip', 7],
      ['skip', 7],
    ]);
    group.failures.push(new SmaltiError('SKIP_REFUSED', 'n3 may', { details: { reason: 'not-all-failed' } }));
    const refused = await run({ name: 'skip', index: 8, reason: 'x' }, { http: [here, here] });
    expect(refused).toMatchObject({
      code: 1,
      error: `smalti: SKIP_REFUSED (not-all-failed) ${here}: n3 may\n`,
    });
    expect(group.asked.length).toBe(3);
  });

  it('says no with the reason, once for people and once for programs', async () => {
    const no = new SmaltiError('MEMBERSHIP_REFUSED', 'too risky', {
      outcome: 'not-applied',
      details: { reason: 'quorum-at-risk' },
    });
    group.failures.push(no, no);
    const people = await run(REMOVE);
    expect(people).toMatchObject({ code: 1, out: '' });
    expect(people.error).toBe(`smalti: MEMBERSHIP_REFUSED (quorum-at-risk) ${here}: too risky\n`);
    const programs = await run(REMOVE, { json: true });
    expect(programs.code).toBe(1);
    expect(JSON.parse(programs.out)).toMatchObject({
      code: 'MEMBERSHIP_REFUSED',
      outcome: 'not-applied',
      reason: 'quorum-at-risk',
    });
  });

  it('needs the token, and asks no other node when it is wrong', async () => {
    const { code, error } = await run(REMOVE, { token: 'another', http: [here, here] });
    expect(code).toBe(1);
    expect(error).toMatch(/^smalti: UNAUTHORIZED /);
    expect(group.asked).toEqual([]);
  });

  it('ends with 2 if the group cannot make sense of it', async () => {
    const { code, error } = await run({
      name: 'add',
      id: 'n77',
      incarnation: null,
      address: null,
      preference: null,
    });
    expect(code).toBe(2);
    expect(error).toMatch(/give its incarnation/);
  });

  it('does not say that nothing happened when the answer is lost, and does not try elsewhere', async () => {
    const lost = await foreign('');
    const { code, error } = await run(REMOVE, { http: [lost, here] });
    expect(code).toBe(1);
    expect(error).toMatch(/^smalti: NO_ANSWER .*it may be done, or may still be: look with smalti members/);
    expect(group.asked).toEqual([]);
    const json = await run(REMOVE, { http: [lost], json: true });
    expect(JSON.parse(json.out)).toMatchObject({ code: 'NO_ANSWER', outcome: 'unknown' });
  });

  it('notices that something else answers there', async () => {
    const elsewhere = await foreign('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n<html>');
    const { code, error } = await run({ name: 'members' }, { http: [elsewhere] });
    expect(code).toBe(1);
    expect(error).toMatch(/what no node says; is that the address after --http\?\n$/);
  });
});
