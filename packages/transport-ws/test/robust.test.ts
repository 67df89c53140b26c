import { EventEmitter } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { NodeScheduler, nodeClock } from '@smalti/platform-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WebSocket } from 'ws';
import { Admission } from '../src/admission.ts';
import { DEFAULT_WS_LIMITS } from '../src/options.ts';
import { type LinkOwner, WsLink } from '../src/ws-link.ts';
import { breakable } from './breakable.ts';
import { cert, key } from './certificate.ts';
import { bond, happened, Node, until } from './node.ts';
import { RawStranger, Stranger } from './stranger.ts';

/** A door to a node that asks for each connection what becomes of it, by its number. */
async function door(
  target: () => number,
  decide: (number: number) => 'pass' | 'reset' | 'hold',
): Promise<{ address: string; pairs: [Socket, Socket][]; count: () => number }> {
  let count = 0;
  const pairs: [Socket, Socket][] = [];
  const held: Socket[] = [];
  const server = createServer((near) => {
    near.on('error', () => near.destroy());
    const what = decide(++count);
    happened();
    if (what === 'reset') return void near.resetAndDestroy();
    if (what === 'hold') return void held.push(near);
    const far = connect(target(), '127.0.0.1');
    far.on('error', () => far.destroy());
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    pairs.push([near, far]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of [...pairs.flat(), ...held]) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { address: `127.0.0.1:${port}`, pairs, count: () => count };
}

describe('dialling', () => {
  test.each(['256.1.1.1:9001', '1.2.3.4.5:9001', '[:::::]:9001'])(
    'survives %s, which only looks like an address',
    async (address) => {
      const a = await Node.start('a', { listen: null });
      a.group.dial(address);
      await until('it failed', () => a.refusals.length > 0);
      expect(a.refusals[0]).toMatchObject({ code: 'LINK_LOST', detail: /cannot be dialled: / });
    },
  );
});

describe('a lane', () => {
  test('carries many small messages where the largest message is small', async () => {
    const limits = { maxMessageBytes: 64 * 1024 };
    const [a, b] = [await Node.start('a', { limits }), await Node.start('b', { limits })];
    await bond(a, b);
    for (let i = 0; i < 300; i++) {
      for (const lane of ['control', 'bulk'] as const) {
        expect(a.group.bonds[0]?.send(lane, new Uint8Array(i % 3 === 0 ? 15_999 : i))).toBe(true);
      }
    }
    await until('all arrived', () => b.messages.length === 600 || b.ended.length > 0);
    expect(b.ended).toEqual([]);
  });

  test('that refused a large message says when there is room, though it was never half full', async () => {
    const limits = { bulkQueueBytes: 1024 * 1024 };
    const [a, b] = [await Node.start('a', { limits }), await Node.start('b', { limits })];
    await bond(a, b);
    const send = (bytes: number): boolean => a.group.bonds[0]?.send('bulk', new Uint8Array(bytes)) === true;
    expect([send(100_000), send(1_000_000)]).toEqual([true, false]);
    await until('there is room', () => a.writables.includes('bulk'));
    expect(send(1_000_000)).toBe(true);
    await until('both arrived', () => b.messages.length === 2);
  });
});

describe('a bulk connection', () => {
  test.each([
    ['is reset', 'reset'],
    ['gets no answer', 'hold'],
  ] as const)('that %s is made again, and the bond lives on', async (_, how) => {
    const limits = { handshakeMs: 200 };
    const b = await Node.start('b', { limits });
    const way = await door(
      () => b.port,
      (number) => (number === 2 || number === 3 ? how : 'pass'),
    );
    const a = await Node.start('a', { limits });
    a.group.dial(way.address);
    await until('a bond', () => a.peers.length === 1 && b.peers.length === 1);
    a.group.bonds[0]?.send('bulk', new Uint8Array(10));
    a.group.bonds[0]?.send('control', new Uint8Array(11));
    await until('all arrived', () => b.messages.length === 2);
    expect(b.messages.map(({ lane }) => lane)).toEqual(['control', 'bulk']);
    expect([a.ended, b.ended, way.count()]).toEqual([[], [], 4]);
  });

  test('does not hide that the control connection is dead', async () => {
    const limits = { pingMs: 100, deadMs: 300 };
    const b = await Node.start('b', { limits });
    const way = await door(
      () => b.port,
      () => 'pass',
    );
    const a = await Node.start('a', { limits });
    a.group.dial(way.address);
    await until('a bond', () => a.peers.length === 1 && b.peers.length === 1);
    const ends = [...a.group.bonds, ...b.group.bonds];
    ends[0]?.send('bulk', new Uint8Array(10));
    await until('bulk works', () => b.messages.length === 1);
    for (const socket of way.pairs[0] ?? []) socket.unpipe().resume();
    // Bulk goes on in both directions, from message to message, for as long as the bond lives.
    const goOn = (): boolean => {
      for (const end of ends) if (end.queued('bulk') === 0) end.send('bulk', new Uint8Array(10));
      return a.ended.length > 0;
    };
    await until('it is known to be dead', goOn);
    expect(a.ended[0]).toMatchObject({ code: 'LINK_LOST', detail: /heard/ });
  });
});

describe('a stranger', () => {
  test('cannot crash a node by resetting a TLS connection at any step', async () => {
    const tls = { cert, key, ca: cert };
    const a = await Node.start('a', { tls });
    const way = await breakable(() => a.port);
    onTestFinished(() => way.close());
    for (const path of ['/chat', '/smalti/1/control', '/smalti/1/bulk']) {
      const port = Number(way.address.split(':')[1]);
      let answered = false;
      const socket = connectTls({ port, host: '127.0.0.1', ca: cert }, () => {
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        );
      });
      let closed = false;
      socket.on('error', () => {});
      socket.once('data', () => {
        answered = true;
        socket.write('x'.repeat(1000));
        way.breakAll();
      });
      socket.once('close', () => {
        closed = true;
        happened();
      });
      await until('it is gone', () => closed);
      expect(answered).toBe(true);
    }
    await bond(await Node.start('b', { tls }), a);
  });

  test('cannot hold up that a node stops', async () => {
    const a = await Node.start('a', { limits: { closeMs: 300 } });
    const deaf = await new Stranger(a).open();
    deaf.ws.pause();
    const closing = a.transport.close();
    const late = new RawStranger(a);
    let refused = '';
    late.socket.once('error', (error: NodeJS.ErrnoException) => {
      refused = error.code ?? '';
    });
    await until('it is turned away', () => late.closed);
    expect(refused).toBe('ECONNREFUSED');
    await closing;
  });

  test('is counted once for each connection, though it uses one port towards two addresses', () => {
    const told: string[] = [];
    const limits = { ...DEFAULT_WS_LIMITS, maxStrangersPerAddress: 2 };
    const admission = new Admission(nodeClock, limits, (code) => told.push(code));
    const come = (localAddress: string): Socket => {
      const ends = { remoteAddress: '10.0.0.9', remotePort: 5000, localAddress, localPort: 9001 };
      return Object.assign(new EventEmitter(), ends, { destroy: () => {} }) as unknown as Socket;
    };
    for (let i = 0; i < 5; i++) {
      const both = [come('10.0.0.1'), come('10.0.0.2')];
      expect(both.map((socket) => admission.admit(socket))).toEqual([true, true]);
      for (const socket of both) socket.emit('close');
    }
    expect(admission.size).toBe(0);
    const reset = Object.assign(new EventEmitter(), { destroy: () => {} }) as unknown as Socket;
    expect(admission.admit(reset)).toBe(false);
    expect([admission.size, told]).toEqual([0, []]);
  });
});

describe('a link over TLS', () => {
  test('knows its binding when the connection is gone: what it brought may still be read', async () => {
    const server = createTlsServer({ cert, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const client = connectTls({ port, host: '127.0.0.1', ca: cert });
    client.on('error', () => {});
    onTestFinished(() => void client.destroy());
    const socket = await new Promise<TLSSocket>((resolve) => server.once('secureConnection', resolve));
    const owner: LinkOwner = {
      clock: nodeClock,
      scheduler: new NodeScheduler(),
      limits: DEFAULT_WS_LIMITS,
      openBulk: () => {},
      proven: () => {},
      forgotten: () => {},
      ended: () => {},
    };
    const link = new WsLink(owner, 'x:1', false);
    link.attach('control', new EventEmitter() as WebSocket, socket);
    socket.destroy();
    expect(link.binding()).toHaveLength(32);
  });
});
