import type { ClientSessionId, Cursor } from '@smalti/core';
import type { CommandOptions, Consistency } from '@smalti/raft';
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { KvCommand, KvResult } from '../machine/index.ts';
import type { KvGroup, KvService } from '../service/index.ts';
import { handleOf } from './connection-handles.ts';
import { HttpError, noSuchPath } from './http-error.ts';
import { decodeKey, type HttpEnv, rawPath } from './raw-path.ts';
import { readBody } from './read-body.ts';
import { wholeNumber } from './whole-number.ts';

const PREFIX = '/kv/';
const MAX_AGE_MS = 86_400_000;

/** `GET`, `PUT` and `DELETE /kv/{key}`: raw bytes, linearizable unless asked otherwise. */
export function kvRoutes(service: KvService, maxValueBytes: number): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>({ getPath: rawPath });

  app.use(`${PREFIX}*`, (context, next) => {
    // The pattern takes the path without its last slash, too.
    return context.req.path.startsWith(PREFIX) ? next() : Promise.reject(noSuchPath());
  });

  app.get(`${PREFIX}*`, async (context) => {
    const key = keyOf(context);
    const { signal } = context.req.raw;
    const consistency = consistencyOf(context);
    const handle = handleOf(context, groupOf(service));
    const answer = await handle.query({ op: 'get', key }, consistency, { signal });
    const { result, at, ageMs } = answer;
    mark(context, at);
    if (ageMs !== null) context.header('smalti-age-ms', String(ageMs));
    if (result.kind !== 'value') throw unexpected(result);
    if (result.value === null) throw notFound();
    context.header('content-type', 'application/octet-stream');
    // For HEAD, whose answer has no body to measure.
    context.header('content-length', String(result.value.length));
    return context.body(Buffer.from(result.value, 'latin1'));
  });

  app.put(`${PREFIX}*`, async (context) => {
    const key = keyOf(context);
    const value = (await readBody(context, maxValueBytes)).toString('latin1');
    const plain = { when: 'always', expiry: 'never', get: false } as const;
    await execute(context, service, { op: 'set', key, value, ...plain });
    return context.body(null, 204);
  });

  app.delete(`${PREFIX}*`, async (context) => {
    const result = await execute(context, service, { op: 'del', keys: [keyOf(context)] });
    if (result.kind === 'integer' && result.value === 0) throw notFound();
    return context.body(null, 204);
  });

  app.all(`${PREFIX}*`, (context) => {
    context.header('allow', 'GET, HEAD, PUT, DELETE');
    throw new HttpError(
      405,
      'METHOD_NOT_ALLOWED',
      'a key can be read with GET, set with PUT, removed with DELETE',
    );
  });
  return app;
}

async function execute(context: Context<HttpEnv>, service: KvService, command: KvCommand): Promise<KvResult> {
  const { result, at } = await handleOf(context, groupOf(service)).execute(command, numberOf(context));
  mark(context, at);
  return result;
}

/** The number of a client session that the client gave, if it did: a request that is sent again counts once. */
function numberOf(context: Context<HttpEnv>): CommandOptions {
  const session = context.req.header('smalti-session');
  if (session === undefined) return {};
  const sequence = headerNumber(context, 'smalti-number') ?? 0;
  const through = headerNumber(context, 'smalti-read') ?? 0;
  return { as: { session: session as ClientSessionId, sequence }, through };
}

function headerNumber(context: Context<HttpEnv>, name: string): number | null {
  const text = context.req.header(name);
  if (text === undefined) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HttpError(400, 'BAD_REQUEST', `${name} must be an integer of at least 0`, 'not-applied');
}

/** The position that an answer is of. */
function mark(context: Context<HttpEnv>, at: Cursor): void {
  context.header('smalti-index', String(at.index));
  context.header('smalti-term', String(at.term));
}

function keyOf(context: Context<HttpEnv>): string {
  return decodeKey(context.req.path.slice(PREFIX.length));
}

/**
 * `strong` sees all that was acknowledged anywhere before, and is the default; `weak` is what this node has; `maxAge`
 * is what it has if that is known to be no older than so many milliseconds, and else strong.
 */
function consistencyOf(context: Context<HttpEnv>): Consistency {
  const maxAge = context.req.query('maxAge');
  const named = context.req.query('consistency');
  if (maxAge !== undefined) {
    if (named !== undefined) {
      throw new HttpError(400, 'BAD_REQUEST', 'maxAge and consistency: give one of them, not both');
    }
    return {
      maxAgeMs: wholeNumber('maxAge', maxAge, MAX_AGE_MS, 'the milliseconds that an answer may be old'),
    };
  }
  const text = named ?? 'strong';
  if (text === 'strong' || text === 'weak') return text;
  const shown = JSON.stringify(text.slice(0, 40));
  throw new HttpError(400, 'BAD_REQUEST', `consistency=${shown}: must be strong or weak`);
}

export function groupOf(service: KvService): KvGroup {
  const { group } = service;
  if (group === null) {
    throw new HttpError(503, 'NOT_READY', 'this node is opening its log, or stops', 'not-applied');
  }
  return group;
}

function notFound(): HttpError {
  return new HttpError(404, 'KEY_NOT_FOUND', 'there is no value at this key');
}

function unexpected(result: KvResult): Error {
  return new Error(`the machine answered with ${result.kind}`);
}
