import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partsOf, writeArchive } from '@smalti/backup';
import {
  decodeGenesis,
  type GroupLog,
  ORIGIN,
  payloadOf,
  SessionTableReader,
  type SnapshotItem,
  silentLogger,
  toGroupId,
  toNetworkId,
  toPeerId,
  verifyCheckpoint,
  type Walk,
  walkTree,
} from '@smalti/core';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { openChunks } from '@smalti/storage-chunks';
import { openWal } from '@smalti/storage-wal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runRestore } from '../../src/backup/index.ts';
import type { NodeSettings, RestoreSettings } from '../../src/cli/index.ts';
import { KvMachine } from '../../src/machine/index.ts';
import { CHECKPOINTS, groupsOf, KvNode } from '../../src/node/index.ts';
import { called, machineOf, OLD_CLUSTER, TestCheckpoints } from '../support/checkpoints.ts';

const KEYS = { keys: [Buffer.from('the key of the new group')], exposed: false };
const platform = nodePlatform();
let dir: string;
let settings: RestoreSettings;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'smalti-restore-'));
  settings = {
    file: join(dir, 'a.backup'),
    data: join(dir, 'new'),
    id: 'n7',
    address: '127.0.0.1:9007',
    network: 'smalti',
    keyFile: 'unused',
    json: true,
  };
  const old = new TestCheckpoints();
  const manifest = await old.keep(machineOf(400), 42);
  const pieces: Uint8Array[] = [];
  for await (const piece of writeArchive({ manifest, parts: partsOf(old.store), hasher: old.hasher }))
    pieces.push(piece);
  writeFileSync(settings.file, Buffer.concat(pieces));
});

afterEach(() => rmSync(dir, { recursive: true }));

async function restore(changes: Partial<RestoreSettings> = {}) {
  let out = '';
  const code = await runRestore({ ...settings, ...changes }, KEYS, {
    out: (text) => (out += text),
    error: () => {},
  });
  return { code, out };
}

/** Looks into a directory as a node would. */
async function look() {
  const [group] = groupsOf(toNetworkId(settings.network), KEYS.keys, platform.hasher);
  const wal = await openWal({ ...platform, disk: await openDisk(settings.data), node: toPeerId('n7') });
  const log = await called<GroupLog>((done) => wal.openGroup(group ?? toGroupId(''), done));
  const disk = await openDisk(join(settings.data, CHECKPOINTS));
  const owner = { node: toPeerId('n7'), incarnation: wal.identity.incarnation, group: log.group };
  const store = await openChunks({ ...platform, disk, owner });
  const [manifest] = store.manifests();
  if (manifest === undefined) throw new Error('there is a checkpoint');
  const drive = async <T>(walk: Walk<T>): Promise<{ result: T; items: SnapshotItem[] }> => {
    const items: SnapshotItem[] = [];
    let step = walk.next();
    while (step.done !== true) {
      if ('items' in step.value) items.push(...step.value.items);
      step = walk.next('get' in step.value ? await partsOf(store).get(step.value.get) : undefined);
    }
    return { result: step.value, items };
  };
  const { result: root } = await drive(verifyCheckpoint(manifest.root, platform.hasher));
  const itemsOf = async (name: string): Promise<SnapshotItem[]> => {
    const section = root.sections.find((each) => each.name === name);
    if (section === undefined) throw new Error(`there is a section ${name}`);
    return (await drive(walkTree(section, root.format, platform.hasher))).items;
  };
  const found = {
    manifest,
    root,
    birth: await itemsOf('birth'),
    machine: await itemsOf('machine'),
    sessions: await itemsOf('sessions'),
    base: log.base,
    last: log.last,
    hardState: log.hardState,
    configurations: [...log.configurations],
    groups: [...wal.groups],
    identity: wal.identity,
  };
  await called((done) => store.close(done));
  await called((done) => log.close(done));
  await called((done) => wal.close(done));
  return found;
}

