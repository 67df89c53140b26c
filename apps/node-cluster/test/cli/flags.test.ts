import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ClientSettings,
  type NodeSettings,
  runProgram,
  type StartSettings,
} from '../../src/cli/index.ts';

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
    'good.token': `${'t'.repeat(20)}\n`,
    'short.token': 'tttt',
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

beforeEach(() => vi.stubEnv('SMALTI_TOKEN', undefined));
afterEach(() => vi.unstubAllEnvs());

interface Ran {
  readonly code: number;
  readonly error: string;
  readonly node: NodeSettings | null;
  readonly start: StartSettings | null;
  readonly client: ClientSettings | null;
  readonly keys: number;
}

async function run(...args: string[]): Promise<Ran> {
  let error = '';
  let node: NodeSettings | null = null;
  let start: StartSettings | null = null;
  let client: ClientSettings | null = null;
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
      client: async (settings) => {
        client = settings;
        return 0;
      },
      backup: async () => 0,
      verify: async () => 0,
      restore: async () => 0,
    },
    { out: () => {}, error: (text) => (error += text) },
  );
  return { code, error, node, start, client, keys };
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
    ['advertise', '10.0.0.1:0', /others dial it/],
    ['join', '10.0.0.1', /must be HOST:PORT/],
    ['join', '10.0.0.1:9001,', /must be HOST:PORT|must be a text/],
    ['preference', 'eager', /must be one of normal, reluctant, observer/],
    ['policy', 'some', /must be one of autopilot, none/],
    ['max-voters', '4', /must be odd: 4 voters bear no more failures than 3/],
    ['max-voters', '0', /must be a whole number from 1 to 255/],
    ['promote-after', 'soon', /must be a whole number/],
    ['replace-after', '0', /must be a whole number/],
    ['forget-after', '-1', /must be a whole number/],
    ['sync', 'magic', /must be one of auto, replay, snapshot/],
    ['checkpoint-bytes', '100', /must be a whole number from 4096/],
    ['admin-token-file', 'nowhere.token', /cannot be read \(ENOENT\)/],
    ['admin-token-file', 'short.token', /must hold a token of 16 to 1024 .*, and holds one of 4 characters/],
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
    const isFile = ['key-file', 'admin-token-file', 'config'].includes(name) && value !== '';
    const file = isFile ? join(dir, value) : value;
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

  it('joins a group without naming its members, for what it is meant', async () => {
    const joining = ['--join', '10.0.0.1:9001, 10.0.0.2:9001', '--preference', 'observer'];
    const { error, node } = await run(...nodeArgs('peers'), ...joining, '--advertise', '10.0.0.9:9001');
    expect(error).toBe('');
    expect(node).toMatchObject({
      peers: {},
      join: ['10.0.0.1:9001', '10.0.0.2:9001'],
      advertise: '10.0.0.9:9001',
      preference: 'observer',
      policy: 'autopilot',
      autopilot: {},
    });
  });

  it('takes checkpoints, and catches up, as it is told', async () => {
    const { node } = await run(...nodeArgs(), '--sync', 'snapshot', '--checkpoint-bytes=8192');
    expect(node).toMatchObject({ sync: 'snapshot', checkpoints: { everyBytes: 8192 } });
    expect((await run(...nodeArgs())).node).toMatchObject({ sync: 'auto', checkpoints: {} });
  });

  it('founds a group of its own, and keeps it as it is told', async () => {
    const policy = ['--max-voters=3', '--promote-after=10', '--replace-after=20', '--forget-after=30'];
    const { node } = await run(...nodeArgs('peers'), '--bootstrap', ...policy);
    expect(node).toMatchObject({
      peers: {},
      bootstrap: true,
      join: [],
      autopilot: { maxVoters: 3, promoteAfterMs: 10, replaceAfterMs: 20, forgetAfterMs: 30 },
    });
  });

  it.each([
    [['--bootstrap', '--join', '10.0.0.1:9001'], /--join "10.0.0.1:9001": cannot be given with --bootstrap/],
    [
      ['--bootstrap', '--preference', 'observer'],
      /--preference "observer": cannot be given with --bootstrap/,
    ],
    [['--policy', 'none', '--max-voters', '3'], /--policy "none": leaves nothing to --max-voters/],
  ])('refuses %j', async (args, rule) => {
    const { code, error, node } = await run(...nodeArgs(), ...args);
    expect({ code, node }).toEqual({ code: 2, node: null });
    expect(error).toMatch(rule);
  });

  it('takes the token from a file or from the environment, and never shows it', async () => {
    expect((await run(...nodeArgs())).node?.adminToken).toBe(null);
    const { node } = await run(...nodeArgs('admin-token-file', join(dir, 'good.token')));
    expect(node?.adminToken).toBe('t'.repeat(20));
    vi.stubEnv('SMALTI_TOKEN', 'e'.repeat(20));
    expect((await run(...nodeArgs())).node?.adminToken).toBe('e'.repeat(20));
    vi.stubEnv('SMALTI_TOKEN', 'secret');
    const { code, error } = await run(...nodeArgs());
    expect(code).toBe(2);
    expect(error).toMatch(/^smalti: BAD_OPTION SMALTI_TOKEN: must hold a token/);
    expect(error).not.toContain('secret');
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

describe('what an operator asks of a group', () => {
  const incarnation = 'ab'.repeat(16);

  it.each([
    [['status'], { name: 'status' }],
    [['members'], { name: 'members' }],
    [['transfer'], { name: 'transfer', to: null }],
    [['transfer', 'n2'], { name: 'transfer', to: 'n2' }],
    [['skip', '7', '--reason', 'ticket 17'], { name: 'skip', index: 7, reason: 'ticket 17' }],
    [['promote', 'n2'], { name: 'promote', nodes: ['n2'] }],
    [['demote', `n2@${incarnation}`], { name: 'demote', nodes: [`n2@${incarnation}`] }],
    [['remove', 'n4', 'n5'], { name: 'remove', nodes: ['n4', 'n5'] }],
    [['add', 'n4'], { name: 'add', id: 'n4', incarnation: null, address: null, preference: null }],
    [
      ['add', `n4@${incarnation}`, '10.0.0.4:9001', '--preference', 'reluctant'],
      { name: 'add', id: 'n4', incarnation, address: '10.0.0.4:9001', preference: 'reluctant' },
    ],
  ])('takes %j', async (args, command) => {
    const { code, error, client } = await run(...args, '--http', '127.0.0.1:1,127.0.0.1:2', '--json');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const http = ['127.0.0.1:1', '127.0.0.1:2'];
    expect(client).toMatchObject({ command, http, json: true, force: false, timeoutMs: 10_000, token: null });
  });

  it('takes a token from where others cannot see it, or from the command line', async () => {
    const file = join(dir, 'good.token');
    expect((await run('transfer', '--token-file', file)).client?.token).toBe('t'.repeat(20));
    expect((await run('transfer', '--token', 'x')).client?.token).toBe('x');
    vi.stubEnv('SMALTI_TOKEN', 'e'.repeat(20));
    expect((await run('transfer')).client?.token).toBe('e'.repeat(20));
  });

  it.each([
    [['remove'], /missing required argument/],
    [['add'], /missing required argument/],
    [['add', 'n4', 'nowhere'], /ADDRESS "nowhere": must be HOST:PORT/],
    [['add', 'n 4'], /NODE "n 4": must be 1 to 64 characters/],
    [['add', 'n4', '--preference', 'eager'], /--preference "eager": must be one of/],
    [['remove', 'n4@xyz'], /NODE "n4@xyz": must be ID or ID@INCARNATION/],
    [['remove', 'n4,n5'], /NODE "n4,n5": must be 1 to 64 characters/],
    [['members', 'n4'], /too many arguments/],
    [['members', '--http', 'nowhere'], /--http "nowhere": must be HOST:PORT/],
    [['transfer', '--timeout', '0'], /--timeout "0": must be a whole number/],
    [['skip', '7'], /--reason: must say why/],
    [['skip', '7', '--reason', ' '], /--reason " ": must be a text of 1 to 1024 bytes/],
    [['skip', 'x', '--reason', 'y'], /INDEX "x": must be a whole number/],
    [['transfer', '--force'], /unknown option '--force'/],
    [['transfer', '--token', 'x', '--token-file', 'y'], /--token: cannot be given with --token-file/],
    [['transfer', '--token-file', '/nowhere/token'], /--token-file "\/nowhere\/token": cannot be read/],
  ])('refuses %j', async (args, rule) => {
    const { code, error, client } = await run(...args);
    expect({ code, client }).toEqual({ code: 2, client: null });
    expect(error).toMatch(rule);
    expect(error.match(/\n/g)).toHaveLength(1);
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
