/**
 * `node src/checkpoints/snapshot-memory.ts [MiB]`: what a node holds in buffers while it fetches a state, and while it
 * serves it, and how much more memory it takes afterwards than the state alone.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from './peer.ts';
import type { Memory } from './peer-options.ts';
import { mib, Peers, print } from './peers.ts';

const [mebibytes = 1024] = process.argv.slice(2).map(Number);
const VALUE_BYTES = 1024;
const LOOK_MS = 20;
/** A forced collection takes long with a large state: now and then is enough. */
const COLLECT_MS = 5_000;
const keys = Math.round((mebibytes * 1024 * 1024) / VALUE_BYTES);

/** The memory of a process that has nothing but the state. */
function alone(): Promise<Memory> {
  return new Promise((resolve, reject) => {
    const file = join(import.meta.dirname, 'state-alone.ts');
    const execArgv = ['--expose-gc', '--max-old-space-size=8192'];
    const child = fork(file, [String(keys), String(VALUE_BYTES)], { execArgv });
    child.once('message', (memory: Memory) => resolve(memory));
    child.once('exit', () => reject(new Error('it has ended')));
  });
}

const state = await alone();
print(`${keys} keys of ${VALUE_BYTES} B; the state alone: ${mib(state.rss)} of memory`);
const peers = await Peers.start(1);
try {
  const provider = await peers.leader();
  await provider.ask('fill', 0, keys, 1, VALUE_BYTES, 1);
  await peers.checkpoint();
  const providerBefore = await provider.ask('memory', 3);
  await provider.ask('mostExternal');
  const joiner = await peers.join('n9');
  await joiner.up;
  const joinerBefore = await joiner.ask('memory', 3);
  await joiner.ask('mostExternal');
  const target = await provider.ask('applied');
  const began = performance.now();
  const live = { joiner: 0, provider: 0 };
  const look = async (peer: Peer, before: Memory): Promise<number> =>
    (await peer.ask('memory', 1)).external - before.external;
  for (let next = began + COLLECT_MS / 5; (await joiner.ask('applied')) < target; ) {
    if (performance.now() >= next) {
      next = performance.now() + COLLECT_MS;
      live.joiner = Math.max(live.joiner, await look(joiner, joinerBefore));
      live.provider = Math.max(live.provider, await look(provider, providerBefore));
    }
    await sleep(LOOK_MS);
  }
  const ms = performance.now() - began;
  const most = {
    joiner: (await joiner.ask('mostExternal')) - joinerBefore.external,
    provider: (await provider.ask('mostExternal')) - providerBefore.external,
  };
  for (const who of ['joiner', 'provider'] as const) {
    print(
      `  buffers of the ${who}: ${mib(live[who])} live, ${mib(most[who])} with what was not collected yet`,
    );
  }
  await sleep(2_000);
  for (const [who, peer] of [
    ['joiner', joiner],
    ['provider', provider],
  ] as const) {
    const after = await peer.ask('memory', 3);
    const ratio = (after.rss / state.rss).toFixed(2);
    print(
      `  ${who} afterwards: ${mib(after.rss)}, ${ratio} of the state alone ` +
        `(heap ${mib(after.heapUsed)}, alone ${mib(state.heapUsed)}; buffers ${mib(after.external)})`,
    );
  }
  print(`  caught up in ${Math.round(ms)} ms, forced collections included`);
} finally {
  await peers.close();
}
