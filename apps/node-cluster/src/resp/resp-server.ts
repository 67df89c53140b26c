import { createServer, type Server, type Socket } from 'node:net';
import type { KvService } from '../service/index.ts';
import { listenOn } from '../service/listen.ts';
import { DEFAULT_RESP_LIMITS, type RespLimits } from './limits.ts';
import { failure } from './reply.ts';
import { RespConnection } from './resp-connection.ts';
import { ScanCursors } from './scan-cursors.ts';
import { RespSession, type ServerFacts } from './session.ts';
import { TurnFlusher } from './turn-flusher.ts';

/** Long enough for a client that is busy to ask once more, and to learn that it has to ask another. */
const REFUSING_MS = 100;

/** Speaks the Redis protocol, versions 2 and 3. */
export class RespServer implements ServerFacts {
  readonly startedAt = performance.now();
  readonly cursors = new ScanCursors();
  readonly #service: KvService;
  readonly #limits: RespLimits;
  readonly #server: Server;
  readonly #flusher = new TurnFlusher();
  readonly #connections = new Set<RespConnection>();
  #totalConnections = 0;
  /** Of connections that are gone. */
  #commands = 0;

  constructor(service: KvService, limits: Partial<RespLimits> = {}) {
    this.#service = service;
    this.#limits = { ...DEFAULT_RESP_LIMITS, ...limits };
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  get connections(): number {
    return this.#connections.size;
  }

  get maxConnections(): number {
    return this.#limits.maxConnections;
  }

  get maxReplyBytes(): number {
    return this.#limits.maxReplyBytes;
  }

  get totalConnections(): number {
    return this.#totalConnections;
  }

  get totalCommands(): number {
    let total = this.#commands;
    for (const each of this.#connections) total += each.commands;
    return total;
  }

  /** @throws SmaltiError `ADDRESS_IN_USE` or `BAD_OPTION`, naming the flag. Gives the port. */
  listen(address: string): Promise<number> {
    return listenOn(this.#server, '--resp', address);
  }

  /**
   * Accepts no more, refuses for a moment what still comes, lets what is under way be answered for a while, and then ends
   * every connection.
   */
  async close(graceMs = 1_000): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const each of this.#connections) each.leave();
    const moment = setTimeout(
      () => {
        for (const each of this.#connections) each.close();
      },
      Math.min(REFUSING_MS, graceMs),
    );
    const timer = setTimeout(() => {
      for (const each of this.#connections) each.destroy();
    }, graceMs);
    await closed;
    clearTimeout(moment);
    clearTimeout(timer);
  }

  #accept(socket: Socket): void {
    this.#totalConnections++;
    if (this.#connections.size >= this.#limits.maxConnections) {
      socket.on('error', () => {});
      socket.end(failure('ERR max number of clients reached'), () => socket.destroy());
      return;
    }
    const session = new RespSession(this.#totalConnections, this.#service, this);
    const connection = new RespConnection(socket, session, this.#limits, this.#flusher);
    this.#connections.add(connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
      session.end();
      this.#commands += connection.commands;
    });
  }
}
