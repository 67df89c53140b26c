import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that wait for those before them. One more ends the connection. */
const MAX_WAITING = 64;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Begins the requests of a connection one after the other. Their answers leave in that order anyway: were they begun
 * together, a client that sends many at once and does not read would have all the answers held for it.
 */
export function oneAtATime(listener: Listener): Listener {
  /** Of connections on which a request is under way. */
  const lines = new WeakMap<Socket, (() => void)[]>();
  const next = (socket: Socket): void => {
    const begin = socket.destroyed ? undefined : lines.get(socket)?.shift();
    if (begin === undefined) lines.delete(socket);
    else begin();
  };
  return (request, response) => {
    const { socket } = request;
    // Of what came together with the one too many.
    if (socket.destroyed) return;
    const begin = (): void => {
      response.once('close', () => next(socket));
      listener(request, response);
    };
    const line = lines.get(socket);
    if (line === undefined) {
      lines.set(socket, []);
      begin();
    } else if (line.length < MAX_WAITING) line.push(begin);
    else socket.destroy();
  };
}
