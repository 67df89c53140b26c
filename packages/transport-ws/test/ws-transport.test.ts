import { createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { breakable } from './breakable.ts';
import { cert, key } from './certificate.ts';
import { bond, happened, Node, until } from './node.ts';

/** A door that can stop to forward in both directions, without a word: as a cable that is pulled. */
async function cuttable(target: () => number): Promise<{ address: string; cut(): void }> {
  const pairs: [Socket, Socket][] = [];
  const { connect } = await import('node:net');
  const server = createServer((near) => {
    const far = connect(target(), '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    near.pipe(far).pipe(near);
    pairs.push([near, far]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of pairs.flat()) socket.destroy();
    server.close();
  });
  return {
    address: `127.0.0.1:${(server.address() as { port: number }).port}`,
    cut() {
      for (const [near, far] of pairs.splice(0)) {
        near.unpipe(far);
        far.unpipe(near);
        near.resume();
        far.resume();
      }
    },
  };
}

describe('a WebSocket transport', () => {
  test('says whose port it is when it is in use, and what is wrong with an address', async () => {
    const a = await Node.start('a');
    await expect(Node.start('b', { listen: a.address })).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      message: expect.stringContaining(a.address),
    });
    await expect(Node.start('b', { listen: 'nonsense' })).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(Node.start('b', { listen: '0.0.0.0:0' })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('advertise'),
    });
    await expect(Node.start('b', { listen: '203.0.113.9:0' })).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });

  test('tells what is wrong with an address that cannot be dialled', async () => {
    const a = await Node.start('a', { listen: null });
    expect(a.address).toBe('');
    const free = await Node.start('free');
    await free.transport.close();
    for (const address of ['nonsense', '127.0.0.1:0', free.address, 'no-such-host.invalid:1'])
      a.group.dial(address);
    await until('all failed', () => new Set(a.refusals.map(({ address }) => address)).size === 4);
    for (const { code, detail } of a.refusals) {
      expect(code).toBe('LINK_LOST');
      expect(detail).toMatch(/: /);
    }
  });

  test('bonds over TLS, bulk lane too, and refuses plain connections', async () => {
    const tls = { cert, key, ca: cert };
    const a = await Node.start('a', { tls });
    const b = await Node.start('b', { tls });
    await bond(a, b);
    a.group.bonds[0]?.send('bulk', new Uint8Array(100_000).fill(5));
    await until('it arrived', () => b.messages.length === 1);
    expect(b.messages[0]).toMatchObject({ lane: 'bulk', bytes: { length: 100_000 } });
    const plain = await Node.start('plain');
    plain.group.dial(a.address);
    await until('plain was refused', () => plain.refusals.length > 0);
    const trustsNobody = await Node.start('c', { tls: { cert, key } });
    trustsNobody.group.dial(a.address);
    await until('it refused', () => trustsNobody.codes().includes('BAD_HANDSHAKE'));
    expect(trustsNobody.refusals[0]?.detail).toMatch(/TLS/);
    expect(a.peers).toEqual(['b']);
  });

  test('finds out that a link is dead without a word, and comes back', async () => {
    const limits = { pingMs: 100, deadMs: 300 };
    const b = await Node.start('b', { limits });
    const door = await cuttable(() => b.port);
    const a = await Node.start('a', { limits });
    a.group.dial(door.address);
    await until('a bond', () => a.peers.length === 1 && b.peers.length === 1);
    door.cut();
    await until('both know', () => a.ended.length === 1 && b.ended.length === 1);
    expect(a.ended[0]).toMatchObject({ code: 'LINK_LOST', detail: /heard/ });
    await until('another bond', () => a.peers.length === 1 && b.peers.length === 1);
  });

  test('keeps a link alive on which nothing is said', async () => {
    const limits = { pingMs: 40, deadMs: 120 };
    const [a, b] = [await Node.start('a', { limits }), await Node.start('b', { limits })];
    await bond(a, b);
    const quiet = performance.now();
    setTimeout(happened, 600);
    await until('some time has passed', () => performance.now() - quiet > 550);
    expect([a.ended, b.ended]).toEqual([[], []]);
  });

  test('takes a restarted process as soon as the old one is known to be gone', async () => {
    const limits = { probeMs: 200 };
    const a = await Node.start('a', { limits });
    const door = await cuttable(() => a.port);
    const old = await Node.start('b');
    old.group.dial(door.address);
    await until('a bond', () => a.peers.length === 1);
    // The old process goes without its connection being closed, as when its machine loses power.
    door.cut();
    const fresh = await Node.start('b', { boot: 2 });
    fresh.group.dial(a.address);
    await until('the new process is bonded', () => fresh.peers.length === 1);
    expect(fresh.codes()).toContain('ALREADY_BONDED');
    expect(a.group.bonds.map(({ peer }) => peer.boot)).toEqual(['0000000000000002']);
  });

  test.each([['plain'], ['tls']])(
    'carries frames of any length on both lanes, in order: %s',
    async (security) => {
      // Around where frames are no longer put together, and where their length is written in another way.
      const lengths = [
        0, 1, 125, 126, 16_000, 16_382, 16_383, 16_384, 16_385, 65_532, 65_533, 65_534, 65_535,
      ];
      lengths.push(65_536, 65_537, 200_000, 3, 70_000, 0);
      const options = security === 'tls' ? { tls: { cert, key, ca: cert } } : {};
      const [a, b] = [await Node.start('a', options), await Node.start('b', options)];
      await bond(a, b);
      const bytes = lengths.map((length, i) => new Uint8Array(length).map((_, at) => (at + i) % 251));
      for (const { group } of [a, b]) {
        for (const lane of ['control', 'bulk'] as const) {
          for (const frame of bytes) {
            await until('there is room', () => group.bonds[0]?.send(lane, frame) === true);
          }
        }
      }
      for (const node of [a, b]) {
        await until('all came', () => node.messages.length === 2 * bytes.length);
        for (const lane of ['control', 'bulk']) {
          const came = node.messages.filter((each) => each.lane === lane);
          expect(
            came.map((each) => Buffer.compare(each.bytes, bytes[came.indexOf(each)] as Uint8Array)),
          ).toEqual(bytes.map(() => 0));
        }
        expect(node.ended).toEqual([]);
      }
    },
  );

  test('loses a link with a member that sends more than the bound, and says why', async () => {
    const a = await Node.start('a');
    const b = await Node.start('b', { limits: { maxMessageBytes: 64 * 1024 } });
    await bond(a, b);
    a.group.bonds[0]?.send('control', new Uint8Array(200_000));
    await until('b knows', () => b.ended.length === 1);
    expect(b.ended[0]).toMatchObject({ code: 'FRAME_TOO_LARGE', detail: /maxMessageBytes/ });
    await until('a knows', () => a.ended.length === 1);
  });

  test('gives a lane back when the connection of the other lane is lost: there are no holes', async () => {
    const b = await Node.start('b');
    const door = await breakable(() => b.port);
    onTestFinished(() => door.close());
    const a = await Node.start('a');
    a.group.dial(door.address);
    await until('a bond', () => a.peers.length === 1 && b.peers.length === 1);
    a.group.bonds[0]?.send('bulk', new Uint8Array(10));
    await until('bulk works', () => b.messages.length === 1);
    door.breakAll();
    await until('both know', () => a.ended.length === 1 && b.ended.length === 1);
    await until('another bond', () => a.peers.length === 1 && b.peers.length === 1);
    a.group.bonds[0]?.send('bulk', new Uint8Array(10));
    await until('bulk works again', () => b.messages.length === 2);
  });

  test('lets the side that was dialled send bulk first', async () => {
    const [a, b] = [await Node.start('a'), await Node.start('b')];
    await bond(a, b);
    const send = (): boolean => b.group.bonds[0]?.send('bulk', new Uint8Array(1000)) === true;
    await until('b may send', send);
    await until('it arrived', () => a.messages.length === 1);
    expect(a.messages[0]?.lane).toBe('bulk');
  });

  test('brings out what was sent before it closes', async () => {
    const [a, b] = [await Node.start('a'), await Node.start('b')];
    await bond(a, b);
    for (let i = 0; i < 100; i++) a.group.bonds[0]?.send('control', new Uint8Array(10_000));
    await a.transport.close();
    await until('b knows', () => b.ended.length === 1);
    expect(b.messages).toHaveLength(100);
    expect(b.ended[0]?.code).toBe('DEPARTED');
  });
});
