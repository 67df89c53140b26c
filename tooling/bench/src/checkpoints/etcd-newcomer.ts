import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, freePorts, until } from '../catch-up/child.ts';
import { post } from '../catch-up/etcd.ts';

/** Entries that etcd keeps in its log after a snapshot: fewer than these, and a newcomer gets the log. */
const KEPT_ENTRIES = 5_000;
const SNAPSHOT_EVERY = 1_000;
const OPS_EACH = 100;
const IN_FLIGHT = 64;
const BATCH_BYTES = 256 * 1024;

interface Member {
  readonly name: string;
  readonly client: string;
  readonly peer: string;
}

/**
 * How long the `etcd` on the path takes to bring a new member, whose log it has not any more, to so many keys: from the
 * start of its process, and what that one computes. In milliseconds.
 */
export async function etcdNewcomer(
  keys: number,
  valueBytes: number,
): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  const directory = mkdtempSync(join(process.env.SMALTI_BENCH_DIR ?? tmpdir(), 'smalti-bench-etcd-'));
  const ports = await freePorts(8);
  const [first, second, third, newcomer] = [0, 1, 2, 3].map((i) => ({
    name: `e${i + 1}`,
    client: `http://127.0.0.1:${ports[2 * i]}`,
    peer: `http://127.0.0.1:${ports[2 * i + 1]}`,
  })) as [Member, Member, Member, Member];
  const children: Child[] = [];
  const launch = ({ name, client, peer }: Member, members: readonly Member[], state: string): void => {
    const initial = members.map((each) => `${each.name}=${each.peer}`).join(',');
    children.push(
      new Child('etcd', [
        ...['--name', name, '--data-dir', join(directory, name)],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
        ...['--initial-cluster', initial, '--initial-cluster-state', state],
        ...['--snapshot-count', String(SNAPSHOT_EVERY), '--max-txn-ops', '1000'],
        ...['--quota-backend-bytes', String(8 * 1024 ** 3), '--logger', 'zap', '--log-level', 'error'],
      ]),
    );
  };
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const call = (member: Member, path: string, body: unknown) => post(agent, `${member.client}${path}`, body);
  const applied = async (member: Member): Promise<number> =>
    Number((await call(member, '/v3/maintenance/status', {})).raftAppliedIndex);
  const founders = [first, second, third];
  try {
    for (const member of founders) launch(member, founders, 'new');
    await until('etcd is ready', async () => {
      for (const member of founders) {
        const { leader } = await call(member, '/v3/maintenance/status', {});
        if (leader === undefined || leader === '0') return false;
      }
      return true;
    });
    await fill((path, body) => call(first, path, body), keys, valueBytes);
    // It takes no member until all have been connected for some seconds.
    await until('etcd takes a member', async () => {
      await call(first, '/v3/cluster/member/add', { peerURLs: [newcomer.peer] });
      return true;
    });
    const target = await applied(first);
    const began = performance.now();
    launch(newcomer, [...founders, newcomer], 'existing');
    await until('the new etcd catches up', async () => (await applied(newcomer)) >= target, 5, 300_000);
    const ms = performance.now() - began;
    return { ms, cpuMs: children.at(-1)?.cpuMs ?? Number.NaN };
  } finally {
    agent.destroy();
    for (const child of children) await child.kill();
    rmSync(directory, { recursive: true });
  }
}

async function fill(
  call: (path: string, body: unknown) => Promise<unknown>,
  keys: number,
  valueBytes: number,
): Promise<void> {
  const each = Math.max(1, Math.min(OPS_EACH, Math.floor(BATCH_BYTES / valueBytes)));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < keys) {
      const at = next;
      next += each;
      const ops = Array.from({ length: Math.min(each, keys - at) }, (_, i) => ({
        request_put: {
          key: Buffer.from(`key-${String(at + i).padStart(12, '0')}`).toString('base64'),
          value: Buffer.alloc(valueBytes, `${at + i}-`).toString('base64'),
        },
      }));
      await call('/v3/kv/txn', { success: ops });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  // So many entries that the first ones are gone, whatever the size of the state.
  let left = KEPT_ENTRIES + 3 * SNAPSHOT_EVERY;
  const key = Buffer.from('zz').toString('base64');
  const more = async (): Promise<void> => {
    for (; left > 0; left--) await call('/v3/kv/put', { key, value: key });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, more));
}
