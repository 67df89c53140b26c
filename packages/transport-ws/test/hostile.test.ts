import { connect } from 'node:net';
import { type HandshakeMessage, Opener } from '@smalti/core';
import { nodeHasher, nodeRandom } from '@smalti/platform-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { bond, credentials, happened, Node, until } from './node.ts';
import { RawStranger, Stranger } from './stranger.ts';

const NO_BOND = new Uint8Array(16);

function opener(name: string, key = 1): Opener {
  const binding = new Uint8Array(0);
  return new Opener({
    credentials: credentials(name, '', { key }),
    hasher: nodeHasher,
    random: nodeRandom,
    binding,
    approach: () => NO_BOND,
  });
}

/** A node that has a bond, so that every test can see that it keeps it. */
async function target(limits: object = {}): Promise<Node> {
  const node = await Node.start('target', { limits });
  await bond(await Node.start('friend', { limits }), node);
  return node;
}

describe('what is not a member', () => {
  test('is told over HTTP what this port is', async () => {
    const node = await target();
    const answer = await fetch(`http://${node.address}/`);
    expect(answer.status).toBe(426);
    expect(answer.headers.get('upgrade')).toBe('websocket');
    expect(await answer.text()).toMatch(/Smalti/);
    await until('the group was told', () => node.codes().includes('BAD_HANDSHAKE'));
    expect(node.refusals[0]?.detail).toMatch(/only Smalti nodes/);
    expect(node.peers).toEqual(['friend']);
  });

  test('is closed when it is garbage, or no way that exists', async () => {
    const node = await target();
    const garbage = new RawStranger(node);
    garbage.socket.write(Buffer.alloc(3000, 0xee));
    await until('garbage was closed', () => garbage.closed);
    const lost = new RawStranger(node);
    lost.socket.write(
      'GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await until('it was answered', () => lost.closed);
    expect(lost.text).toMatch(/^HTTP\/1.1 404/);
    await until('both were told', () => node.refusals.length === 2);
    expect(node.peers).toEqual(['friend']);
  });

  test.each([
    ['an empty message', Buffer.of()],
    ['an unknown kind', Buffer.of(77)],
    ['a batch that is cut', Buffer.of(1, 200, 1, 0)],
    ['a frame of an unknown kind', Buffer.of(0, 99, 1)],
    ['data for a bond that does not exist', Buffer.of(0, 1, 1, 5)],
    ['a number that is too long', Buffer.of(0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 1)],
    ['text', 'hello'],
  ])('is closed when it sends %s', async (_, message) => {
    const node = await target();
    const stranger = await new Stranger(node).open();
    stranger.ws.send(message);
    await stranger.closed();
    expect(stranger.bye()).toBe('BAD_HANDSHAKE');
    await until('the group was told', () => node.codes().includes('BAD_HANDSHAKE'));
    expect(node.peers).toEqual(['friend']);
  });

  test('gets a typed refusal for a handshake that is none, and may try again a few times', async () => {
    const node = await target();
    const stranger = await new Stranger(node).open();
    for (let channel = 1; channel <= 8; channel++) {
      stranger.ws.send(Buffer.of(0, 0, channel, 3, 1, 9, 9));
      expect(await stranger.hears(channel)).toMatchObject({ kind: 'refuse', code: 'BAD_HANDSHAKE' });
    }
    await stranger.closed();
    expect(stranger.bye()).toBe('TOO_MANY');
  });

  test('gets no further than its first message with another key, a replayed or a reflected proof', async () => {
    const node = await target();
    const wrong = await new Stranger(node).open();
    const other = opener('x', 2);
    wrong.say(1, other.start());
    wrong.say(1, other.receive(await wrong.hears(1)).reply as HandshakeMessage);
    expect(await wrong.hears(2)).toMatchObject({ kind: 'refuse', code: 'BAD_PROOF', detail: /group key/ });

    const member = await new Stranger(node).open();
    const right = opener('y');
    const open = right.start();
    member.say(1, open);
    const prove = right.receive(await member.hears(1)).reply as HandshakeMessage;
    member.say(1, prove);
    expect(await member.hears(2)).toMatchObject({ kind: 'bonded' });
    await until('it is bonded', () => node.peers.includes('y'));
    member.ws.terminate();
    await until('it is gone', () => !node.peers.includes('y'));

    const replay = await new Stranger(node).open();
    replay.say(1, open);
    await replay.hears(1);
    replay.say(1, prove);
    expect(await replay.hears(2)).toMatchObject({ kind: 'refuse', code: 'BAD_PROOF' });
    expect(node.codes().filter((code) => code === 'BAD_PROOF')).toHaveLength(2);
    expect(node.peers).toEqual(['friend']);
  });

  test('cannot make a node prove anything by echoing it', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => void server.close());
    server.on('connection', (ws) => ws.on('message', (data) => ws.send(data)));
    await new Promise((resolve) => server.once('listening', resolve));
    const node = await target();
    node.group.dial(`127.0.0.1:${(server.address() as { port: number }).port}`);
    await until('it was refused', () => node.codes().includes('BAD_HANDSHAKE'));
    expect(node.peers).toEqual(['friend']);
  });

  test('is closed when it claims a frame beyond the bound, or brings too much before its proof', async () => {
    const node = await target({ maxMessageBytes: 1024 * 1024 });
    const upgrade =
      'GET /smalti/1/control HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    const huge = new RawStranger(node);
    huge.socket.write(upgrade);
    await until('it was upgraded', () => huge.text.includes('101'));
    huge.socket.write(Buffer.of(0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0));
    await until('it was closed', () => huge.closed);
    await until('the group was told', () => node.codes().includes('FRAME_TOO_LARGE'));

    const slow = new RawStranger(node);
    slow.socket.write(upgrade);
    await until('it was upgraded', () => slow.text.includes('101'));
    slow.socket.write(Buffer.of(0x82, 0xff, 0, 0, 0, 0, 0, 0x0f, 0, 0, 0, 0, 0, 0));
    const drip = (): void => {
      if (slow.socket.writable) slow.socket.write(Buffer.alloc(1000), () => setImmediate(drip));
    };
    drip();
    await until('it was closed', () => slow.closed);
    await until('the group was told', () =>
      node.refusals.some(({ detail }) => /before any proof/.test(detail)),
    );
    expect(slow.socket.bytesWritten).toBeLessThan(1024 * 1024);
    expect(node.peers).toEqual(['friend']);
  });

  test('is closed when it says nothing for too long, at any step', async () => {
    const node = await target({ handshakeMs: 150, closeMs: 50 });
    const silent = [
      new RawStranger(node),
      new Stranger(node),
      new Stranger(node),
      new Stranger(node, 'bulk'),
    ] as const;
    silent[2].ws.once('open', () => silent[2].say(1, opener('x').start()));
    await until(
      'all were closed',
      () => silent[0].closed && silent.slice(1).every((s) => 'closeCode' in s && s.closeCode !== null),
    );
    await until(
      'the group was told',
      () => node.codes().filter((code) => code === 'HANDSHAKE_TIMEOUT').length >= 2,
    );
    expect(node.peers).toEqual(['friend']);
  });

  test('has only so many connections', async () => {
    const node = await target({ maxStrangersPerAddress: 4 });
    const strangers = Array.from({ length: 6 }, () => new RawStranger(node));
    await until('two were closed', () => strangers.filter(({ closed }) => closed).length === 2);
    expect(node.codes()).toEqual(['TOO_MANY', 'TOO_MANY']);
    for (const { socket } of strangers) socket.destroy();
    await until('all are gone', () => strangers.every(({ closed }) => closed));
    await bond(await Node.start('late'), node);
  });

  test('cannot fill logs and events', async () => {
    const node = await target();
    let closed = 0;
    for (let i = 0; i < 300; i++) {
      const socket = connect(node.port, '127.0.0.1', () => socket.end('nonsense\r\n\r\n'));
      socket.on('error', () => {}).resume();
      await new Promise<void>((resolve) => socket.on('close', () => resolve()));
      closed += 1;
    }
    expect(closed).toBe(300);
    expect(node.refusals.length).toBeLessThan(100);
    expect(node.peers).toEqual(['friend']);
  });

  test.each([
    ['no ticket', Buffer.of(0, 1, 1)],
    ['a ticket of nobody', Buffer.concat([Buffer.of(3), Buffer.alloc(48, 1)])],
    ['half a ticket', Buffer.of(3, 1, 2)],
  ])('gets no bulk lane with %s', async (_, message) => {
    const node = await target();
    const stranger = await new Stranger(node, 'bulk').open();
    stranger.ws.send(message);
    await stranger.closed();
    await until('the group was told', () => node.codes().includes('BAD_PROOF'));
    happened();
    expect(node.peers).toEqual(['friend']);
  });
});
