/** One node, told what to do by its parent: `node peer-process.ts OPTIONS`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deriveGroupId, silentLogger, toNetworkId, toPeerId } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { autopilot, createNode } from '@smalti/raft';
import { snapshotSync } from '@smalti/snapshot-sync';
import { openChunks } from '@smalti/storage-chunks';
import { openWal } from '@smalti/storage-wal';
import { wsTransport } from '@smalti/transport-ws';
import { CountedSync } from './counted-sync.ts';
import { FilledMachine } from './filled-machine.ts';
import { LoopWatch } from './loop-watch.ts';
import { memoryAfter } from './memory.ts';
import type { PeerCalls, PeerOptions, PeerStatus } from './peer-options.ts';
import { NO_LATENCIES, topRate, WriteLoad } from './write-load.ts';

/** Keys of one command, about, in bytes of what it makes: some milliseconds of applying. */
const FILL_BYTES = 128 * 1024;
const FILLS_UNDER_WAY = 16;
const LOOK_MS = 5;

const options = JSON.parse(process.argv[2] ?? '{}') as PeerOptions;
const { id, directory } = options;
const platform = nodePlatform({ logger: silentLogger });
const transport = await wsTransport({ ...platform, listen: `127.0.0.1:${options.port}` });
for (const folder of ['log', 'checkpoints']) mkdirSync(join(directory, folder), { recursive: true });
const log = await openWal({
  ...platform,
  disk: await openDisk(join(directory, 'log')),
  node: toPeerId(id),
});
const node = createNode({ network: toNetworkId('bench'), platform, store: log, transport });
const machine = new FilledMachine();
const counted = new CountedSync(join(directory, 'received'));
const sync = [counted.of(snapshotSync(options.sync)), counted.of(logReplay())];
const key = new Uint8Array(32).fill(1);
const store = await openChunks({
  ...platform,
  disk: await openDisk(join(directory, 'checkpoints')),
  owner: {
    node: toPeerId(id),
    incarnation: log.identity.incarnation,
    group: deriveGroupId(platform.hasher, {
      network: toNetworkId('bench'),
      key,
      machine: machine.signature,
      strategies: sync.map(({ signature }) => signature),
      validators: [],
    }),
  },
});
const group = await node.join({
  keys: [key],
  machine,
  sync,
  peers: options.peers,
  bootstrap: options.bootstrap,
  join: options.join,
  policy: options.autopilot ? autopilot() : null,
  timing: options.timing,
  limits: options.limits,
  checkpoints: { ...options.checkpoints, store },
});

let load: WriteLoad | null = null;
// Looking costs something: nothing is looked at before it is asked for.
let loop: LoopWatch | null = null;
let mostExternal = 0;
let watched = false;

function lookAtMemory(): void {
  mostExternal = Math.max(mostExternal, process.memoryUsage().external);
}

function status(): PeerStatus {
  const { role, voter, leader, applied, committed, log, checkpoints, sync, trouble } = group.status();
  const session = sync?.session ?? null;
  const progress = session?.progress ?? null;
  const cpu = process.cpuUsage();
  const kept = (checkpoints?.kept ?? []).filter(({ agreed }) => agreed);
  return {
    role,
    voter,
    leader,
    applied: applied.index,
    committed: committed.index,
    first: log.first,
    last: log.last,
    logBytes: log.bytes,
    keys: machine.size,
    cpuMs: (cpu.user + cpu.system) / 1000,
    kept: kept.map(({ anchor, bytes }) => ({ index: anchor.index, bytes })),
    cutting: (checkpoints?.cutting ?? checkpoints?.waiting ?? null) !== null,
    session:
      session === null
        ? null
        : {
            strategy: session.strategy,
            phase: progress?.phase ?? 'beginning',
            done: progress?.bytesDone ?? 0,
            total: progress?.bytesTotal ?? null,
            peers: progress?.peers ?? [],
          },
    failure: sync?.failure?.message ?? null,
    trouble,
    sources: sync?.totals.bySource ?? {},
    counts: { sent: counted.sent, received: counted.received, parts: counted.parts },
  };
}

async function fill(
  first: number,
  count: number,
  step: number,
  valueBytes: number,
  version: number,
): Promise<void> {
  const each = Math.max(1, Math.floor(FILL_BYTES / valueBytes));
  let done = 0;
  const work = async (): Promise<void> => {
    while (done < count) {
      const at = done;
      done += each;
      const some = Math.min(each, count - at);
      await group.execute(
        { first: first + at * step, count: some, step, valueBytes, version },
        { timeoutMs: 600_000 },
      );
    }
  };
  await Promise.all(Array.from({ length: FILLS_UNDER_WAY }, work));
}

type Answers = {
  readonly [Name in keyof PeerCalls]: (
    ...args: Parameters<PeerCalls[Name]>
  ) => ReturnType<PeerCalls[Name]> | Promise<ReturnType<PeerCalls[Name]>>;
};

const answers: Answers = {
  status,
  applied: () => group.status().applied.index,
  fill,
  touch: async () => void (await group.execute({ first: 0, count: 0, step: 1, valueBytes: 1, version: 0 })),
  take: async () => (await group.checkpoints.take()).marker.index,
  transfer: () => group.members.transfer(),
  promote: async (id) => void (await group.members.promote(id, { timeoutMs: 60_000 })),
  top: (ms, inFlight, keys) => topRate(group as never, ms, inFlight, keys),
  load: (perSecond, keys) => {
    load = new WriteLoad(group as never, perSecond, keys);
  },
  latencies: () => load?.take() ?? NO_LATENCIES,
  endLoad: () => load?.stop(),
  loop: () => {
    loop ??= new LoopWatch();
    return loop.take();
  },
  memory: memoryAfter,
  mostExternal: () => {
    if (!watched) setInterval(lookAtMemory, LOOK_MS).unref();
    watched = true;
    const most = mostExternal;
    mostExternal = 0;
    return most;
  },
  end: async () => {
    load?.stop();
    await node.close();
    setImmediate(() => process.exit(0));
  },
};

process.on('message', async ({ call, name, args }: { call: number; name: keyof PeerCalls; args: [] }) => {
  try {
    process.send?.({ call, value: await (answers[name] as (...args: []) => unknown)(...args) });
  } catch (error) {
    process.send?.({ call, error: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.({ call: 0, value: null });
