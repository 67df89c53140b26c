import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StartSettings } from '../../src/cli/index.ts';
import { removeMade } from '../../src/start/fresh.ts';
import { layoutOf } from '../../src/start/layout.ts';
import { readMarker, writeMarker } from '../../src/start/marker.ts';
import { nodeCommand, showCommand } from '../../src/start/node-command.ts';
import { checkPorts } from '../../src/start/ports.ts';
import { type Prepared, prepare as prepareOnly } from '../../src/start/prepare.ts';
import { freePort } from '../support/free-port.ts';

let dir: string;
let data: string;
const prepared: Prepared[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'smalti-start-'));
  data = join(dir, 'data');
});

afterEach(async () => {
  for (const each of prepared.splice(0)) await each.release();
  rmSync(dir, { recursive: true, force: true });
});

async function prepare(settings: StartSettings): Promise<Prepared> {
  const each = await prepareOnly(settings);
  prepared.push(each);
  return each;
}

async function settingsOf(changes: Partial<StartSettings> = {}): Promise<StartSettings> {
  // Ports of this range are not given to others by the system, so that they stay free.
  const basePort = 21_000 + ((await freePort()) % 5_000);
  return { nodes: 3, basePort, data, fresh: false, logLevel: 'info', ...changes };
}

/** A group as `start` leaves it. */
function madeGroup(nodes = 3): void {
  mkdirSync(data);
  writeFileSync(
    join(data, 'cluster.json'),
    JSON.stringify({ madeBy: 'smalti start', format: 1, version: '0', nodes }),
  );
  writeFileSync(join(data, 'group.key'), 'a key');
  writeFileSync(join(data, 'admin.token'), 'a token');
  for (let i = 1; i <= nodes; i++) {
    mkdirSync(join(data, `n${i}`));
    for (const name of ['identity', 'hard-state', 'lock', 'wal-0000000001.log']) {
      writeFileSync(join(data, `n${i}`, name), 'x');
    }
    writeFileSync(join(data, `n${i}.log`), 'x');
  }
}

describe('the preparation of a start', () => {
  it('makes a marker, a key and a token for its owner alone', async () => {
    const { layout, made } = await prepare(await settingsOf());
    expect(made).toBe(true);
    expect(JSON.parse(readFileSync(layout.marker, 'utf8'))).toMatchObject({
      madeBy: 'smalti start',
      nodes: 3,
    });
    expect(readFileSync(layout.keyFile, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(layout.keyFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(layout.tokenFile, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(layout.tokenFile).mode & 0o777).toBe(0o600);
  });

  it('goes on with what is there, with as many nodes', async () => {
    madeGroup(5);
    const { layout, made } = await prepare(await settingsOf({ nodes: null }));
    expect(made).toBe(false);
    expect(layout.nodes).toHaveLength(5);
    expect(readFileSync(layout.keyFile, 'utf8')).toBe('a key');
  });

  it('does not share a directory with another start', async () => {
    await prepare(await settingsOf());
    await expect(prepare(await settingsOf())).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    await expect(prepare(await settingsOf({ fresh: true }))).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
    });
  });

  it('refuses another number of nodes', async () => {
    madeGroup(3);
    await expect(prepare(await settingsOf({ nodes: 5 }))).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/^--nodes 5: .* holds a group of 3; start it with --nodes 3/),
    });
  });

  it('refuses to go on without the key', async () => {
    madeGroup();
    rmSync(join(data, 'group.key'));
    await expect(prepare(await settingsOf())).rejects.toMatchObject({
      code: 'STORAGE_FOREIGN',
      message: expect.stringMatching(/group.key is missing, and there is data of n1/),
    });
  });

  it('names the port that is in use, before anything is touched', async () => {
    const settings = await settingsOf();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(settings.basePort + 1_002, '127.0.0.1', resolve));
    await expect(prepare(settings)).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      message: `--base-port ${settings.basePort}: port ${settings.basePort + 1_002}, for HTTP of n2, is in use; stop what is there, or choose another base`,
    });
    expect(existsSync(data)).toBe(false);
    madeGroup();
    await expect(prepare({ ...settings, fresh: true })).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
    expect(readdirSync(join(data, 'n1'))).toHaveLength(4);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await checkPorts(layoutOf(data, 3, settings.basePort), settings.basePort);
  });

  it.each([false, true])('H35: never takes a directory that is not its own (fresh: %s)', async (fresh) => {
    mkdirSync(data);
    writeFileSync(join(data, 'precious.txt'), 'precious');
    const refused = {
      code: 'STORAGE_FOREIGN',
      message: expect.stringMatching(/not made by smalti start: it holds precious.txt and no cluster.json/),
    };
    await expect(prepare(await settingsOf({ fresh }))).rejects.toMatchObject(refused);
    writeFileSync(join(data, 'cluster.json'), '{"name": "something else"}');
    await expect(prepare(await settingsOf({ fresh }))).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    writeFileSync(join(data, 'cluster.json'), 'not JSON');
    await expect(prepare(await settingsOf({ fresh }))).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    expect(readdirSync(data)).toEqual(['cluster.json', 'precious.txt']);
  });

  it('refuses what another version made', async () => {
    mkdirSync(data);
    writeFileSync(
      join(data, 'cluster.json'),
      '{"madeBy": "smalti start", "format": 2, "version": "9.0.0", "nodes": 3}',
    );
    await expect(prepare(await settingsOf())).rejects.toMatchObject({
      code: 'STORAGE_VERSION',
      message: expect.stringMatching(/made by smalti 9.0.0 in format 2/),
    });
  });

  it('refuses what is not a directory', async () => {
    writeFileSync(data, '');
    await expect(prepare(await settingsOf())).rejects.toMatchObject({
      code: 'STORAGE_ACCESS',
      message: `--data ${data}: is not a directory; name another`,
    });
  });

  it.skipIf(process.getuid?.() === 0)('refuses a directory that it may not read', async () => {
    mkdirSync(data);
    chmodSync(data, 0);
    await expect(prepare(await settingsOf())).rejects.toMatchObject({ code: 'STORAGE_ACCESS' });
    chmodSync(data, 0o700);
  });
});

