import { isSkipReason, MAX_SKIP_REASON_BYTES } from '@smalti/core';
import type { Context } from 'hono';
import { HttpError } from './http-error.ts';
import type { HttpEnv } from './raw-path.ts';
import { readBody } from './read-body.ts';
import { wholeNumber } from './whole-number.ts';

/** Room for the longest reason, with every byte of it escaped. */
const MAX_BYTES = 6 * MAX_SKIP_REASON_BYTES + 64;

/** A command that is to be skipped, and why. */
export interface SkipRequest {
  readonly index: number;
  readonly reason: string;
}

/** The index is a part of the path, the reason is in the body, as JSON. @throws HttpError `BAD_REQUEST`. */
export async function readSkip(context: Context<HttpEnv>): Promise<SkipRequest> {
  const index = wholeNumber('index', context.req.param('index') ?? '', Number.MAX_SAFE_INTEGER, 'an index');
  return { index, reason: reasonOf((await readBody(context, MAX_BYTES)).toString('utf8')) };
}

function reasonOf(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const reason = typeof value === 'object' && value !== null && 'reason' in value ? value.reason : null;
  if (typeof reason === 'string' && isSkipReason(reason)) return reason;
  throw new HttpError(
    400,
    'BAD_REQUEST',
    `the body must be JSON with a reason of 1 to ${MAX_SKIP_REASON_BYTES} bytes, such as {"reason": "ticket 17"}`,
    'not-applied',
  );
}
