import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogStore, type Transport, toNetworkId, toPeerId } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { createNode, type Group, type SmaltiNode } from '@smalti/raft';
import { memoryStore } from '@smalti/storage-memory';
import { openWal } from '@smalti/storage-wal';
import { memoryHub } from '@smalti/transport-memory';
import { wsTransport } from '@smalti/transport-ws';
import { registerMachine } from './register.ts';

export interface BenchCluster {
  readonly leader: Group<Uint8Array, void, number>;
  readonly follower: Group<Uint8Array, void, number>;
  close(): Promise<void>;
}

/** Three nodes in this process, on the real disk and loopback or in memory. */
export async function startCluster(
  storage: 'wal' | 'memory',
  carrier: 'ws' | 'memory',
): Promise<BenchCluster> {
  const directory = mkdtempSync(join(process.env.SMALTI_BENCH_DIR ?? tmpdir(), 'smalti-bench-'));
  const platform = nodePlatform();
  const hub = memoryHub(platform);
  const ids = ['n1', 'n2', 'n3'];
  const transports = new Map<string, Transport>();
  for (const id of ids) {
    transports.set(
      id,
      carrier === 'ws' ? await wsTransport({ ...platform, listen: '127.0.0.1:0' }) : hub.transport(id),
    );
  }
  const peers = Object.fromEntries([...transports].map(([id, transport]) => [id, transport.address]));
  const nodes: SmaltiNode[] = [];
  const groups: Group<Uint8Array, void, number>[] = [];
  for (const [id, transport] of transports) {
    const node = toPeerId(id);
    const store: LogStore =
      storage === 'wal'
        ? await openWal({ ...platform, node, disk: await openDisk(join(directory, id)) })
        : memoryStore({ ...platform, node });
    const made = createNode({ network: toNetworkId('bench'), platform, store, transport });
    nodes.push(made);
    const keys = [new Uint8Array(32).fill(1)];
    groups.push(
      await made.join({
        keys,
        machine: registerMachine(),
        sync: [logReplay()],
        peers,
        bootstrap: id === 'n1',
      }),
    );
  }
  for (const group of groups) await group.when.online();
  const leader = groups.find((group) => group.status().role === 'leader');
  const follower = groups.find((group) => group.status().role === 'follower');
  if (leader === undefined || follower === undefined) throw new Error('the cluster has no leader');
  return {
    leader,
    follower,
    close: async () => {
      for (const node of nodes) await node.close();
      rmSync(directory, { recursive: true });
    },
  };
}
