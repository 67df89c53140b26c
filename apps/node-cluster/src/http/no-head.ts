import type { Context, Next } from 'hono';
import { HttpError } from './http-error.ts';
import type { HttpEnv } from './raw-path.ts';

/**
 * For paths whose answer is a stream. A HEAD is otherwise answered as a GET whose body is thrown away: it would begin a
 * stream that nobody reads.
 *
 * @throws HttpError 405.
 */
export async function noHead(context: Context<HttpEnv>, next: Next): Promise<void> {
  if (context.req.method !== 'HEAD') return next();
  context.header('allow', 'GET');
  throw new HttpError(405, 'METHOD_NOT_ALLOWED', `${context.req.path} can only be read, with GET`);
}