describe('--fresh', () => {
  it('removes what start made, and begins anew', async () => {
    madeGroup(3);
    const { made, kept, layout } = await prepare(await settingsOf({ fresh: true, nodes: 1 }));
    expect({ made, kept }).toEqual({ made: true, kept: [] });
    expect(readdirSync(data).sort()).toEqual(['admin.token', 'cluster.json', 'group.key', 'start.lock']);
    expect(readFileSync(layout.keyFile, 'utf8')).not.toBe('a key');
    expect(readFileSync(layout.tokenFile, 'utf8')).not.toBe('a token');
  });

  it('removes checkpoints, and nothing else that is among them', async () => {
    madeGroup(3);
    for (const id of ['n1', 'n2']) {
      const folder = join(data, id, 'checkpoints');
      mkdirSync(folder);
      for (const name of ['identity', 'lock', 'manifest-0000000000000042', 'pack-0000000001']) {
        writeFileSync(join(folder, name), 'a part');
      }
    }
    writeFileSync(join(data, 'n2', 'checkpoints', 'notes.txt'), 'precious');
    expect(await removeMade(data, { nodes: 3, cluster: null })).toEqual(['n2/checkpoints/notes.txt']);
    expect(readdirSync(data)).toEqual(['n2']);
    expect(readdirSync(join(data, 'n2'))).toEqual(['checkpoints']);
    expect(readdirSync(join(data, 'n2', 'checkpoints'))).toEqual(['notes.txt']);
  });

  it('leaves what others put there, and follows no link', async () => {
    madeGroup(3);
    const elsewhere = join(dir, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'identity'), 'precious');
    rmSync(join(data, 'n2'), { recursive: true });
    symlinkSync(elsewhere, join(data, 'n2'));
    writeFileSync(join(data, 'notes.txt'), 'precious');
    writeFileSync(join(data, 'n1', 'notes.txt'), 'precious');
    mkdirSync(join(data, 'n3', 'wal-0000000002.log'));
    expect(await removeMade(data, { nodes: 3, cluster: null })).toEqual([
      'n1/notes.txt',
      'n2',
      'n3/wal-0000000002.log',
    ]);
    expect(readdirSync(data).sort()).toEqual(['n1', 'n2', 'n3', 'notes.txt']);
    expect(readdirSync(elsewhere)).toEqual(['identity']);
  });

  it('can be done again after it was interrupted', async () => {
    madeGroup(3);
    rmSync(join(data, 'n1'), { recursive: true });
    rmSync(join(data, 'group.key'));
    expect(await removeMade(data, { nodes: 3, cluster: null })).toEqual([]);
    expect(readdirSync(data)).toEqual([]);
  });
});

describe('the command of a node', () => {
  it('has the ports that were promised, and the first one founds the group', () => {
    const layout = layoutOf('/data of mine', 3, 7_000);
    const [first, second] = layout.nodes;
    if (first === undefined || second === undefined) throw new Error('there are three');
    expect(first).toMatchObject({ resp: '127.0.0.1:7001', http: '127.0.0.1:8001', listen: '127.0.0.1:9001' });
    const command = nodeCommand(['node', 'main.js'], layout, first, { logLevel: 'warn' }, null);
    expect(command.at(-1)).toBe('--bootstrap');
    expect(showCommand(command)).toContain("--data '/data of mine/n1' --key-file '/data of mine/group.key'");
    expect(nodeCommand(['node', 'main.js'], layout, second, { logLevel: 'warn' }, null)).not.toContain(
      '--bootstrap',
    );
  });

  it('names the cluster once it is known, and founds none then', () => {
    const layout = layoutOf(data, 3, 7_000);
    const cluster = 'c'.repeat(32);
    for (const place of layout.nodes) {
      const command = nodeCommand(['node', 'main.js'], layout, place, { logLevel: 'warn' }, cluster);
      expect(command.slice(-2)).toEqual(['--cluster', cluster]);
      expect(command).not.toContain('--bootstrap');
    }
  });

  it('is remembered in the marker', async () => {
    madeGroup(3);
    await writeMarker(data, { nodes: 3, cluster: 'c'.repeat(32) });
    expect((await prepare(await settingsOf())).cluster).toBe('c'.repeat(32));
    await expect(
      writeMarker(data, { nodes: 3, cluster: 'x' }).then(() => readMarker(data)),
    ).rejects.toMatchObject({
      code: 'STORAGE_FOREIGN',
    });
  });
});
