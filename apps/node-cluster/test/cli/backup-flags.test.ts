import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type BackupSettings,
  type RestoreSettings,
  runProgram,
  type VerifySettings,
} from '../../src/cli/index.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'smalti-flags-'));
  writeFileSync(join(dir, 'good.key'), 'k'.repeat(32));
});

afterAll(() => rmSync(dir, { recursive: true }));

beforeEach(() => vi.stubEnv('SMALTI_TOKEN', undefined));
afterEach(() => vi.unstubAllEnvs());

interface Ran {
  readonly code: number;
  readonly error: string;
  readonly settings: BackupSettings | VerifySettings | RestoreSettings | null;
  readonly keys: number;
}

async function run(...args: string[]): Promise<Ran> {
  let error = '';
  let settings: Ran['settings'] = null;
  let keys = 0;
  const other = (): never => {
    throw new Error('another command');
  };
  const took = async (
    given: Ran['settings'],
    found?: { readonly keys: readonly unknown[] },
  ): Promise<number> => {
    settings = given;
    keys = found?.keys.length ?? 0;
    return 0;
  };
  const code = await runProgram(
    args,
    { node: other, start: other, client: other, backup: took, verify: took, restore: took },
    { out: () => {}, error: (text) => (error += text) },
  );
  return { code, error, settings, keys };
}

function restoreArgs(without: string): string[] {
  const flags = { data: 'new', id: 'n1', listen: '127.0.0.1:9001', 'key-file': join(dir, 'good.key') };
  const given = Object.entries(flags).filter(([name]) => name !== without);
  return ['restore', 'a.backup', ...given.map(([name, value]) => `--${name}=${value}`)];
}

describe('commands about backups', () => {
  it('take their flags', async () => {
    expect((await run('backup', 'a.backup')).settings).toEqual({
      file: 'a.backup',
      http: ['127.0.0.1:8001'],
      token: null,
      fresh: false,
      force: false,
      timeoutMs: 60_000,
      json: false,
    });
    const all = [
      '--fresh',
      '--force',
      '--json',
      '--timeout=3600000',
      '--http=10.0.0.1:1,10.0.0.2:1',
      '--token=x',
    ];
    expect((await run('backup', 'a.backup', ...all)).settings).toEqual({
      file: 'a.backup',
      http: ['10.0.0.1:1', '10.0.0.2:1'],
      token: 'x',
      fresh: true,
      force: true,
      timeoutMs: 3_600_000,
      json: true,
    });
    expect((await run('verify', 'a.backup', '--json')).settings).toEqual({ file: 'a.backup', json: true });
    const restore = await run(...restoreArgs(''));
    expect(restore).toMatchObject({ code: 0, keys: 1 });
    expect(restore.settings).toMatchObject({ file: 'a.backup', data: 'new', id: 'n1', network: 'smalti' });
    expect(restore.settings).toMatchObject({ address: '127.0.0.1:9001', json: false });
    const elsewhere = await run(...restoreArgs(''), '--advertise', '10.0.0.1:9001', '--network', 'other');
    expect(elsewhere.settings).toMatchObject({ address: '10.0.0.1:9001', network: 'other' });
  });

  it.each(['data', 'id', 'listen', 'key-file'])('restore misses --%s', async (name) => {
    const { code, error, settings } = await run(...restoreArgs(name));
    expect({ code, settings }).toEqual({ code: 2, settings: null });
    expect(error).toMatch(new RegExp(`^smalti: BAD_OPTION --${name}: is missing; [^\\n]+\\n$`));
  });

  it.each([
    [['backup'], /missing required argument/],
    [['backup', ''], /FILE "": must be a text/],
    [['backup', 'a', 'b'], /too many arguments/],
    [['backup', 'a', '--http', 'nowhere'], /--http "nowhere": must be HOST:PORT/],
    [['backup', 'a', '--timeout', '0'], /--timeout "0": must be a whole number/],
    [['backup', 'a', '--timeout', '3600001'], /--timeout "3600001": must be a whole number/],
    [['backup', 'a', '--token-file', '/nowhere/token'], /--token-file "\/nowhere\/token": cannot be read/],
    [['verify'], /missing required argument/],
    [['verify', 'a', '--http', '127.0.0.1:1'], /unknown option '--http'/],
    [['restore'], /missing required argument/],
    [['restore', 'a', '--force'], /unknown option '--force'/],
  ])('refuse %j', async (args, rule) => {
    const { code, error, settings } = await run(...args);
    expect({ code, settings }).toEqual({ code: 2, settings: null });
    expect(error).toMatch(rule);
    expect(error.match(/\n/g)).toHaveLength(1);
  });
});
