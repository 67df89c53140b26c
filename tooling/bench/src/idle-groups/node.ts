/** One node with many groups, told what to do by its parent: `node node.ts ID PORT PORTS DIRECTORY GROUPS`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger, toNetworkId, toPeerId } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { createNode, type Group } from '@smalti/raft';
import { openWal } from '@smalti/storage-wal';
import { wsTransport } from '@smalti/transport-ws';
import { registerMachine } from '../register.ts';

/** What a node says. */
export type Said =
  | { readonly type: 'joined'; readonly ms: number; readonly rssBefore: number }
  | { readonly type: 'led'; readonly ms: number; readonly leads: number; readonly rss: number }
  | { readonly type: 'used'; readonly userMs: number; readonly systemMs: number; readonly wallMs: number }
  | { readonly type: 'elections'; readonly count: number };

const [id = '', port = '', peersText = '', directory = '', count = ''] = process.argv.slice(2);
const platform = nodePlatform({ logger: silentLogger });
const transport = await wsTransport({
  ...platform,
  listen: `127.0.0.1:${port}`,
});
const store = await openWal({ ...platform, disk: await openDisk(directory), node: toPeerId(id) });
const node = createNode({ network: toNetworkId('bench'), platform, store, transport });
const peers = JSON.parse(peersText) as Record<string, string>;
const groups: Group<Uint8Array, void, number>[] = [];

function say(said: Said): void {
  process.send?.(said);
}

async function begin(): Promise<void> {
  const began = performance.now();
  const rssBefore = process.memoryUsage.rss();
  for (let i = 0; i < Number(count); i++) {
    const key = new TextEncoder().encode(`the key of group ${i}`.padEnd(32, '.'));
    const machine = registerMachine();
    // Bootstrapped by each node in turn.
    const bootstrap = id === `n${(i % 3) + 1}`;
    groups.push(await node.join({ keys: [key], machine, sync: [logReplay()], peers, bootstrap }));
  }
  say({ type: 'joined', ms: performance.now() - began, rssBefore });
  for (const group of groups) await group.when.online();
  const rss = process.memoryUsage.rss();
  say({ type: 'led', ms: performance.now() - began, leads: leads(), rss });
}

function leads(): number {
  return groups.filter((group) => group.status().role === 'leader').length;
}

async function measure(ms: number): Promise<void> {
  const terms = sumOfTerms();
  const before = process.cpuUsage();
  const began = performance.now();
  await sleep(ms);
  const { user, system } = process.cpuUsage(before);
  say({ type: 'used', userMs: user / 1_000, systemMs: system / 1_000, wallMs: performance.now() - began });
  say({ type: 'elections', count: sumOfTerms() - terms });
}

function sumOfTerms(): number {
  return groups.reduce((sum, group) => sum + group.status().term, 0);
}

process.on('message', (order: { readonly type: string; readonly ms?: number }) => {
  if (order.type === 'begin') void begin();
  if (order.type === 'measure') void measure(order.ms ?? 0);
  if (order.type === 'end') process.exit(0);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'up' });