describe('smalti restore', () => {
  it('makes the only member of a new cluster, with the whole state', async () => {
    const { code, out } = await restore();
    expect(code).toBe(0);
    const facts = JSON.parse(out);
    const found = await look();
    expect(facts).toMatchObject({ index: 42, id: 'n7', address: '127.0.0.1:9007', group: found.groups[0] });
    expect(facts.cluster).not.toBe(OLD_CLUSTER);
    expect(facts.incarnation).toBe(found.identity.incarnation);

    const anchor = { index: 42, term: 1 };
    expect(found.manifest).toMatchObject({ anchor, agreed: true });
    expect(found.root).toMatchObject({
      cluster: facts.cluster,
      group: facts.group,
      anchor,
      time: 1_700_000_000_000,
    });
    expect([found.base, found.last]).toEqual([anchor, anchor]);
    expect(found.hardState).toEqual({ term: 1, vote: null, commit: 42, doubt: false });

    const [birth] = found.configurations;
    if (birth === undefined) throw new Error('there is a birth');
    expect([birth.index, birth.stamp]).toEqual([1, 1_700_000_000_000]);
    expect(decodeGenesis(payloadOf(birth))).toEqual({
      cluster: facts.cluster,
      group: facts.group,
      configuration: {
        voters: [
          { id: 'n7', incarnation: facts.incarnation, address: '127.0.0.1:9007', preference: 'normal' },
        ],
        outgoing: [],
        learners: [],
      },
      machineVersion: 1,
    });
    expect(Buffer.from(found.root.configuration)).toEqual(Buffer.from(birth.frame));
    expect(found.birth.map(({ value }) => Buffer.from(value))).toEqual([Buffer.from(birth.frame)]);

    const machine = new KvMachine();
    const snapshot = machine.emptySnapshot(found.root.machine.version);
    snapshot.append(found.machine);
    machine.installSnapshot(snapshot);
    expect(machine.size).toBe(400);
    expect(machine.query({ op: 'get', key: 'key 7' })).toEqual({ kind: 'value', value: '7 '.repeat(20) });

    const reader = new SessionTableReader();
    reader.add(found.sessions);
    const sessions = reader.finish();
    expect(sessions.size).toBe(0);
    expect(sessions.head.floor).toBe(42);
  });

  it('makes another cluster each time', async () => {
    const [first, second] = [await restore(), await restore({ data: join(dir, 'other') })];
    expect(JSON.parse(first.out).cluster).not.toBe(JSON.parse(second.out).cluster);
    expect(JSON.parse(first.out).group).toBe(JSON.parse(second.out).group);
  });

  it('tells people how to go on', async () => {
    const { out } = await restore({ json: false });
    expect(out).toContain(`smalti node --bootstrap --id n7 --listen 127.0.0.1:9007 --data ${settings.data}`);
  });

  it('takes an empty directory, for its owner alone', async () => {
    mkdirSync(settings.data, { mode: 0o700 });
    await restore();
    expect(readdirSync(settings.data)).not.toContain('restore-unfinished');
    expect(statSync(settings.data).mode & 0o077).toBe(0);
  });

  it('never writes over other data', async () => {
    mkdirSync(settings.data);
    writeFileSync(join(settings.data, 'mine'), 'x');
    await expect(restore()).rejects.toMatchObject({
      code: 'STORAGE_FOREIGN',
      message: /is not empty, it has mine/,
    });
    expect(readdirSync(settings.data)).toEqual(['mine']);
    rmSync(settings.data, { recursive: true });
    await restore();
    await expect(restore()).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
  });

  it('touches nothing if the backup is damaged, or is none', async () => {
    const bytes = readFileSync(settings.file);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] as number) ^ 1;
    writeFileSync(settings.file, bytes);
    await expect(restore()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(existsSync(settings.data)).toBe(false);
    await expect(restore({ file: join(dir, 'nowhere') })).rejects.toMatchObject({ code: 'STORAGE_ACCESS' });
    expect(existsSync(settings.data)).toBe(false);
  });
});

describe('a restore that was not finished', () => {
  async function start(): Promise<void> {
    const nodeSettings: NodeSettings = {
      id: 'n7',
      network: 'smalti',
      cluster: null,
      group: null,
      listen: '127.0.0.1:1',
      advertise: null,
      peers: {},
      bootstrap: true,
      join: [],
      preference: 'normal',
      policy: 'none',
      autopilot: {},
      resp: '127.0.0.1:0',
      http: '127.0.0.1:0',
      data: settings.data,
      keyFile: 'unused',
      adminToken: null,
      logLevel: 'silent',
      checkpoints: {},
      sync: 'auto',
      timing: {},
      limits: {},
      servers: {},
    };
    const node = await KvNode.start(nodeSettings, KEYS.keys, silentLogger, { online: () => {} });
    await node.close();
  }

  it('is refused by a node, and begins anew', async () => {
    mkdirSync(join(settings.data, 'restore-unfinished'), { recursive: true });
    writeFileSync(join(settings.data, 'restore-unfinished', 'identity'), 'half of one');
    mkdirSync(join(settings.data, CHECKPOINTS));
    writeFileSync(join(settings.data, CHECKPOINTS, 'pack-1'), 'half of one');
    const before = readdirSync(settings.data, { recursive: true });
    await expect(start()).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      message: /run the same smalti restore again/,
    });
    expect(readdirSync(settings.data, { recursive: true })).toEqual(before);
    expect((await restore()).code).toBe(0);
    expect((await look()).base).not.toEqual(ORIGIN);
  });

  it('is so until the very end', async () => {
    await restore();
    const complete = readdirSync(settings.data).toSorted();
    // What is there right before the last name is in its place.
    const staging = join(settings.data, 'restore-unfinished');
    mkdirSync(staging);
    renameSync(join(settings.data, 'identity'), join(staging, 'identity'));
    await expect(start()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await restore();
    expect(readdirSync(settings.data).toSorted()).toEqual(complete);
    expect((await look()).hardState.commit).toBe(42);
  });
});
