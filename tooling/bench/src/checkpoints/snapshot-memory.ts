/**
 * `node src/checkpoints/snapshot-memory.ts [MiB]`: what a node holds in buffers while it fetches a state, and while it
 * serves it, and how much more memory it takes afterwards than the state alone.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Memory } from './memory.ts';
import { EXEC_ARGV, type Peer } from './peer.ts';
import { mib, Peers, print } from './peers.ts';

const [mebibytes = 1024] = process.argv.slice(2).map(Number);
const VALUE_BYTES = 1024;
const LOOK_MS = 20;
/** A forced collection takes long with a large state: now and then is enough. */
const COLLECT_MS = 5_000;
const keys = Math.round((mebibytes * 1024 * 1024) / VALUE_BYTES);

/** Of a process, after collections as usual, and after those that give back what can be. */
interface Afterwards {
  readonly usual: Memory;
  readonly all: Memory;
}

/** The memory of a process that has nothing but the state. */
function alone(): Promise<Afterwards> {
  return new Promise((resolve, reject) => {
    const file = join(import.meta.dirname, 'state-alone.ts');
    const child = fork(file, [String(keys), String(VALUE_BYTES)], { execArgv: EXEC_ARGV });
    child.once('message', (memory: Afterwards) => resolve(memory));
    child.once('exit', () => reject(new Error('it has ended')));
  });
}

async function afterwards(peer: Peer): Promise<Afterwards> {
  return { usual: await peer.ask('memory', 3), all: await peer.ask('memory', 3, true) };
}

function show(who: string, after: Afterwards): void {
  for (const [when, memory] of Object.entries(after) as [keyof Afterwards, Memory][]) {
    const { rss, heapUsed, heapTotal, young, external } = memory;
    const ratio = (rss / state[when].rss).toFixed(2);
    print(
      `  ${who} afterwards (${when}): ${mib(rss)}, ${ratio} of the state alone; ` +
        `heap ${mib(heapUsed)} in pages of ${mib(heapTotal)}, young ones ${mib(young)}; buffers ${mib(external)}`,
    );
  }
}

const state = await alone();
print(`${keys} keys of ${VALUE_BYTES} B`);
show('the state alone', state);
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
    // What the first collection frees may be counted until the second one.
    (await peer.ask('memory', 2)).external - before.external;
  for (let next = began + COLLECT_MS / 5; (await joiner.ask('applied')) < target; ) {
    if (performance.now() >= next) {
      live.joiner = Math.max(live.joiner, await look(joiner, joinerBefore));
      live.provider = Math.max(live.provider, await look(provider, providerBefore));
      next = performance.now() + COLLECT_MS;
    }
    await sleep(LOOK_MS);
  }
  const ms = performance.now() - began;
  const most = {
    joiner: (await joiner.ask('mostExternal')) - joinerBefore.external,
    provider: (await provider.ask('mostExternal')) - providerBefore.external,
  };
  await sleep(2_000);
  const after = { joiner: await afterwards(joiner), provider: await afterwards(provider) };
  const before = { joiner: joinerBefore, provider: providerBefore };
  for (const who of ['joiner', 'provider'] as const) {
    // What has come to stay is the index of the parts on its disk.
    const stays = after[who].all.external - before[who].external;
    print(
      `  buffers of the ${who}: ${mib(live[who])} live, ${mib(most[who])} with what was not collected yet, ` +
        `${mib(stays)} of them to stay`,
    );
  }
  show('joiner', after.joiner);
  show('provider', after.provider);
  print(`  caught up in ${Math.round(ms)} ms, forced collections included`);
} finally {
  await peers.close();
}
