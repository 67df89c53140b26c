import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { HttpError } from './http-error.ts';
import type { HttpEnv } from './raw-path.ts';

/** @throws HttpError unless the request carries the token, as `authorization: Bearer TOKEN`. */
export function checkToken(context: Context<HttpEnv>, token: string | null): void {
  if (token === null) {
    throw new HttpError(
      403,
      'ADMIN_DISABLED',
      'this node was started without a token, so that nobody can administer the group through it: start it with ' +
        '--admin-token-file, or with the token in SMALTI_TOKEN, or ask another node',
      'not-applied',
    );
  }
  const given = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (given !== undefined && areEqual(given, token)) return;
  context.header('www-authenticate', 'Bearer');
  const why = given === undefined ? 'was not given' : 'is another';
  throw new HttpError(
    401,
    'UNAUTHORIZED',
    `the token of this node ${why}: send it as "authorization: Bearer TOKEN", which smalti does with --token-file`,
    'not-applied',
  );
}

/** Takes as long whatever the difference, so that nobody can find a token out piece by piece. */
function areEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
