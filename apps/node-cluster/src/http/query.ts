import type { Context } from 'hono';
import { HttpError } from './http-error.ts';
import type { HttpEnv } from './raw-path.ts';
import { wholeNumber } from './whole-number.ts';

const DEFAULT_WAIT_MS = 10_000;
const MAX_WAIT_MS = 300_000;

/** A parameter that is true or false. @throws HttpError 400. */
export function flagOf(context: Context<HttpEnv>, name: string): boolean {
  const text = context.req.query(name) ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw new HttpError(
    400,
    'BAD_REQUEST',
    `${name}=${JSON.stringify(text.slice(0, 40))}: must be true or false`,
  );
}

/** How long to wait, in milliseconds, at most so long. @throws HttpError 400. */
export function timeoutOf(context: Context<HttpEnv>, mostMs = MAX_WAIT_MS): number {
  const text = context.req.query('timeout');
  if (text === undefined) return DEFAULT_WAIT_MS;
  return wholeNumber('timeout', text, mostMs, 'the milliseconds to wait');
}
