import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeSettings, runProgram, type StartSettings } from '../../src/cli/index.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'smalti-flags-'));
  const keys = {
    'good.key': 'k'.repeat(32),
    'two.key': `${'a'.repeat(16)}\r\n\n ${'b'.repeat(16)} \n`,
    'short.key': 'k'.repeat(15),
    'empty.key': '\n\n',
    'many.key': Array.from({ length: 9 }, (_, i) => `${i}`.repeat(16)).join('\n'),
    'twice.key': `${'a'.repeat(16)}\n${'a'.repeat(16)}\n`,
    'long.key': 'x'.repeat(70_000),
    'not-json.json': '{"id": ',
    'array.json': '[]',
    'unknown.json': '{"idd": "n1"}',
    'bad-id.json': '{"id": 1}',
    'proto.json': '{"__proto__": {"id": "n1"}, "constructor": 1}',
    'timing.json': '{"timing": {"heartbeatMs": 0}}',
    'timing-name.json': '{"timing": {"toString": 1}}',
    'timing-order.json': '{"timing": {"electionMinMs": 500, "electionMaxMs": 400}}',
    'timing-ratio.json': '{"timing": {"heartbeatMs": 400}}',
    'timing-type.json': '{"timing": 5}',
    'limits.json': '{"limits": {"maxCommandBytes": 99999999}}',
    'good.json': JSON.stringify({
      id: 'n2',
      peers: { n1: '127.0.0.1:9001', n2: '127.0.0.1:9002' },
      timing: { heartbeatMs: 50, electionMinMs: 300, electionMaxMs: 600 },
      limits: { maxCommandBytes: 2048, maxOutstanding: 5 },
      bootstrap: true,
    }),
  };
  for (const [name, content] of Object.entries(keys)) writeFileSync(join(dir, name), content);
});

