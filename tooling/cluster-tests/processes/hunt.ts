/**
 * Troubles a cluster of real processes for as long as it is told, and audits it again and again:
 *
 *     node processes/hunt.ts --seed 1 --minutes 5 --nodes 3 [--quick] [--cuts]
 *
 * The seed decides what is done to whom; what becomes of it the machine decides. Ends with 1 if anything was wrong,
 * and leaves the directory then.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { auditCluster } from './audit.ts';
import { Cluster, QUICK } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';
import { canMakeNamespaces, Namespaces } from './namespaces.ts';
import { Load } from './writers.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '2' },
    nodes: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    cuts: { type: 'boolean', default: false },
  },
});
const count = Number(values.nodes);
const ends = performance.now() + Number(values.minutes) * 60_000;
/** Troubles between two audits. */
const TROUBLES = 8;

let state = Number(values.seed) >>> 0 || 1;
/** A whole number from 0 to below the bound (xorshift). */
function random(bound: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % bound;
}

function some<T>(all: readonly T[], atMost = all.length): T[] {
  const left = [...all];
  return Array.from({ length: 1 + random(atMost) }, () => left.splice(random(left.length), 1)).flat();
}

async function killed(nodes: readonly ClusterNode[], cluster: Cluster): Promise<string> {
  await Promise.all(nodes.map((node) => node.kill()));
  await pause(random(1_500));
  cluster.launch();
  return `killed ${nodes.map(({ id }) => id).join(' ')}`;
}

async function trouble(cluster: Cluster, namespaces: Namespaces | null): Promise<string> {
  const { nodes } = cluster;
  switch (random(namespaces === null ? 6 : 8)) {
    case 0:
      return killed(nodes, cluster);
    case 1:
      return killed(some(nodes), cluster);
    case 2:
      return killed([await cluster.leader()], cluster);
    case 3: {
      // Again while it reads its log or meets the others.
      const [victim] = some(nodes, 1);
      for (let i = 0; i < 3 && victim !== undefined; i++) {
        await victim.kill();
        victim.launch();
        await pause(random(600));
      }
      return `killed ${victim?.id} three times`;
    }
    case 4: {
      const paused = some(nodes);
      for (const node of paused) node.pause();
      await pause(random(3_000));
      for (const node of paused) node.resume();
      return `paused ${paused.map(({ id }) => id).join(' ')}`;
    }
    case 5: {
      const [victim] = some(nodes, 1);
      await victim?.stop();
      await pause(random(500));
      cluster.launch();
      return `stopped ${victim?.id}`;
    }
    default: {
      const cuts = some(
        nodes.flatMap((_, from) => nodes.flatMap((__, to) => (from === to ? [] : [[from, to] as const]))),
      );
      for (const [from, to] of cuts) namespaces?.cut(from, to);
      await pause(random(5_000));
      if (random(2) === 0) await killed(some(nodes), cluster);
      namespaces?.heal();
      return `cut ${cuts.map(([from, to]) => `${from + 1}>${to + 1}`).join(' ')}`;
    }
  }
}

function memoryOf(node: ClusterNode): string {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8')) ?? [];
  return `${Math.round(Number(kib) / 1_024)}`;
}

async function main(): Promise<boolean> {
  using namespaces = values.cuts && canMakeNamespaces() ? new Namespaces(count) : null;
  await using cluster = await Cluster.start({
    nodes: count,
    ...(values.quick ? { timing: QUICK } : {}),
    ...(namespaces === null ? {} : { namespaces }),
  });
  console.log(`seed ${values.seed}, ${cluster.directory}`);
  while (performance.now() < ends) {
    await using load = new Load(cluster.nodes);
    const done: string[] = [];
    try {
      for (let i = 0; i < TROUBLES; i++) {
        done.push(await trouble(cluster, namespaces));
        await pause(random(2_000));
      }
      const began = performance.now();
      cluster.launch();
      await cluster.ready();
      const ready = performance.now() - began;
      await load.ledger.acknowledgedSince(performance.now(), 100);
      const ledger = await load.stop();
      const faults = await auditCluster(cluster, ledger);
      const { acknowledged, refused, unknown } = ledger;
      const [first] = await cluster.agree();
      console.log(
        `${new Date().toISOString()} term ${first?.term} index ${first?.committed} ` +
          `ready ${Math.round(ready)} ms, MiB ${cluster.nodes.map(memoryOf).join(' ')}, ` +
          `${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown: ${done.join('; ')}`,
      );
      if (faults.length > 0) throw new Error(faults.join('\n'));
    } catch (error) {
      console.log(`after ${done.join('; ')}:\n`, error);
      process.env.SMALTI_KEEP = '1';
      return false;
    }
  }
  return true;
}

process.exitCode = (await main()) ? 0 : 1;
