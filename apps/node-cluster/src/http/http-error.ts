import { type ErrorCode, type Outcome, SmaltiError } from '@smalti/core';
import { Overloaded } from '@smalti/raft';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Codes of the HTTP interface besides those of the group. Stable. */
export type HttpErrorCode =
  /** No value at that key. */
  | 'KEY_NOT_FOUND'
  /** The path's percent-encoding is damaged. */
  | 'BAD_KEY'
  /** A query parameter, or the whole request, is not what it should be. */
  | 'BAD_REQUEST'
  | 'BODY_TOO_LARGE'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  /** The node is opening its log, or stops, or is not online. */
  | 'NOT_READY'
  /** The members can be changed only with the token of the operator, which was not given or is another. */
  | 'UNAUTHORIZED'
  /** This node was started without a token: nobody can change the members through it. */
  | 'ADMIN_DISABLED'
  /** This node has no agreed checkpoint yet, or keeps none. */
  | 'NO_CHECKPOINT'
  /** A bug of this server. */
  | 'INTERNAL';

/** A request that is answered with an error. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: ContentfulStatusCode;
  readonly code: HttpErrorCode | ErrorCode;
  readonly outcome: Outcome;
  /** Why a change of the members, or a skip, was refused, in a word for programs; else null. */
  readonly reason: string | null;
  /** Milliseconds after which it is worth trying again, or null if that is not known. */
  readonly retryAfterMs: number | null;

  constructor(
    status: ContentfulStatusCode,
    code: HttpErrorCode | ErrorCode,
    message: string,
    outcome: Outcome = 'none',
    retryAfterMs: number | null = null,
    reason: string | null = null,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.outcome = outcome;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

const STATUS: ReadonlyMap<ErrorCode, ContentfulStatusCode> = new Map([
  ['COMMAND_TOO_LARGE', 413],
  ['BAD_OPTION', 400],
  ['ENCODING', 400],
  ['SESSION_UNKNOWN', 404],
  ['OUT_OF_ORDER', 409],
  ['REPLY_GONE', 410],
  ['INDEX_PASSED', 410],
  ['TIMEOUT', 504],
  ['MACHINE_FAILED', 500],
  ['MEMBERSHIP_REFUSED', 409],
  ['SKIP_REFUSED', 409],
  ['COMMAND_SKIPPED', 409],
]);

/** The answer to a path that means nothing. */
export function noSuchPath(): HttpError {
  return new HttpError(
    404,
    'NOT_FOUND',
    'there are /kv/{key}, /sessions, /status, /healthz, /readyz and /admin/members',
  );
}

/** The answer to a request whose sender went away before it was whole. */
export function gone(): HttpError {
  return new HttpError(400, 'BAD_REQUEST', 'the request was given up by its sender');
}

/** What any error of a request means to its client. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof SmaltiError) {
    const { code, message, outcome, details } = error;
    const retryAfterMs = error instanceof Overloaded ? error.retryAfterMs : null;
    const reason = typeof details.reason === 'string' ? details.reason : null;
    return new HttpError(STATUS.get(code) ?? 503, code, message, outcome, retryAfterMs, reason);
  }
  return new HttpError(500, 'INTERNAL', 'this server has a bug; its log tells more');
}

/** `{code, message, outcome?, retryAfterMs?, reason?}`. */
export function errorBody({
  code,
  message,
  outcome,
  retryAfterMs,
  reason,
}: HttpError): Record<string, unknown> {
  return {
    code,
    message,
    ...(outcome === 'none' ? {} : { outcome }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(reason === null ? {} : { reason }),
  };
}

export function sendError(context: Context, error: HttpError): Response {
  // Whole seconds, of which there is at least one: the body tells more exactly.
  if (error.retryAfterMs !== null)
    context.header('retry-after', String(Math.ceil(error.retryAfterMs / 1_000)));
  return context.json(errorBody(error), error.status);
}
