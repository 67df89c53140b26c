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

/**
 * What connections may cost before a bond on them is proven: so many in all, so many from one address, so many bytes
 * each, and so long. A TLS socket and the TCP socket under it are one connection, known by its remote address and port.
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
    const host = socket.remoteAddress ?? 'unknown';
    const address = remoteOf(socket);
    const fromHost = this.#byHost.get(host) ?? 0;
    const { maxStrangers, maxStrangersPerAddress, handshakeMs } = this.#limits;
    if (fromHost >= maxStrangersPerAddress || this.#strangers.size >= maxStrangers) {
      socket.destroy();
      const most =
        fromHost >= maxStrangersPerAddress ? `${fromHost} from ${host}` : `${this.#strangers.size}`;
      this.#turnedAway(
        'TOO_MANY',
        `there are ${most} connections that have not proven to be members: something else than a member connects here`,
        address,
      );
      return false;
    }
    const timer = this.#clock.setTimer(handshakeMs, () => {
      // A link says by itself that its handshake took too long; this is for what never became one.
      this.#clock.setTimer(this.#limits.closeMs, () => {
        if (this.#strangers.has(address)) socket.destroy();
      });
    });
    this.#byHost.set(host, fromHost + 1);
    this.#strangers.set(address, { host, timer, bytes: 0 });
    socket.once('close', () => this.#release(address));
    return true;
  }

  /** Counts what an upgraded connection brings, from its first bytes on. */
  watch(socket: Socket, head: number): void {
    const address = remoteOf(socket);
    const count = (bytes: number): void => {
      const stranger = this.#strangers.get(address);
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
    this.#release(remoteOf(socket));
  }

  #release(address: string): void {
    const stranger = this.#strangers.get(address);
    if (!stranger) return;
    stranger.timer.cancel();
    this.#strangers.delete(address);
    const left = (this.#byHost.get(stranger.host) ?? 1) - 1;
    if (left > 0) this.#byHost.set(stranger.host, left);
    else this.#byHost.delete(stranger.host);
  }
}
