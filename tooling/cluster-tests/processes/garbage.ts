import { connect, type Socket } from 'node:net';

/** What a server did about something that was sent to it. */
export interface Treated {
  /** The first bytes of its answer. */
  readonly answer: string;
  readonly closed: boolean;
}

const SHOWN = 200;

/** Numbers that look like chance and are the same each time. */
export function noise(length: number, seed = 7): Buffer {
  let state = seed;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return state >>> 16;
    }),
  );
}

const CLIENT_HELLO = Buffer.concat([
  Buffer.from('16030100c8010000c40303', 'hex'),
  noise(32),
  Buffer.from('20', 'hex'),
  noise(32, 8),
  Buffer.from('000813021303130100ff', 'hex'),
  noise(119, 9),
]);

const HTTP = 'GET /status HTTP/1.1\r\nHost: x\r\n\r\n';
const RESP = '*2\r\n$3\r\nGET\r\n$1\r\na\r\n';

/** What no server here expects. */
export const FOREIGN: Readonly<Record<string, Buffer | string>> = {
  'random bytes': noise(100_000),
  zeros: Buffer.alloc(100_000),
  'an endless line': 'x'.repeat(200_000),
  'a TLS hello': CLIENT_HELLO,
  'lines of noise': Array.from({ length: 500 }, (_, i) => `${noise(20, i + 1).toString('latin1')}\r\n`).join(
    '',
  ),
};

export const TO_RESP: Readonly<Record<string, Buffer | string>> = {
  HTTP: `POST / HTTP/1.1\r\nHost: x\r\n\r\n`,
  'a huge number of arguments': '*2147483647\r\n',
  'a number of arguments that is none': '*x\r\n',
  'a huge argument': '*1\r\n$9999999999\r\n',
  'an argument of negative length': '*1\r\n$-5\r\n',
  'an argument larger than said': '*1\r\n$4\r\nPINGPONG\r\n',
  'a request of another type': '*1\r\n:5\r\n',
  'a quote that does not end': 'SET a "b\r\n',
};

export const TO_HTTP: Readonly<Record<string, Buffer | string>> = {
  RESP,
  'headers without end': `GET / HTTP/1.1\r\n${'x-pad: 1234567890\r\n'.repeat(20_000)}`,
  'a path without end': `GET /kv/${'k'.repeat(200_000)} HTTP/1.1\r\n\r\n`,
  'a huge body': `PUT /kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nabc`,
  'two lengths': `PUT /kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc`,
  'a length and chunks': `PUT /kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
  'a chunk of no size': 'PUT /kv/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc',
  'a key with a damaged escape': 'GET /kv/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
};

const UPGRADE = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** A frame of a client: its head, a mask of zeros, and what follows. */
function frame(first: number, length: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first]), Buffer.from(length, 'hex'), Buffer.alloc(4), body]);
}

const behindUpgrade = (...frames: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(UPGRADE('/smalti/1/control')), ...frames]);

export const TO_GROUP: Readonly<Record<string, Buffer | string>> = {
  RESP,
  HTTP,
  'an upgrade elsewhere': UPGRADE('/elsewhere'),
  'an upgrade to a later version': UPGRADE('/smalti/9/control'),
  'a frame of noise': behindUpgrade(frame(0x82, 'fe03e8', noise(1_000))),
  'a frame of a terabyte': behindUpgrade(frame(0x82, 'ff0000010000000000', noise(50_000))),
  'a frame of 2^63 bytes': behindUpgrade(frame(0x82, 'ff8000000000000000', noise(10))),
  'a frame that is too long for a stranger': behindUpgrade(frame(0x82, 'ff0000000000019000', noise(102_400))),
  'an empty frame': behindUpgrade(frame(0x82, '80', Buffer.alloc(0))),
  'a text': behindUpgrade(frame(0x81, '85', Buffer.from('hello'))),
  'a frame with reserved bits': behindUpgrade(frame(0xf2, '85', Buffer.from('hello'))),
  'a frame without a mask': behindUpgrade(Buffer.from('8205', 'hex'), Buffer.from('hello')),
  'a ping': behindUpgrade(frame(0x89, '80', Buffer.alloc(0))),
  'a thousand fragments': behindUpgrade(
    frame(0x02, '81', noise(1)),
    ...Array.from({ length: 1_000 }, () => frame(0x00, '81', noise(1))),
  ),
  'half a frame': behindUpgrade(Buffer.from('82fe', 'hex')),
};

/** Sends it on a connection of its own, and waits for its end, up to the deadline. */
export function send(address: string, payload: Buffer | string, deadlineMs: number): Promise<Treated> {
  return new Promise((resolve) => {
    const socket = open(address);
    let answer = '';
    const end = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answer: answer.slice(0, SHOWN), closed });
    };
    const timer = setTimeout(() => end(false), deadlineMs);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1').slice(0, SHOWN);
    });
    socket.on('close', () => end(true));
    socket.write(payload);
  });
}

/** Sends a byte now and then, and never comes to an end. Resolves with the milliseconds until it was cut off. */
export function dribble(address: string, text: string, deadlineMs: number): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = open(address);
    const began = performance.now();
    let at = 0;
    const drip = setInterval(() => socket.write(text[at++ % text.length] ?? 'x'), 200);
    const end = (after: number | null): void => {
      clearInterval(drip);
      clearTimeout(timer);
      socket.destroy();
      resolve(after);
    };
    const timer = setTimeout(() => end(null), deadlineMs);
    socket.on('close', () => end(performance.now() - began));
    socket.resume();
  });
}

/** A connection whose errors are its end, and nothing else. */
export function open(address: string): Socket {
  const [host, port] = address.split(':');
  const socket = connect({ host, port: Number(port) });
  socket.on('error', () => {});
  return socket;
}
