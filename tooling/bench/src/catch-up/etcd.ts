import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, freePorts, until } from './child.ts';
import type { Contender } from './contender.ts';

const IN_FLIGHT = 64;

/** What is looked at of etcd's answers. */
interface Status {
  readonly raftAppliedIndex?: string;
  readonly leader?: string;
  readonly header?: { readonly member_id?: string };
}

/** Three etcd of the `etcd` on the path, durable, on loopback, with logs so long that nobody needs a snapshot. */
export async function startEtcd(): Promise<Contender> {
  const directory = mkdtempSync(join(process.env.SMALTI_BENCH_DIR ?? tmpdir(), 'smalti-bench-etcd-'));
  const ports = await freePorts(6);
  const members = [0, 1, 2].map((i) => ({
    name: `e${i + 1}`,
    client: `http://127.0.0.1:${ports[2 * i]}`,
    peer: `http://127.0.0.1:${ports[2 * i + 1]}`,
  }));
  const initial = members.map(({ name, peer }) => `${name}=${peer}`).join(',');
  const children = members.map(({ name, client, peer }) => {
    const places = ['--listen-client-urls', client, '--advertise-client-urls', client];
    const peers = ['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer];
    const cluster = ['--initial-cluster', initial, '--initial-cluster-state', 'new'];
    const log = ['--snapshot-count', '10000000', '--logger', 'zap', '--log-level', 'error'];
    const data = ['--name', name, '--data-dir', join(directory, name)];
    return new Child('etcd', [...data, ...places, ...peers, ...cluster, ...log]);
  });
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const call = (member: number, path: string, body: unknown): Promise<Status> =>
    post(agent, `${members[member]?.client}${path}`, body);
  const statusOf = (member: number): Promise<Status> => call(member, '/v3/maintenance/status', {});
  const appliedBy = async (member: number): Promise<number> =>
    Number((await statusOf(member)).raftAppliedIndex);
  await until('etcd is ready', async () => {
    const all = await Promise.all([0, 1, 2].map(statusOf));
    return all.every(({ leader }) => leader !== undefined && leader !== '0');
  });
  const leads = await Promise.all(
    [0, 1, 2].map(async (i) => {
      const { leader, header } = await statusOf(i);
      return leader === header?.member_id;
    }),
  );
  // Who leads is first, and whoever catches up is not it.
  const [first = 0, , third = 2] = [0, 1, 2].sort((a, b) => Number(leads[b]) - Number(leads[a]));
  let keys = 0;
  return {
    name: 'etcd',
    async fill(count, bytes) {
      const value = Buffer.alloc(bytes, 'x').toString('base64');
      let left = count;
      const work = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          keys += 1;
          const key = Buffer.from(`key-${keys % 10_000}`).toString('base64');
          await call(first, '/v3/kv/put', { key, value });
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    },
    applied: () => appliedBy(third),
    reached: () => appliedBy(first),
    pause: () => children[third]?.pause(),
    resume: () => children[third]?.resume(),
    how: async () => null,
    async close() {
      agent.destroy();
      for (const child of children) await child.kill();
      rmSync(directory, { recursive: true });
    },
  };
}

export function post(agent: Agent, url: string, body: unknown): Promise<Status> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST' }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as Status);
        else reject(new Error(`${response.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
