/**
 * `node src/checkpoints/snapshot-catch-up.ts [MB] [rounds]`: how fast a node that has nothing gets the state, in small
 * keys and in large ones, from one, two and three providers whose logs are cut, beside a new member of etcd in the same
 * run. Both are counted from the start of the process.
 */
import { etcdNewcomer } from './etcd-newcomer.ts';
import { KEY_BYTES } from './filled-machine.ts';
import { type PeerSettings, Peers, print } from './peers.ts';

const [megabytes = 100, rounds = 3] = process.argv.slice(2).map(Number);
const SHAPES = [
  { name: 'small keys', itemBytes: 100 },
  { name: 'large keys', itemBytes: 10_000 },
];
/** The bound on what a provider serves is a setting: what comes without it says what the way there costs. */
const UNBOUNDED: PeerSettings['sync'] = { servedBytesPerSecond: 1024 ** 3 };

interface Figure {
  readonly ms: number;
  /** What the newcomer and all providers computed meanwhile. */
  readonly cpuMs: number;
  readonly providersMs: number;
  /** Of it, until the process had joined its group. */
  readonly bootMs: number;
  readonly received: number;
}

async function smaltiNewcomer(
  providers: number,
  keys: number,
  valueBytes: number,
  sync: PeerSettings['sync'] = {},
): Promise<Figure> {
  const peers = await Peers.start(providers, { sync });
  try {
    const leader = await peers.leader();
    await leader.ask('fill', 0, keys, 1, valueBytes, 1);
    await peers.checkpoint();
    const cpuOf = async (): Promise<number> => {
      const all = await Promise.all(providing.map((peer) => peer.ask('status')));
      return all.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    };
    const providing = [...peers.members];
    const before = await cpuOf();
    const began = performance.now();
    const newcomer = await peers.join('n9');
    await newcomer.up;
    const bootMs = performance.now() - began;
    // Asking costs it something: seldom enough to be nothing beside what it computes.
    await peers.caughtUp(newcomer, 20);
    const ms = performance.now() - began;
    const status = await newcomer.ask('status');
    if (status.keys !== keys) throw new Error(`it has ${status.keys} keys, and not ${keys}`);
    const providersMs = (await cpuOf()) - before;
    return { ms, bootMs, cpuMs: status.cpuMs, providersMs, received: status.counts.received };
  } finally {
    await peers.close();
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

for (const { name, itemBytes } of SHAPES) {
  const keys = Math.round((megabytes * 1e6) / itemBytes);
  const valueBytes = itemBytes - KEY_BYTES;
  const contenders: [string, () => Promise<Figure>][] = [
    ...[1, 2, 3].map((count): [string, () => Promise<Figure>] => [
      `smalti, ${count} provider${count === 1 ? '' : 's'}`,
      () => smaltiNewcomer(count, keys, valueBytes),
    ]),
    ['smalti, 3 providers that serve without a bound', () => smaltiNewcomer(3, keys, valueBytes, UNBOUNDED)],
    [
      'etcd, 3 members',
      async () => {
        const figure = await etcdNewcomer(keys, valueBytes);
        return { ...figure, providersMs: Number.NaN, bootMs: Number.NaN, received: Number.NaN };
      },
    ],
  ];
  print(`${keys} ${name} of ${itemBytes} B, key and value together`);
  const figures = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [who, run] of round % 2 === 0 ? contenders : [...contenders].reverse()) {
      const { ms, cpuMs, providersMs, bootMs, received } = await run();
      figures.set(who, [...(figures.get(who) ?? []), ms]);
      const more = Number.isNaN(bootMs)
        ? ''
        : `, of which ${Math.round(bootMs)} ms until it had joined; the providers ${Math.round(providersMs)} ms; ` +
          `${(received / 1e6).toFixed(1)} MB received`;
      print(`  ${who}: ${Math.round(ms)} ms, computing ${Math.round(cpuMs)} ms${more}`);
    }
  }
  const peer = median(figures.get('etcd, 3 members') ?? []);
  print(`  medians of ${rounds}:`);
  for (const [who, all] of figures) {
    const ms = median(all);
    const speed = `${((keys * itemBytes) / ms / 1000).toFixed(1)} MB/s, ${Math.round((keys * 1000) / ms)} keys/s`;
    print(`    ${who}: ${Math.round(ms)} ms, ${speed}, ${(peer / ms).toFixed(2)} of etcd's speed`);
  }
}
