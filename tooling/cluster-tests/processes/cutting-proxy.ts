import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Stands between a client and a server, and cuts each connection as soon as so many requests have gone through: their
 * replies are lost, and nobody knows what became of them. One write of the client is taken for one request.
 */
export class CuttingProxy implements AsyncDisposable {
  /** Connections that were cut. */
  cuts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Requests of a connection that are answered before the one whose reply is lost. */
  readonly #spared: number;
  #target: string;

  private constructor(target: string, spared: number) {
    this.#target = target;
    this.#spared = spared;
    this.#server = createServer((client) => this.#accept(client));
  }

  static start(target: string, spared: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, spared);
    return new Promise((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', () => resolve(proxy));
    });
  }

  get address(): string {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
  }

  /** Where the next connections lead. */
  lead(target: string): void {
    this.#target = target;
  }

  #accept(client: Socket): void {
    const [host, port] = this.#target.split(':');
    const server = connect({ host, port: Number(port) });
    let requests = 0;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    server.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      requests += 1;
      if (requests <= this.#spared) {
        server.write(chunk);
        return;
      }
      this.cuts += 1;
      // The request leaves, with the end of the connection right after it.
      client.destroy();
      server.end(chunk);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
