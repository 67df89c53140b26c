import type { IncomingMessage, Server } from 'node:http';
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { SmaltiError } from '@smalti/core';
import { type WebSocket, WebSocketServer } from 'ws';
import { type HostPort, showAddress } from './address.ts';
import { type Admission, remoteOf, type TurnedAway } from './admission.ts';
import { createServer } from './node-http.ts';
import type { WsTlsOptions } from './options.ts';
import { commonSettings, PATHS } from './ws-settings.ts';

/** Bytes of an HTTP request's head. */
const MAX_HTTP_HEAD = 8 * 1024;
const ADVICE =
  'This is a node of a Smalti cluster. It speaks WebSocket to its peers, and nothing to anyone else.\n';

/** What a {@link Listener} is made with. */
export interface ListenerParts {
  readonly tls: WsTlsOptions | undefined;
  readonly maxMessageBytes: number;
  readonly admission: Admission;
  readonly turnedAway: TurnedAway;
  /** A connection for a lane came in. */
  came(lane: 'control' | 'bulk', ws: WebSocket, socket: Socket): void;
}

/** The port of a node: TCP or TLS, HTTP on it, and WebSockets on that. Whatever else knocks is answered and closed. */
export class Listener {
  readonly #parts: ListenerParts;
  readonly #http: Server;
  readonly #net: NetServer;
  readonly #upgrades: WebSocketServer;
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | null = null;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#upgrades = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      ...commonSettings(parts.maxMessageBytes),
    });
    this.#http = createServer({ maxHeaderSize: MAX_HTTP_HEAD, keepAlive: false });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
    this.#http.on('request', (request, response) => {
      this.#turnedAway(request.socket, `${request.method} ${short(request.url)} is an ordinary HTTP request`);
      response
        .writeHead(426, { Upgrade: 'websocket', Connection: 'close', 'Content-Type': 'text/plain' })
        .end(ADVICE);
    });
    this.#http.on('clientError', (error, socket) => {
      if ('remoteAddress' in socket)
        this.#turnedAway(socket as Socket, `what came is not HTTP (${error.message})`);
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      else socket.destroy();
    });
    this.#net = this.#makeServer();
  }

  /**
   * Begins to listen. Gives the port.
   *
   * @throws SmaltiError `ADDRESS_IN_USE`, or `BAD_OPTION` if the address is not one of this machine.
   */
  async listen(at: HostPort): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#net.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, at)));
      this.#net.listen(at.port, at.host, resolve);
    });
    const bound = this.#net.address();
    return bound !== null && typeof bound === 'object' ? bound.port : at.port;
  }

  /** Takes no more connections. */
  stop(): void {
    if (this.#net.listening) this.#closed ??= new Promise((resolve) => this.#net.close(() => resolve()));
  }

  /** Takes no more connections, and ends those that there are. */
  async close(): Promise<void> {
    this.stop();
    for (const socket of this.#sockets) socket.destroy();
    await this.#closed;
  }

  #makeServer(): NetServer {
    const { tls } = this.#parts;
    const serve = (socket: Socket): void => {
      // A TLS socket is another one than that which was admitted.
      if (tls) socket.on('error', () => socket.destroy());
      this.#http.emit('connection', socket);
    };
    if (!tls) {
      return createNetServer({ noDelay: true }, (socket) => {
        if (this.#admit(socket)) serve(socket);
      });
    }
    const { cert, key, ca, requestCert = false } = tls;
    const server = createTlsServer(
      {
        cert: Buffer.from(cert),
        key: Buffer.from(key),
        ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
        requestCert,
        rejectUnauthorized: requestCert,
        minVersion: 'TLSv1.3',
        noDelay: true,
      },
      serve,
    );
    server.on('connection', (socket: Socket) => this.#admit(socket));
    server.on('tlsClientError', (error, socket) => {
      this.#turnedAway(socket, `TLS failed: ${error.message}: check that both use TLS and trust each other`);
      socket.destroy();
    });
    return server;
  }

  #admit(socket: Socket): boolean {
    // Until someone else listens: an error without a listener would end the process.
    socket.on('error', () => socket.destroy());
    if (!this.#parts.admission.admit(socket)) return false;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return true;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const lane = request.url === PATHS.control ? 'control' : request.url === PATHS.bulk ? 'bulk' : null;
    if (lane === null) {
      this.#turnedAway(
        socket,
        `${short(request.url)} is not where links are: another release of Smalti, or none`,
      );
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#upgrades.handleUpgrade(request, socket, head, (ws) => {
      this.#parts.admission.watch(socket, head.length);
      this.#parts.came(lane, ws, socket);
    });
  }

  #turnedAway(socket: Socket, what: string): void {
    this.#parts.turnedAway('BAD_HANDSHAKE', `${what}: only Smalti nodes can use this port`, remoteOf(socket));
  }
}

function short(url: string | undefined): string {
  return JSON.stringify((url ?? '').slice(0, 80));
}

function cannotListen(error: NodeJS.ErrnoException, at: HostPort): SmaltiError {
  const address = showAddress(at);
  const details = { address };
  if (error.code === 'EADDRINUSE') {
    return new SmaltiError(
      'ADDRESS_IN_USE',
      `cannot listen at ${address}: another process has that port: stop it, or choose another port`,
      { cause: error, details },
    );
  }
  return new SmaltiError(
    'BAD_OPTION',
    `cannot listen at ${address}: ${error.message}: use an address of this machine`,
    {
      cause: error,
      details,
    },
  );
}
