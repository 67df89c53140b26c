import { check, same } from '../suite/expect.ts';
import type { TransportCase } from './case-list.ts';

function filled(length: number, number: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(number & 0xff);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

const numberOf = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);

/** What happens to messages on a bond. */
export const messageCases: readonly TransportCase[] = [
  {
    id: 'order',
    title: 'delivers the messages of each lane whole, unchanged, once and in order',
    async run(bench) {
      const [a, b] = await bench.pair();
      const sizes = [4, 5, 100, 127, 128, 4000, 16_383, 16_384, 70_000];
      const count = 900;
      for (let i = 0; i < count; i++) {
        const bytes = filled(sizes[i % sizes.length] as number, i);
        check(a.send('b', i % 3 === 0 ? 'bulk' : 'control', bytes), 'there should be room');
        if (i % 100 === 0) await bench.pass(0);
      }
      await bench.until('all arrived', () => b.received.length >= count);
      for (const lane of ['control', 'bulk'] as const) {
        const sent = Array.from({ length: count }, (_, i) => i).filter(
          (i) => (i % 3 === 0) === (lane === 'bulk'),
        );
        const got = b.received.filter((each) => each.lane === lane);
        same(
          got.map(({ bytes }) => numberOf(bytes)),
          sent,
          `the order in ${lane}`,
        );
        for (const { bytes } of got) {
          const number = numberOf(bytes);
          same(bytes.length, sizes[number % sizes.length], `the length of message ${number}`);
          check(
            bytes.subarray(4).every((byte) => byte === (number & 0xff)),
            `message ${number} is damaged`,
          );
        }
      }
    },
  },
  {
    id: 'own-bytes',
    title: "gives the receiver bytes of its own: changing them does not change the sender's",
    async run(bench) {
      const [a, b] = await bench.pair();
      const bytes = filled(100, 7);
      a.send('b', 'control', bytes);
      await bench.until('it arrived', () => b.received.length === 1);
      b.received[0]?.bytes.fill(99);
      same([...bytes], [...filled(100, 7)], "the sender's bytes");
    },
  },
  {
    id: 'largest',
    title: 'carries a message of the largest size, and takes none that is larger',
    async run(bench) {
      const most = 2 * 1024 * 1024;
      const [a, b] = await bench.pair({ maxMessageBytes: most });
      check(!a.send('b', 'control', new Uint8Array(most + 1)), 'a larger message should not be taken');
      for (const lane of ['control', 'bulk'] as const) {
        check(a.send('b', lane, filled(most, 3)), 'a message of the largest size should be taken');
      }
      await bench.until('both arrived', () => b.received.length === 2);
      same(
        b.received.map(({ bytes }) => bytes.length),
        [most, most],
        'the lengths',
      );
      same(a.peers, ['b'], "a's bonds");
    },
  },
  {
    id: 'back-pressure',
    title: 'says no at the bound of a lane, says when there is room again, and loses nothing that it took',
    async run(bench) {
      const bound = 256 * 1024;
      const [a, b] = await bench.pair({ controlQueueBytes: bound, bulkQueueBytes: bound });
      for (const lane of ['control', 'bulk'] as const) {
        let taken = 0;
        while (taken < 10_000 && a.send('b', lane, filled(8192, taken))) taken += 1;
        check(
          taken * 8192 >= bound / 2 && taken < 10_000,
          `${taken} messages were taken by a lane of ${bound} bytes`,
        );
        check(a.bond('b').queued(lane) <= bound + 1024, `${a.bond('b').queued(lane)} bytes wait`);
        await bench.until('there is room', () => a.writables.some((each) => each.lane === lane));
        check(a.send('b', lane, filled(8192, taken)), 'a writable lane should take a message');
        const got = (): number => b.received.filter((each) => each.lane === lane).length;
        await bench.until('all arrived', () => got() === taken + 1);
      }
    },
  },
  {
    id: 'lanes',
    title: 'lets control pass while bulk is full (H28)',
    async run(bench) {
      const [a, b] = await bench.pair({ bulkQueueBytes: 64 * 1024 * 1024 });
      a.send('b', 'bulk', filled(100, 0));
      await bench.until('bulk works', () => b.received.length === 1);
      for (let i = 1; i <= 500; i++) check(a.send('b', 'bulk', filled(65_536, i)), 'there should be room');
      check(a.send('b', 'control', filled(100, 1)), 'control should take it');
      await bench.until('control arrived', () => b.received.some(({ lane }) => lane === 'control'));
      const before = b.received.filter(({ lane }) => lane === 'bulk').length;
      check(before < 400, `${before} of 500 bulk messages came before it`);
      await bench.until('bulk arrived', () => b.received.length === 502);
    },
  },
];
