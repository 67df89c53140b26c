import type { Context } from 'hono';
import { HttpError } from './http-error.ts';
import type { HttpEnv } from './raw-path.ts';

/**
 * The body of a request, whether its length is announced or not; empty if there is none.
 *
 * @throws HttpError `BODY_TOO_LARGE`, as soon as it is known, without waiting for the rest.
 */
export async function readBody(context: Context<HttpEnv>, maxBytes: number): Promise<Buffer> {
  const announced = Number(context.req.header('content-length') ?? 0);
  if (announced > maxBytes) throw tooLarge(context, maxBytes);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Its type does not say so, but a web stream can be iterated on every Node.js that this runs on.
  const body = context.req.raw.body as AsyncIterable<Uint8Array> | null;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(context, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function tooLarge(context: Context<HttpEnv>, maxBytes: number): HttpError {
  // What is left of the body is not waited for.
  context.header('connection', 'close');
  return new HttpError(413, 'BODY_TOO_LARGE', `a value may have ${maxBytes} bytes at most`, 'not-applied');
}
