import type { Socket } from 'node:net';
import type { Clock, Refusal, Timer } from '@smalti/core';
import type { WsLimits } from './options.ts';

/** A connection that has proven nothing yet. */
interface Stranger {
  readonly host: string;
  readonly timer: Timer;
  bytes: number;
}

/** Called when a stranger is turned away. */
export type TurnedAway = (code: Refusal['code'], detail: string, address: string) => void;

/** Where a socket comes from, e.g. `127.0.0.1:50123`. */
export function remoteOf(socket: Socket): string {
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}

/** What no two connections have in common at a time: a peer may use one port of its own towards two of our addresses. */
function nameOf(socket: Socket): string {
  return `${remoteOf(socket)} ${socket.localAddress}:${socket.localPort}`;
}

/**
 * What connections may cost before a bond on them is proven: so many in all, so many from one address, so many bytes
 * each, and so long. A TLS socket and the TCP socket under it are one connection, known by the addresses of its ends.
 */
export class Admission {
  readonly #clock: Clock;
  readonly #limits: WsLimits;
  readonly #turnedAway: TurnedAway;
  readonly #strangers = new Map<string, Stranger>();
  readonly #byHost = new Map<string, number>();

  constructor(clock: Clock, limits: WsLimits, turnedAway: TurnedAway) {
    this.#clock = clock;
    this.#limits = limits;
    this.#turnedAway = turnedAway;
  }

  /** How many there are now. */
  get size(): number {
    return this.#strangers.size;
  }

  /** A connection came in. False if it is one too many: it was destroyed. */
  admit(socket: Socket): boolean {
    const host = socket.remoteAddress;
    if (host === undefined) {
      // It was reset before it was looked at.
      socket.destroy();
      return false;
    }
    const name = nameOf(socket);
    const fromHost = this.#byHost.get(host) ?? 0;
    const { maxStrangers, maxStrangersPerAddress, handshakeMs, closeMs } = this.#limits;
    if (fromHost >= maxStrangersPerAddress || this.#strangers.size >= maxStrangers) {
      socket.destroy();
      const most =
        fromHost >= maxStrangersPerAddress ? `${fromHost} from ${host}` : `${this.#strangers.size}`;
      this.#turnedAway(
        'TOO_MANY',
        `there are ${most} connections that have not proven to be members: something else than a member connects here`,
        remoteOf(socket),
      );
      return false;
    }
    // A link says by itself that its handshake took too long; this is for what never became one.
    const timer = this.#clock.setTimer(handshakeMs + closeMs, () => socket.destroy());
    this.#byHost.set(host, fromHost + 1);
    this.#strangers.set(name, { host, timer, bytes: 0 });
    socket.once('close', () => this.#release(name));
    return true;
  }

  /** Counts what an upgraded connection brings, from its first bytes on. */
  watch(socket: Socket, head: number): void {
    const name = nameOf(socket);
    const address = remoteOf(socket);
    const count = (bytes: number): void => {
      const stranger = this.#strangers.get(name);
      if (!stranger) {
        socket.off('data', onData);
        return;
      }
      stranger.bytes += bytes;
      if (stranger.bytes <= this.#limits.strangerBytes) return;
      socket.destroy();
      const detail = `more than ${this.#limits.strangerBytes} bytes came before any proof of membership`;
      this.#turnedAway('BAD_HANDSHAKE', `${detail}: what connects here must be a Smalti node`, address);
    };
    const onData = (chunk: Buffer): void => count(chunk.length);
    // After the WebSocket has read a chunk, so that a proof counts before what came right behind it.
    socket.on('data', onData);
    count(head);
  }

  /** It has proven to belong here. */
  trust(socket: Socket): void {
    this.#release(nameOf(socket));
  }

  #release(name: string): void {
    const stranger = this.#strangers.get(name);
    if (!stranger) return;
    stranger.timer.cancel();
    this.#strangers.delete(name);
    const left = (this.#byHost.get(stranger.host) ?? 1) - 1;
    if (left > 0) this.#byHost.set(stranger.host, left);
    else this.#byHost.delete(stranger.host);
  }
}
