import { type Server, STATUS_CODES } from 'node:http';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { errorBody, HttpError } from './http-error.ts';

/** What Node.js says of bytes that are no request it can take, by its codes. */
const REFUSALS: ReadonlyMap<string, readonly [ContentfulStatusCode, string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'the path and the headers are too long: 64 KiB at most, together']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'the request did not come whole in time']],
]);

/** Gives what never becomes a request an answer with a code, as all others have one. */
export function refuseMalformed(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Gone, or in the middle of an answer that a second one would only garble.
    if (error.code === 'ECONNRESET' || !socket.writable || started(socket)) {
      socket.destroy();
      return;
    }
    const [status, message] = REFUSALS.get(error.code ?? '') ?? [400, 'this is not an HTTP request'];
    const body = JSON.stringify(errorBody(new HttpError(status, 'BAD_REQUEST', message)));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  });
  server.on('checkExpectation', (_, response) => {
    const error = new HttpError(417, 'BAD_REQUEST', 'only "expect: 100-continue" is understood');
    response.writeHead(error.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(errorBody(error)));
  });
}

/** The answer to a request whose head was read, but that does not say what it asks for. */
export function malformed(error: unknown): Response {
  const why = error instanceof Error ? error.message : String(error);
  const refusal = new HttpError(400, 'BAD_REQUEST', `the request cannot be understood: ${why}`);
  return Response.json(errorBody(refusal), { status: refusal.status });
}

/** Node.js itself looks there, at the answer that is being written. */
function started(socket: object): boolean {
  const { _httpMessage: answer } = socket as {
    readonly _httpMessage?: { readonly headersSent: boolean } | null;
  };
  return answer?.headersSent === true;
}
