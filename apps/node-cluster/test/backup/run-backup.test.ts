import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@smalti/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBackup, runVerify } from '../../src/backup/index.ts';
import type { BackupSettings } from '../../src/cli/index.ts';
import { HttpServer } from '../../src/http/index.ts';
import { machineOf, OLD_CLUSTER, TestCheckpoints } from '../support/checkpoints.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';
import { freePort } from '../support/free-port.ts';

const token = 'the-token-of-the-operator';
let dir: string;
let file: string;
let checkpoints: TestCheckpoints;
let service: ReturnType<typeof fakeService>;
let server: HttpServer;
let here: string;
let other: Server | null = null;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'smalti-backup-'));
  file = join(dir, 'a.backup');
  checkpoints = new TestCheckpoints();
  service = fakeService(new FakeGroup());
  service.checkpoints = checkpoints;
  server = new HttpServer(service, silentLogger, { adminToken: token });
  here = `127.0.0.1:${await server.listen('127.0.0.1:0')}`;
});

afterEach(async () => {
  await server.close(10);
  if (other !== null) await new Promise((resolve) => other?.close(resolve));
  other = null;
  rmSync(dir, { recursive: true });
});

async function run(changes: Partial<BackupSettings> = {}) {
  const said = { out: '', error: '' };
  const settings = { file, http: [here], token, fresh: false, force: false, timeoutMs: 5_000, json: false };
  const code = await runBackup(
    { ...settings, ...changes },
    { out: (text) => (said.out += text), error: (text) => (said.error += text) },
  );
  return { code, ...said };
}

async function verify(json = false) {
  let out = '';
  const code = await runVerify({ file, json }, { out: (text) => (out += text), error: () => {} });
  return { code, out };
}

/** Says the beginning of a backup, and hangs up. */
async function broken(): Promise<string> {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: application/vnd.smalti.backup\r\ntransfer-encoding: chunked\r\n\r\n';
  other = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(`${head}5\r\nsmalt\r\n`));
  });
  await new Promise<void>((resolve) => other?.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(other.address() as AddressInfo).port}`;
}

describe('smalti backup', () => {
  it('writes a file that is verified, for its owner alone', async () => {
    await checkpoints.keep(machineOf(300), 42);
    const { code, out, error } = await run();
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain(`${file}: backed up and verified\n  cluster ${OLD_CLUSTER}\n`);
    expect(out).toContain('  index   42, of term 3\n  time    2023-11-14T22:13:20.000Z\n');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(existsSync(`${file}.part`)).toBe(false);
    expect(await verify()).toMatchObject({ code: 0, out: out.replace('backed up and verified', 'whole') });
  });

  it('tells programs the same', async () => {
    await checkpoints.keep(machineOf(300), 42);
    const { code, out } = await run({ json: true });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      file,
      bytes: statSync(file).size,
      cluster: OLD_CLUSTER,
      index: 42,
      term: 3,
      machine: { signature: 'smalti/kv/2' },
      sections: { birth: { items: 1 }, sessions: { items: 0, bytes: 0 } },
    });
    expect((await verify(true)).out).toBe(out);
  });

  it('never replaces a file unless it is told to', async () => {
    await checkpoints.keep(machineOf(3), 42);
    writeFileSync(file, 'mine');
    await expect(run()).rejects.toMatchObject({ code: 'BAD_OPTION', message: /is there already.*--force/ });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await run({ force: true })).code).toBe(0);
    expect((await verify()).code).toBe(0);
  });

  it('asks the next node if one cannot be reached, breaks off or has none', async () => {
    await checkpoints.keep(machineOf(3), 42);
    const none = new HttpServer(fakeService(new FakeGroup()), silentLogger, { adminToken: token });
    const http = [
      `127.0.0.1:${await freePort()}`,
      await broken(),
      `127.0.0.1:${await none.listen('127.0.0.1:0')}`,
      here,
    ];
    const { code, error } = await run({ http });
    await none.close(10);
    expect(code).toBe(0);
    expect(error.match(/^[A-Z_]+/gm)).toEqual(['UNREACHABLE', 'NO_ANSWER', 'NO_CHECKPOINT']);
  });

  it('leaves nothing if it fails, and says why', async () => {
    const failures: [Partial<BackupSettings>, RegExp][] = [
      [{}, /^smalti: NO_CHECKPOINT .*--fresh/],
      [{ token: 'another-token-than-theirs' }, /^smalti: UNAUTHORIZED /],
      [{ http: [`127.0.0.1:${await freePort()}`] }, /^smalti: UNREACHABLE /],
      [{ http: [await broken()] }, /^smalti: NO_ANSWER .*the backup ended after 5 bytes/],
    ];
    for (const [changes, text] of failures) {
      const { code, out, error } = await run(changes);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(text);
      expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
    }
    const asked = await run({ json: true });
    expect(JSON.parse(asked.out)).toMatchObject({ code: 'NO_CHECKPOINT' });
  });

  it('says that a place cannot be written', async () => {
    const nowhere = join(dir, 'no', 'a.backup');
    await expect(run({ file: nowhere })).rejects.toMatchObject({ code: 'STORAGE_ACCESS', message: /ENOENT/ });
  });
});

describe('smalti verify', () => {
  it('finds damage, and files that are no backups', async () => {
    await checkpoints.keep(machineOf(300), 42);
    await run();
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(file, bytes);
    await expect(verify()).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      message: /is damaged at byte \d+/,
    });
    writeFileSync(file, bytes.subarray(0, 5_000));
    await expect(verify()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    writeFileSync(file, 'something else');
    await expect(verify()).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    rmSync(file);
    await expect(verify()).rejects.toMatchObject({
      code: 'STORAGE_ACCESS',
      message: /ENOENT.*name a backup/,
    });
  });
});
