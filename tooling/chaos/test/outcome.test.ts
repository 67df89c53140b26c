import { answerTo, ErrorReply } from '@smalti/cluster-tests/processes';
import { describe, expect, it } from 'vitest';
import { httpOutcome, lostOutcome, replyOutcome } from '../src/load/outcome.ts';

const answer = (status: number, body: unknown = '') => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  date: null,
});

describe('what a client knows after an answer over HTTP', () => {
  it.each([
    ['GET', answer(200, 'v'), { kind: 'ok', output: 'v' }],
    ['GET', answer(200), { kind: 'ok', output: '' }],
    ['GET', answer(404, { code: 'KEY_NOT_FOUND' }), { kind: 'ok', output: null }],
    ['PUT', answer(204), { kind: 'ok', output: null }],
    ['DELETE', answer(204), { kind: 'ok', output: true }],
    ['DELETE', answer(404, { code: 'KEY_NOT_FOUND' }), { kind: 'ok', output: false }],
  ] as const)('%s %j', (method, given, expected) => {
    expect(httpOutcome(method, given)).toEqual(expected);
  });

  it.each([
    [503, { code: 'NO_LEADER', outcome: 'not-applied' }, 'refused'],
    [503, { code: 'LEADERSHIP_LOST', outcome: 'unknown' }, 'open'],
    [503, { code: 'NOT_READY' }, 'open'],
    [504, { code: 'TIMEOUT', outcome: 'unknown' }, 'open'],
    [503, 'no JSON', 'open'],
    [500, { code: 'INTERNAL' }, 'wrong'],
    [404, { code: 'NOT_FOUND' }, 'wrong'],
    [200, 'a value', 'wrong'],
  ])('PUT answered with %d %j', (status, body, kind) => {
    expect(httpOutcome('PUT', answer(status, body)).kind).toBe(kind);
  });
});

describe('what a client knows after a reply of the Redis protocol', () => {
  const outcome = (reply: string | number | ErrorReply) => replyOutcome(reply, String, answerTo);

  it('takes a reply for what it says', () => expect(outcome(3)).toEqual({ kind: 'ok', output: '3' }));

  it.each([
    ['TRYAGAIN NO_LEADER nobody leads', 'refused'],
    ['LOADING the node is opening its log', 'refused'],
    ['UNKNOWN LEADERSHIP_LOST it may have happened', 'open'],
    ['ERR syntax error', 'wrong'],
    ['WRONGTYPE of value', 'wrong'],
  ])('-%s', (text, kind) => {
    expect(outcome(new ErrorReply(text)).kind).toBe(kind);
  });
});

describe('what a client knows when there is no answer', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'open'],
    ['ETIMEDOUT', 'open'],
    [undefined, 'open'],
  ])('%s', (code, kind) => {
    expect(lostOutcome(Object.assign(new Error('lost'), { code })).kind).toBe(kind);
  });
});
