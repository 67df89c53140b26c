import { type IncomingMessage, request } from 'node:http';
import { verifyArchive } from '@smalti/backup';
import { SmaltiError, silentLogger } from '@smalti/core';
import { nodeHasher } from '@smalti/platform-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpServer } from '../../src/http/index.ts';
import { machineOf, OLD_CLUSTER, TestCheckpoints } from '../support/checkpoints.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';

const token = 'the-token-of-the-operator';
let checkpoints: TestCheckpoints;
let service: ReturnType<typeof fakeService>;
let server: HttpServer;
let base: string;
let logged: string[];

beforeEach(async () => {
  checkpoints = new TestCheckpoints();
  service = fakeService(new FakeGroup());
  service.checkpoints = checkpoints;
  logged = [];
  const logger = { ...silentLogger, error: (text: string) => void logged.push(text) };
  server = new HttpServer(service, logger, { adminToken: token });
  base = `http://127.0.0.1:${await server.listen('127.0.0.1:0')}`;
});

afterEach(async () => {
  await server.close(10);
});

function ask(query = '', bearer: string | null = token): Promise<Response> {
  const headers = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
  return fetch(`${base}/admin/backup${query}`, { headers });
}

async function verified(response: Response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const read = (offset: number, length: number) => Promise.resolve(bytes.slice(offset, offset + length));
  return await verifyArchive({ name: 'answer', length: bytes.length, read }, { hasher: nodeHasher });
}

/** A client that reads nothing until it is told to. */
function openIdly(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const call = request(`${base}/admin/backup`, { headers, agent: false }, resolve);
    call.on('error', reject);
    call.end();
  });
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('GET /admin/backup', () => {
  it('gives the newest agreed checkpoint', async () => {
    await checkpoints.keep(machineOf(3), 10);
    await checkpoints.keep(machineOf(500), 20);
    await checkpoints.keep(machineOf(600), 30, false);
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/vnd.smalti.backup');
    expect([response.headers.get('smalti-index'), response.headers.get('smalti-term')]).toEqual(['20', '3']);
    const { root, manifest } = await verified(response);
    expect(root.cluster).toBe(OLD_CLUSTER);
    expect(root.sections.find(({ name }) => name === 'machine')?.items).toBeGreaterThanOrEqual(500);
    expect(response.headers.get('smalti-bytes')).toBe(String(manifest.bytes));
    expect(checkpoints.leases).toEqual([]);
  });

  it('has one taken if that is asked for', async () => {
    await checkpoints.keep(machineOf(3), 10);
    checkpoints.taking = async () => {
      await checkpoints.keep(machineOf(4), 11);
    };
    expect((await verified(await ask())).manifest.anchor.index).toBe(10);
    expect((await verified(await ask('?fresh=true&timeout=3600000'))).manifest.anchor.index).toBe(11);
    checkpoints.taking = () => Promise.reject(new SmaltiError('TIMEOUT', 'not agreed in time'));
    const late = await ask('?fresh=true&timeout=5');
    expect([late.status, await late.json()]).toMatchObject([504, { code: 'TIMEOUT' }]);
  });

  it('says what to do where there is none', async () => {
    await checkpoints.keep(machineOf(3), 10, false);
    for (const kept of [checkpoints, null]) {
      service.checkpoints = kept;
      const response = await ask();
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'NO_CHECKPOINT', message: /ask another/ });
    }
    service.group = null;
    expect((await ask()).status).toBe(503);
  });

  it('is for whoever has the token', async () => {
    await checkpoints.keep(machineOf(3), 10);
    for (const wrong of [null, `${token}x`]) expect((await ask('', wrong)).status).toBe(401);
    expect((await ask('?fresh=maybe')).status).toBe(400);
  });

  it('is not begun by a HEAD, which nobody reads', async () => {
    await checkpoints.keep(machineOf(3), 10);
    let taken = 0;
    checkpoints.taking = async () => void taken++;
    const headers = { authorization: `Bearer ${token}` };
    for (const query of ['', '?fresh=true']) {
      const response = await fetch(`${base}/admin/backup${query}`, { method: 'HEAD', headers });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
    }
    expect([checkpoints.leases.length, checkpoints.gets, taken]).toEqual([0, 0, 0]);
    expect((await fetch(`${base}/admin/backup`, { method: 'HEAD' })).status).toBe(401);
  });

  it('reads no faster than its reader, and lets go of the parts when the reader goes', async () => {
    // More than sockets hold on the way.
    const { bytes } = await checkpoints.keep(machineOf(150_000), 10);
    expect(bytes).toBeGreaterThan(12 * 1024 * 1024);
    const all = checkpoints.inner.data.parts.size;
    const idle = await openIdly();
    await until(() => checkpoints.gets > 0);
    let seen = -1;
    await until(() => {
      const still = checkpoints.gets === seen;
      seen = checkpoints.gets;
      return still;
    });
    expect(checkpoints.gets).toBeLessThan(all);
    expect(checkpoints.leases).toHaveLength(1);
    idle.destroy();
    await until(() => checkpoints.leases.length === 0);
    expect(checkpoints.gets).toBeLessThan(all);
  });

  it('ends before its end if a part is lost, so that nobody takes it for whole', async () => {
    await checkpoints.keep(machineOf(5_000), 10);
    const { parts } = checkpoints.inner.data;
    parts.delete([...parts.keys()].at(-100) as never);
    const response = await ask();
    await expect(response.arrayBuffer()).rejects.toThrow();
    await until(() => checkpoints.leases.length === 0);
    expect(logged).toEqual(['a backup was broken off']);
  });

  it('serves two readers at a time', async () => {
    await checkpoints.keep(machineOf(150_000), 10);
    const idle = [await openIdly(), await openIdly()];
    const third = await ask();
    expect([third.status, await third.json()]).toMatchObject([
      503,
      { code: 'OVERLOADED', retryAfterMs: 1_000 },
    ]);
    for (const each of idle) each.destroy();
    await until(() => checkpoints.leases.length === 0);
    expect((await verified(await ask())).manifest.anchor.index).toBe(10);
  });
});
