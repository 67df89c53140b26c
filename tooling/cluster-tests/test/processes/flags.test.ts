import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../processes/ports.ts';
import { runToEnd } from '../../processes/program.ts';

/** An address of a network for documentation: no machine has it. */
const ELSEWHERE = '192.0.2.1:9001';
let directory: string;
let right: Record<string, string>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'smalti-flags-'));
  writeFileSync(join(directory, 'right.key'), `${'k'.repeat(32)}\n`, { mode: 0o600 });
  writeFileSync(join(directory, 'wrong.json'), '{"timing": {"heartbeatMs": "often"}}');
  const [listen, resp, http] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  right = {
    id: 'n1',
    listen: `${listen}`,
    peers: `n1=${listen}`,
    resp: `${resp}`,
    http: `${http}`,
    data: join(directory, 'data'),
    'key-file': join(directory, 'right.key'),
  };
});

afterAll(() => rmSync(directory, { recursive: true }));

let runs = 0;

async function run(command: string, flags: Readonly<Record<string, string>>) {
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const log = join(directory, `run-${++runs}.log`);
  const { code, said } = await runToEnd([command, ...args], { log });
  return { code, said };
}

describe('a process with a wrong flag: says which, ends, and has made nothing', () => {
  it.each([
    ['id', 'a b', 2],
    ['listen', 'nowhere', 2],
    ['listen', '127.0.0.1:70000', 2],
    ['listen', ELSEWHERE, 2],
    ['peers', 'n1', 2],
    ['peers', 'n2=127.0.0.1:9001', 2],
    ['resp', '127.0.0.1', 2],
    ['resp', ELSEWHERE, 2],
    ['http', '127.0.0.1:http', 2],
    ['http', ELSEWHERE, 2],
    ['data', '', 2],
    ['data', '/proc/nowhere', 1],
    ['key-file', '/nowhere/group.key', 2],
    ['network', 'a network', 2],
    ['log-level', 'loud', 2],
    ['config', '/nowhere/config.json', 2],
    ['config', 'wrong.json', 2],
    ['bootstrap', 'yes', 2],
    ['nonsense', 'x', 2],
  ])('smalti node --%s=%s', async (name, given, exit) => {
    const value = given === 'wrong.json' ? join(directory, given) : given;
    const peers = name === 'listen' ? { peers: `n1=${given}` } : {};
    const { code, said } = await run('node', { ...right, ...peers, [name]: value });
    const lines = said.trimEnd().split('\n');
    expect(lines).toEqual([expect.stringMatching(/^smalti: (?:BAD_OPTION|STORAGE_ACCESS) /)]);
    expect(said).toContain(name === 'config' && given === 'wrong.json' ? 'timing.heartbeatMs' : `--${name}`);
    if (!['bootstrap', 'nonsense', 'peers'].includes(name)) expect(said).toContain(value);
    expect(code).toBe(exit);
    expect(readdirSync(directory)).not.toContain('data');
  });

  it.each([
    ['nodes', '0'],
    ['nodes', 'three'],
    ['base-port', '65000'],
    ['base-port', 'x'],
    ['data', ''],
    ['log-level', 'loud'],
    ['fresh', 'yes'],
    ['config', 'x'],
  ])('smalti start --%s=%s', async (name, value) => {
    const { code, said } = await run('start', { data: join(directory, 'data'), [name]: value });
    expect(said.trimEnd().split('\n')).toEqual([expect.stringMatching(/^smalti: BAD_OPTION /)]);
    expect(said).toContain(`--${name}`);
    expect(code).toBe(2);
    expect(readdirSync(directory)).not.toContain('data');
  });
});