afterAll(() => rmSync(dir, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly error: string;
  readonly node: NodeSettings | null;
  readonly start: StartSettings | null;
  readonly keys: number;
}

async function run(...args: string[]): Promise<Ran> {
  let error = '';
  let node: NodeSettings | null = null;
  let start: StartSettings | null = null;
  let keys = 0;
  const code = await runProgram(
    args,
    {
      node: async (settings, found) => {
        node = settings;
        keys = found.keys.length;
        return 0;
      },
      start: async (settings) => {
        start = settings;
        return 0;
      },
    },
    { out: () => {}, error: (text) => (error += text) },
  );
  return { code, error, node, start, keys };
}

/** Right flags of a node, with one of them changed or (undefined) left out. */
function nodeArgs(name?: string, value?: string): string[] {
  const flags: Record<string, string | undefined> = {
    id: 'n1',
    listen: '127.0.0.1:9001',
    peers: 'n1=127.0.0.1:9001,n2=127.0.0.1:9002',
    resp: '127.0.0.1:7001',
    http: '127.0.0.1:8001',
    data: join(dir, 'data'),
    'key-file': join(dir, 'good.key'),
  };
  if (name !== undefined) flags[name] = value;
  return [
    'node',
    ...Object.entries(flags).flatMap(([flag, given]) => (given === undefined ? [] : [`--${flag}=${given}`])),
  ];
}

describe('smalti node', () => {
  it('takes right flags', async () => {
    const { code, node, error } = await run(...nodeArgs(), '--bootstrap');
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(node).toMatchObject({
      id: 'n1',
      network: 'smalti',
      cluster: null,
      group: null,
      listen: '127.0.0.1:9001',
      peers: { n1: '127.0.0.1:9001', n2: '127.0.0.1:9002' },
      bootstrap: true,
      logLevel: 'info',
    });
  });

  it.each(['id', 'listen', 'peers', 'resp', 'http', 'data', 'key-file'])('misses --%s', async (name) => {
    const { code, error, node } = await run(...nodeArgs(name));
    expect({ code, node }).toEqual({ code: 2, node: null });
    expect(error).toMatch(new RegExp(`^smalti: BAD_OPTION --${name}: is missing: [^\\n]+\\n$`));
  });

  it.each([
    ['id', '', /must be a text/],
    ['id', 'a b', /must be 1 to 64 characters/],
    ['id', 'x'.repeat(65), /must be 1 to 64 characters/],
    ['id', 'n3', /does not name this node, n3/],
    ['listen', 'localhost', /must be HOST:PORT/],
    ['listen', '127.0.0.1:70000', /at most 65535/],
    ['listen', '127.0.0.1:0', /others dial it/],
    ['peers', '', /must be a text|must be ID=HOST:PORT/],
    ['peers', 'n1', /must be ID=HOST:PORT/],
    ['peers', 'n1=127.0.0.1:9001,', /must be ID=HOST:PORT/],
    ['peers', 'n1=127.0.0.1', /the address of n1 must be HOST:PORT/],
    ['peers', 'n1=127.0.0.1:9001,n1=127.0.0.1:9002', /names n1 twice/],
    ['peers', 'n1=127.0.0.1:9001,n2=127.0.0.1:9001', /gives n1 and n2 the same address/],
    ['peers', 'n2=127.0.0.1:9002', /does not name this node, n1/],
    ['peers', 'n 1=127.0.0.1:9002', /the id "n 1" must be 1 to 64/],
    ['resp', ':7001', /must be HOST:PORT/],
    ['resp', '127.0.0.1:9001', /is the address of --listen too/],
    ['http', '127.0.0.1:x', /must be HOST:PORT/],
    ['http', '127.0.0.1:7001', /is the address of --resp too/],
    ['data', '', /must be a text/],
    ['key-file', 'nowhere.key', /cannot be read \(ENOENT\); make one with/],
    ['key-file', '.', /is not a file/],
    ['key-file', 'short.key', /the key in line 1 must have 16 to 1024 bytes, and has 15/],
    ['key-file', 'empty.key', /holds no key/],
    ['key-file', 'many.key', /holds more than 8 keys/],
    ['key-file', 'twice.key', /holds a key twice/],
    ['key-file', 'long.key', /is longer than 64 KiB/],
    ['network', 'a/b', /must be 1 to 64 characters/],
    ['cluster', 'abc', /must be 32 hex digits/],
    ['group', 'abc', /must be 64 hex digits/],
    ['log-level', 'loud', /must be one of debug, info, warn, error, silent/],
    ['config', '', /must be a text/],
    ['config', 'nowhere.json', /cannot be read \(ENOENT\)/],
    ['config', 'not-json.json', /is not JSON/],
    ['config', 'array.json', /must be a JSON object/],
  ])('refuses --%s %j', async (name, value, rule) => {
    const file = (name === 'key-file' || name === 'config') && value !== '' ? join(dir, value) : value;
    const { code, error, node } = await run(...nodeArgs(name, file));
    expect({ code, node }).toEqual({ code: 2, node: null });
    const flag = name === 'id' && value === 'n3' ? 'peers' : name;
    expect(error.startsWith(`smalti: BAD_OPTION --${flag} "`)).toBe(true);
    expect(error).toMatch(rule);
    expect(error.match(/\n/g)).toHaveLength(1);
  });

  it.each([
    [
      'unknown.json',
      undefined,
      /"idd" in .*unknown.json: is not known; known are id, network, cluster, group/,
    ],
    ['proto.json', undefined, /"__proto__" in .*: is not known/],
    ['bad-id.json', 'id', /"id" in .*bad-id.json 1: must be a text/],
    ['timing.json', undefined, /"timing.heartbeatMs" in .* 0: must be a whole number from 1/],
    ['timing-name.json', undefined, /"timing.toString" in .*: is not known/],
    ['timing-order.json', undefined, /"timing.electionMaxMs" in .* 400: must be more than electionMinMs/],
    ['timing-ratio.json', undefined, /must be at least three times heartbeatMs/],
    ['timing-type.json', undefined, /"timing" in .* 5: must be an object/],
    ['limits.json', undefined, /"limits.maxCommandBytes" in .* 99999999: must be a whole number/],
  ])('names what is wrong in %s', async (file, without, rule) => {
    const { code, error, node } = await run(...nodeArgs(without), '--config', join(dir, file));
    expect({ code, node }).toEqual({ code: 2, node: null });
    expect(error).toMatch(rule);
  });

  it('takes a file with the same names, and flags win over it', async () => {
    const { error, node } = await run(...nodeArgs('peers'), '--config', join(dir, 'good.json'));
    expect(error).toBe('');
    expect(node).toMatchObject({
      id: 'n1',
      peers: { n1: '127.0.0.1:9001', n2: '127.0.0.1:9002' },
      bootstrap: true,
      timing: { heartbeatMs: 50, electionMinMs: 300, electionMaxMs: 600 },
      limits: { maxCommandBytes: 2048 },
      servers: { maxOutstanding: 5 },
    });
    expect(node?.limits).not.toHaveProperty('maxOutstanding');
  });

  it('takes several keys from a file, whatever ends its lines', async () => {
    expect(await run(...nodeArgs('key-file', join(dir, 'two.key')))).toMatchObject({ code: 0, keys: 2 });
  });

  it('never shows a key', async () => {
    const { error } = await run(...nodeArgs('key-file', join(dir, 'short.key')));
    expect(error).not.toContain('kkkk');
  });
});

describe('smalti start', () => {
  it('has defaults', async () => {
    const { start } = await run('start');
    expect(start).toMatchObject({ nodes: null, basePort: 7_000, fresh: false, logLevel: 'info' });
    expect(start?.data).toMatch(/\/\.smalti$/);
  });

  it.each([
    ['--nodes', '0', /whole number from 1 to 25/],
    ['--nodes', '26', /whole number from 1 to 25/],
    ['--nodes', 'three', /whole number/],
    ['--nodes', '1.5', /whole number/],
    ['--base-port', '0', /whole number from 1 to 63510/],
    ['--base-port', '63511', /whole number from 1 to 63510/],
    ['--base-port', '-1', /whole number/],
    ['--data', '', /must be a text/],
    ['--log-level', 'x', /must be one of/],
  ])('refuses %s %j', async (flag, value, rule) => {
    const { code, error, start } = await run('start', `${flag}=${value}`);
    expect({ code, start }).toEqual({ code: 2, start: null });
    expect(error.startsWith(`smalti: BAD_OPTION ${flag} "${value}": `)).toBe(true);
    expect(error).toMatch(rule);
  });
});

describe('smalti', () => {
  it.each([
    [['node', '--nope'], /unknown option '--nope'/],
    [['node', '--lissten', 'x'], /Did you mean --listen\?/],
    [['start', '--nodes'], /argument missing/],
    [['stat'], /unknown command 'stat'/],
    [['start', 'extra'], /too many arguments/],
  ])('refuses %j', async (args, rule) => {
    const { code, error } = await run(...args);
    expect(code).toBe(2);
    expect(error).toMatch(/^smalti: BAD_OPTION /);
    expect(error).toMatch(rule);
    expect(error.match(/\n/g)).toHaveLength(1);
  });

  it('tells how it is used, and its version', async () => {
    expect((await run('--help')).code).toBe(0);
    expect((await run('node', '--help')).code).toBe(0);
    expect((await run('--version')).code).toBe(0);
    expect((await run()).code).toBe(2);
  });
});
