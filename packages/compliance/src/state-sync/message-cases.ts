import type { Codec } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
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

/** Bytes that are no message, or another one. */
function damaged(bytes: Uint8Array, random: SimRandom): Uint8Array[] {
  const cuts = Array.from({ length: 12 }, (_, i) => (i < 6 ? i : random.below(bytes.length + 1)));
  const flipped = Array.from({ length: 12 }, (_, i) => {
    const copy = Uint8Array.from(bytes);
    // Where a message begins is what says how to read the rest.
    const at = i < 6 ? i : random.below(copy.length);
    if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    return copy;
  });
  return [
    ...cuts.map((length) => bytes.slice(0, length)),
    ...flipped,
    new Uint8Array([...bytes, ...random.bytes(3)]),
    random.bytes(random.below(60)),
    new Uint8Array(40).fill(0xff),
  ];
}

/** It throws an error, or gives something that is written and read again as the same. */
function readsOrThrows(codec: Codec<unknown>, bytes: Uint8Array): void {
  let message: unknown;
  try {
    message = codec.decode(bytes);
  } catch (error) {
    check(error instanceof Error, `decode threw ${String(error)}, which is no Error`);
    return;
  }
  check(message !== undefined, 'decode gave undefined, and has to throw');
  const written = codec.encode(message);
  same([...codec.encode(codec.decode(written))], [...written], 'what was decoded, written and read again');
}

/** True if it takes the bytes for a message that it would write otherwise. */
function misreads(codec: Codec<unknown>, bytes: Uint8Array): boolean {
  try {
    return String(codec.encode(codec.decode(bytes))) !== String(bytes);
  } catch {
    return false;
  }
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
        same([...codec.encode(codec.decode(bytes.slice()))], [...bytes], 'a message, read and written');
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
      let misread = 0;
      for (let i = 0; i < 500; i++) if (misreads(codec, random.bytes(random.below(64)))) misread += 1;
      check(misread < 50, `decode took random bytes for messages, ${misread} times of 500`);
    },
  },
];
