import { connect, createServer, type Socket } from 'node:net';

/** A door in front of a node, through which all connections to it pass, so that a test can break them. */
export interface Breakable {
  readonly address: string;
  /** Resets every connection that passes now. */
  breakAll(): void;
  close(): Promise<void>;
}

/** Opens a door on a free port. Connections go on to the port that `target` gives. */
export async function breakable(target: () => number): Promise<Breakable> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer({ noDelay: true }, (near) => {
    hold(near);
    const far = hold(connect({ host: '127.0.0.1', port: target(), noDelay: true }));
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const breakAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    address: `127.0.0.1:${port}`,
    breakAll,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      breakAll();
      await closed;
    },
  };
}
