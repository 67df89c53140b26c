import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, QUICK } from '../../processes/cluster.ts';
import { freePorts } from '../../processes/ports.ts';
import { runToEnd } from '../../processes/program.ts';
import { treeHash } from '../../processes/tree-hash.ts';
import { until } from '../../processes/until.ts';

/** A group whose nodes are stopped, but for the third. */
let cluster: Cluster;
/** A copy of the directory of n1 as it was when it stopped. */
let data: string;
let log: string;

beforeAll(async () => {
  cluster = await Cluster.start({ timing: QUICK });
  const [first, second] = cluster.nodes;
  await first?.stop();
  await second?.stop();
  data = join(cluster.directory, 'copy');
  log = join(cluster.directory, 'refused.log');
  if (first !== undefined) cpSync(first.place.data, data, { recursive: true });
}, 30_000);

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
});

/** Runs a node on that directory, and gives what it ends with and says. */
async function refusal(id: string, directory: string, more: readonly string[] = []) {
  const [listen, resp, http] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  const places = ['--listen', `${listen}`, '--resp', `${resp}`, '--http', `${http}`];
  const args = ['--peers', `${id}=${listen}`, '--key-file', cluster.keyFile, '--data', directory];
  writeFileSync(log, '');
  const { code, said } = await runToEnd(['node', '--id', id, ...places, ...args, ...more], { log });
  const lines = said.split('\n').filter((line) => line.startsWith('smalti: '));
  return { code, lines };
}

describe('H35: a data directory that is not this node’s', () => {
  it.each([
    ['of another node', 'n2', [], /^smalti: STORAGE_FOREIGN .*belongs to node n1, and this is node n2/],
    [
      'of a group with another network',
      'n1',
      ['--network', 'elsewhere'],
      /^smalti: STORAGE_FOREIGN .*holds the log of another group \(\w+…\) than .*the network elsewhere name \(\w+…\)/,
    ],
  ])('%s: is refused, both are named, and nothing is changed', async (_, id, more, line) => {
    const before = treeHash(data);
    const { code, lines } = await refusal(id, data, more);
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(lines[0]).toContain(data);
    expect(code).toBe(1);
    expect(treeHash(data)).toEqual(before);
  });

  it('of a group with another key: is refused, both are named, and nothing is changed', async () => {
    const key = join(cluster.directory, 'other.key');
    writeFileSync(key, `${'o'.repeat(32)}\n`, { mode: 0o600 });
    const before = treeHash(data);
    const { code, lines } = await refusal('n1', data, ['--key-file', key]);
    expect(lines).toEqual([expect.stringMatching(/STORAGE_FOREIGN .* use the key that the group was born/)]);
    expect(lines[0]).toContain(key);
    expect(code).toBe(1);
    expect(treeHash(data)).toEqual(before);
  });

  it('of another cluster with the same key: its members refuse it, and say so', async () => {
    await using other = await Cluster.start({ timing: QUICK });
    const [first, second] = other.nodes;
    await first?.stop();
    if (first === undefined || second === undefined) throw new Error('there are three');
    first.wipe();
    cpSync(data, first.place.data, { recursive: true });
    const before = treeHash(data);
    first.launch();
    const refused = await until('the stranger is refused', async () =>
      (await second.status()).refusals.find(({ code }) => code === 'WRONG_CLUSTER'),
    );
    expect(refused.detail).toMatch(/n1/);
    const told = await until('the stranger knows', async () =>
      (await first.status()).refusals.find(({ code }) => code === 'WRONG_CLUSTER'),
    );
    expect(told.detail).toContain((await second.status()).cluster?.slice(0, 8) ?? 'a cluster');
    expect(second.said).toMatch(/WRONG_CLUSTER/);
    expect(first.said).toMatch(/WRONG_CLUSTER/);
    expect((await second.status()).online).toBe(true);
    expect((await first.status()).online).toBe(false);
    await first.kill();
    // Its log may go on: it names the members of its own cluster and where they are, and one of them still runs.
    const identity = (tree: Record<string, string>) =>
      Object.entries(tree).filter(([name]) => /identity/.test(name));
    expect(identity(treeHash(first.place.data))).toEqual(identity(before));
  });

  it('in use by another process: is refused, and nothing is changed', async () => {
    const third = cluster.node('n3');
    const before = treeHash(third.place.data);
    const { code, lines } = await refusal('n3', third.place.data);
    expect(lines).toEqual([expect.stringMatching(/^smalti: STORAGE_LOCKED /)]);
    expect(lines[0]).toContain(third.place.data);
    expect(lines[0]).toContain(String(third.pid));
    expect(code).toBe(1);
    expect(treeHash(third.place.data)).toEqual(before);
    expect(third.alive).toBe(true);
  });

  it('a file, or below a file: is refused', async () => {
    const before = readFileSync(cluster.keyFile, 'utf8');
    for (const path of [cluster.keyFile, join(cluster.keyFile, 'data')]) {
      const { code, lines } = await refusal('n1', path);
      expect(lines).toEqual([expect.stringMatching(/^smalti: STORAGE_ACCESS --data .*not a directory/)]);
      expect(code).toBe(1);
    }
    expect(readFileSync(cluster.keyFile, 'utf8')).toBe(before);
  });

  it('of something else: is refused, and nothing is changed', async () => {
    const before = treeHash(cluster.directory);
    const { code, lines } = await refusal('n1', cluster.directory);
    expect(lines).toEqual([expect.stringMatching(/^smalti: STORAGE_FOREIGN /)]);
    expect(code).toBe(1);
    const after = treeHash(cluster.directory);
    delete before['refused.log'];
    delete after['refused.log'];
    expect(after).toEqual(before);
  });

  it('of another version: is refused, both versions are named, and nothing is changed', async () => {
    const identity = join(data, 'identity');
    const right = readFileSync(identity, 'utf8');
    const text = right.replace(/^smalti wal \d+/, 'smalti wal 99').replace(/crc .*\n$/, '');
    writeFileSync(identity, `${text}crc ${crc32(text).toString(16).padStart(8, '0')}\n`);
    const before = treeHash(data);
    const { code, lines } = await refusal('n1', data);
    expect(lines).toEqual([expect.stringMatching(/^smalti: STORAGE_VERSION .*version 99.*\b1\b/)]);
    expect(code).toBe(1);
    expect(treeHash(data)).toEqual(before);
    writeFileSync(identity, right);
  });
});
