/** Many nodes that only read, in one process: with a log in memory, over real sockets. */
import { join as joinPath } from 'node:path';
import { autoSync } from '@smalti/auto-sync';
import { type StateMachine, silentLogger, toNetworkId, toPeerId } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { nodePlatform } from '@smalti/platform-node';
import { createNode } from '@smalti/raft';
import { snapshotSync } from '@smalti/snapshot-sync';
import { memoryStore } from '@smalti/storage-memory';
import { wsTransport } from '@smalti/transport-ws';

/** What the process that starts this one sends. */
export interface ReadersTask {
  readonly readers: number;
  /** Where the members of the group are. */
  readonly join: readonly string[];
  readonly key: string;
}

/** The server's own machine, of the build that the other nodes are processes of. */
const SERVER = joinPath(import.meta.dirname, '../../../../apps/node-cluster/dist/index.js');

process.once('message', (task: ReadersTask) => void run(task));
process.on('disconnect', () => process.exit());

async function run({ readers, join, key }: ReadersTask): Promise<void> {
  const platform = { ...nodePlatform(), logger: silentLogger };
  const { KvMachine } = (await import(SERVER)) as {
    KvMachine: new () => StateMachine<unknown, unknown, unknown>;
  };
  const network = toNetworkId('smalti');
  const all = Array.from({ length: readers }, async (_, i) => {
    const transport = await wsTransport({ ...platform, listen: '127.0.0.1:0' });
    const store = memoryStore({ ...platform, node: toPeerId(`r${i + 1}`) });
    const node = createNode({ network, platform, store, transport });
    const group = await node.join({
      keys: [Buffer.from(key, 'latin1')],
      machine: new KvMachine(),
      sync: [autoSync([logReplay(), snapshotSync()])],
      join,
      preference: 'observer',
    });
    await group.when.online();
  });
  await Promise.all(all);
  process.send?.('online');
}
