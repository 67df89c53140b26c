import type { HttpBindings } from '@hono/node-server';
import { HttpError } from './http-error.ts';

/** What handlers get of Node.js. */
export interface HttpEnv {
  Bindings: HttpBindings;
}

/**
 * The path as it was sent. Not that of the parsed URL, which takes `..`, even as `%2e%2e`, for a way up: here it may
 * be a key.
 */
export function rawPath(request: Request, options?: { env?: HttpBindings | undefined }): string {
  const url = (options?.env?.incoming.url ?? request.url).replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

/**
 * The bytes that a percent-encoded text stands for, as a latin1 string.
 *
 * @throws HttpError `BAD_KEY`.
 */
export function decodeKey(encoded: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(encoded)) {
    throw new HttpError(
      400,
      'BAD_KEY',
      'a % in the key must be followed by two hex digits; a percent sign is %25',
    );
  }
  const bytes = Buffer.from(encoded, 'utf8').toString('latin1');
  return bytes.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
