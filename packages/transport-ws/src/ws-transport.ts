import type { Socket } from 'node:net';
import {
  type BondCredentials,
  type BondEvents,
  type Clock,
  type Link,
  type LinkEvents,
  type PluginDescriptor,
  type Scheduler,
  SmaltiError,
  Switchboard,
  type Transport,
  type TransportGroup,
} from '@smalti/core';
import type { WebSocket } from 'ws';
import { addressOption, isWildcard, showAddress } from './address.ts';
import { Admission, remoteOf } from './admission.ts';
import { BulkLanes } from './bulk-lanes.ts';
import { Dialler } from './dialler.ts';
import { Listener } from './listener.ts';
import { DEFAULT_WS_LIMITS, type WsLimits, type WsTransportOptions } from './options.ts';
import { type LinkOwner, WsLink } from './ws-link.ts';

/** A {@link Transport} over WebSockets. */
class WsTransport implements Transport, LinkOwner {
  readonly descriptor: PluginDescriptor = Object.freeze({
    name: '@smalti/transport-ws',
    version: '0.1.0',
    contract: 'transport',
    contractVersion: 1,
  });
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly limits: WsLimits;
  readonly maxMessageBytes: number;
  readonly #board: Switchboard;
  readonly #dialler: Dialler;
  readonly #bulk: BulkLanes;
  readonly #admission: Admission;
  readonly #listener: Listener;
  readonly #links = new Map<WsLink, { stop(): void; trusted(): void }>();
  #address = '';
  #idle: (() => void) | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: WsTransportOptions) {
    const { clock, scheduler, random, hasher, logger, tls } = options;
    this.clock = clock;
    this.scheduler = scheduler;
    this.limits = { ...DEFAULT_WS_LIMITS, ...options.limits };
    this.maxMessageBytes = this.limits.maxMessageBytes;
    const connect = (address: string, events: LinkEvents): Link => this.#connect(address, events);
    this.#board = new Switchboard({ clock, scheduler, random, hasher, logger, limits: this.limits, connect });
    const turnedAway = this.#board.turnedAway.bind(this.#board);
    this.#dialler = new Dialler(tls, this.maxMessageBytes);
    const dialler = this.#dialler;
    this.#bulk = new BulkLanes(hasher, { dialler, clock, random, logger, limits: this.limits });
    this.#admission = new Admission(clock, this.limits, turnedAway);
    this.#listener = new Listener({
      tls,
      maxMessageBytes: this.maxMessageBytes,
      admission: this.#admission,
      turnedAway,
      came: (lane, ws, socket) => {
        if (lane === 'control') this.#came(ws, socket);
        else this.#bulk.came(ws, socket, this.#admission, turnedAway);
      },
    });
  }

  get address(): string {
    return this.#address;
  }

  async listen({ listen, advertise }: WsTransportOptions): Promise<void> {
    if (advertise !== undefined) this.#address = showAddress(addressOption('advertise', advertise));
    if (listen === null) return;
    const at = addressOption('listen', listen);
    if (advertise === undefined && isWildcard(at.host)) {
      throw new SmaltiError(
        'BAD_OPTION',
        `${listen} stands for every address of this machine, which others cannot dial: set advertise to host:port`,
      );
    }
    const port = await this.#listener.listen(at);
    if (advertise === undefined) this.#address = showAddress({ host: at.host, port });
  }

  attach(credentials: BondCredentials, events: BondEvents): TransportGroup {
    return this.#board.attach(credentials, events);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  openBulk(link: WsLink): void {
    this.#bulk.open(link);
  }

  proven(link: WsLink, channel: number, secret: Uint8Array): void {
    this.#links.get(link)?.trusted();
    this.#bulk.proven(link, channel, secret);
  }

  forgotten(link: WsLink, channel: number): void {
    this.#bulk.forgotten(link, channel);
  }

  ended(link: WsLink): void {
    this.#links.get(link)?.stop();
    this.#links.delete(link);
    this.#bulk.ended(link);
    if (this.#links.size === 0) this.#idle?.();
  }

  async #close(): Promise<void> {
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    // Nobody may come in meanwhile: whoever does would have to be waited for.
    this.#listener.stop();
    this.#board.close();
    if (this.#links.size > 0) await idle;
    await this.#listener.close();
  }

  #connect(address: string, events: LinkEvents): Link {
    const link = new WsLink(this, address, true);
    link.listen(events);
    let unwatch = (): void => {};
    const stop = this.#dialler.begin(address, 'control', {
      connected: (ws, socket) => {
        unwatch = this.#watchStranger(link, socket);
        link.attach('control', ws, socket);
      },
      failed: (code, detail) => link.lost(code, detail),
    });
    this.#links.set(link, { stop, trusted: () => unwatch() });
    return link;
  }

  #came(ws: WebSocket, socket: Socket): void {
    if (this.#closed !== null) {
      ws.terminate();
      return;
    }
    const link = new WsLink(this, remoteOf(socket), false);
    this.#links.set(link, { stop: () => {}, trusted: () => this.#admission.trust(socket) });
    link.attach('control', ws, socket);
    link.listen(this.#board.accept(link));
  }

  /** Who was dialled is as much a stranger as who dials, until it has proven itself. */
  #watchStranger(link: WsLink, socket: Socket): () => void {
    let bytes = 0;
    let trusted = false;
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (trusted || bytes <= this.limits.strangerBytes) return;
      unwatch();
      const much = `more than ${this.limits.strangerBytes} bytes came from ${link.address} before any proof`;
      link.lost('BAD_HANDSHAKE', `${much}: check that the address is a Smalti node`);
    };
    const unwatch = (): void => {
      trusted = true;
      socket.off('data', onData);
    };
    // After the WebSocket has read a chunk, so that a proof counts before what came right behind it.
    socket.on('data', onData);
    return unwatch;
  }
}

/**
 * Makes a transport over WebSockets, and listens where it is told to.
 *
 * @throws SmaltiError `ADDRESS_IN_USE` if another process has the port; `BAD_OPTION` if an address is none, is not
 * one of this machine, or cannot be dialled by others.
 *
 * @example
 * const transport = await wsTransport({ listen: '127.0.0.1:9001', ...nodePorts, logger });
 */
export async function wsTransport(options: WsTransportOptions): Promise<Transport> {
  const transport = new WsTransport(options);
  await transport.listen(options);
  return transport;
}
