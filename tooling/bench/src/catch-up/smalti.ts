import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, freePorts, until } from './child.ts';
import type { Contender } from './contender.ts';
import { RedisSocket } from './redis-socket.ts';

const MAIN = join(import.meta.dirname, '../../../../apps/node-cluster/dist/main.js');
const CLIENTS = 4;
const DEPTH = 256;

/** What else a load needs to know. */
export interface SmaltiContender extends Contender {
  /** Where the leader listens for Redis clients. */
  readonly leaderPort: number;
}

/** Three nodes of the reference cluster, durable, on loopback. With one provider the second node is down meanwhile. */
export async function startSmalti(providers: 1 | 2, limits: object = {}): Promise<SmaltiContender> {
  const directory = mkdtempSync(join(process.env.SMALTI_BENCH_DIR ?? tmpdir(), 'smalti-bench-'));
  const keyFile = join(directory, 'group.key');
  writeFileSync(keyFile, 'k'.repeat(32), { mode: 0o600 });
  const config = join(directory, 'config.json');
  writeFileSync(config, JSON.stringify({ limits }));
  const ports = await freePorts(9);
  const nodes = [0, 1, 2].map((i) => {
    const [resp = 0, http = 0, listen = 0] = ports.slice(3 * i, 3 * i + 3);
    return { id: `n${i + 1}`, resp, http, listen };
  });
  const peers = nodes.map(({ id, listen }) => `${id}=127.0.0.1:${listen}`).join(',');
  const launch = (i: number): Child => {
    const { id, resp, http, listen } = nodes[i] ?? { id: '', resp: 0, http: 0, listen: 0 };
    const places = ['--resp', resp, '--http', http, '--listen', listen].map((place) =>
      typeof place === 'number' ? `127.0.0.1:${place}` : place,
    );
    const more = ['--peers', peers, '--key-file', keyFile, '--config', config, '--data', join(directory, id)];
    const args = [MAIN, 'node', '--id', id, ...places, ...more, ...(i === 0 ? ['--bootstrap'] : [])];
    return new Child(process.execPath, args);
  };
  const children = nodes.map((_, i) => launch(i));
  const get = async (i: number, path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${nodes[i]?.http}${path}`);
  for (const i of [0, 1, 2]) await until('ready', async () => (await get(i, '/readyz')).status === 200);
  const sockets: RedisSocket[] = [];
  const socketTo = async (i: number): Promise<RedisSocket> => {
    const socket = await RedisSocket.connect(nodes[i]?.resp ?? 0);
    sockets.push(socket);
    return socket;
  };
  // Who leads is first, and whoever catches up is not it.
  const scout = await socketTo(0);
  const leader = /^smalti_leader:n(\d)/m.exec(await scout.info('replication'))?.[1];
  const order = [0, 1, 2].sort((a, b) => Number(`${b + 1}` === leader) - Number(`${a + 1}` === leader));
  const [first = 0, second = 1, third = 2] = order;
  const watch = async (i: number): Promise<() => Promise<number>> => {
    const socket = await socketTo(i);
    return async () => Number(/^smalti_applied:(\d+)/m.exec(await socket.info('replication'))?.[1]);
  };
  const [reached, applied] = [await watch(first), await watch(third)];
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => socketTo(first)));
  let keys = 0;
  return {
    leaderPort: nodes[first]?.resp ?? 0,
    name: `smalti, ${providers} provider${providers === 1 ? '' : 's'}`,
    async fill(count, bytes) {
      const value = 'x'.repeat(bytes);
      let left = count;
      const work = async (client: RedisSocket): Promise<void> => {
        while (left > 0) {
          const some = Math.min(left, DEPTH);
          left -= some;
          const names = Array.from({ length: some }, () => {
            keys += 1;
            return `key-${keys % 10_000}`;
          });
          await client.setAll(names, value);
        }
      };
      await Promise.all(clients.map(work));
    },
    applied,
    reached,
    pause: () => children[third]?.pause(),
    resume: () => {
      if (providers === 1) children[second]?.pause();
      children[third]?.resume();
    },
    how: async () => JSON.stringify(((await (await get(third, '/status')).json()) as { sync: unknown }).sync),
    async close() {
      for (const socket of sockets) socket.close();
      for (const child of children) await child.kill();
      rmSync(directory, { recursive: true });
    },
  };
}
