import type { Codec } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import { damaged, readsOrThrows, refusesChance, roundTrips } from '../suite/codec-checks.ts';
import { check, same } from '../suite/expect.ts';
import type { SyncBench } from './bench.ts';
import type { SyncCase } from './case-list.ts';
import type { Passing } from './tampering.ts';

/** Messages of each length that are looked at; runs are long and alike. */
const PER_LENGTH = 2;
const MOST = 80;

/** What strategies said to each other while a node caught up: each length a few times. */
async function messagesOf(bench: SyncBench): Promise<readonly Passing[]> {
  const scene = await bench.gap({ entries: 150 });
  await scene.boot();
  await scene.equal();
  const lengths = new Map<number, number>();
  const chosen = scene.cluster.tampering.said.filter(({ bytes }) => {
    const before = lengths.get(bytes.length) ?? 0;
    lengths.set(bytes.length, before + 1);
    return before < PER_LENGTH;
  });
  check(chosen.length > 0, 'nothing was said');
  return chosen.slice(0, MOST);
}

/** What a strategy says of itself, and how its messages are written. */
export const messageCases: readonly SyncCase[] = [
  {
    id: 'identity',
    title: 'says the same of itself each time it is made',
    async run({ factory }) {
      const [one, other] = [factory.create('n1'), factory.create('n2')];
      check(one !== other, 'create gives a fresh strategy for each process');
      const facts = ({ name, signature, wireVersions }: typeof one): unknown => [
        name,
        signature,
        wireVersions,
      ];
      same(facts(one), facts(other), 'name, signature and versions');
      const { min, max } = one.wireVersions;
      for (let version = min; version <= max; version++) {
        const codec = one.messages(version);
        check(typeof codec?.decode === 'function', `there is no codec of version ${version}`);
      }
    },
  },
  {
    id: 'codec',
    title: 'reads what it wrote',
    async run(bench) {
      const strategy = bench.factory.create('n1');
      for (const { version, bytes } of await messagesOf(bench)) {
        const codec = strategy.messages(version);
        roundTrips(codec, bytes, 'a message');
      }
    },
  },
  {
    id: 'codec-garbage',
    title: 'throws at bytes that it did not write, or reads a proper message',
    async run(bench) {
      const strategy = bench.factory.create('n1');
      const random = new SimRandom('codec');
      for (const { version, bytes } of await messagesOf(bench)) {
        const codec = strategy.messages(version) as Codec<unknown>;
        for (const worse of damaged(bytes, random)) readsOrThrows(codec, worse);
      }
      const codec = strategy.messages(strategy.wireVersions.max) as Codec<unknown>;
      refusesChance(codec, random);
    },
  },
];
