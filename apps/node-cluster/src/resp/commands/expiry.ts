import { type KvExpireIf, type KvInteger, parseInteger } from '../../machine/index.ts';
import { failure, integer } from '../reply.ts';
import { ask, submit } from './calls.ts';
import { type Call, type RespCommand, word } from './command.ts';
import { invalidExpiry, NOT_AN_INTEGER, toMilliseconds } from './integers.ts';

type Unit = 'seconds' | 'milliseconds';

const one = { keys: [1, 1, 1], group: 'generic' } as const;
const write = ['write', 'fast'];
const read = ['readonly', 'fast'];

const KEY_IS_ABSENT = integer(-2);
const NEVER_EXPIRES = integer(-1);
const NX_AND = failure('ERR NX and XX, GT or LT options at the same time are not compatible');
const GT_AND_LT = failure('ERR GT and LT options at the same time are not compatible');

/** Commands about when keys expire. */
export const expiryCommands: readonly RespCommand[] = [
  {
    ...one,
    name: 'expire',
    arity: -3,
    flags: write,
    summary: 'Makes a key expire, in so many seconds.',
    run: (call) => expire(call, 'seconds'),
  },
  {
    ...one,
    name: 'pexpire',
    arity: -3,
    flags: write,
    summary: 'Makes a key expire, in so many milliseconds.',
    run: (call) => expire(call, 'milliseconds'),
  },
  {
    ...one,
    name: 'persist',
    arity: 2,
    flags: write,
    summary: 'Makes a key never expire.',
    run: (call) => submit(call, { op: 'persist', key: word(call, 1) }),
  },
  {
    ...one,
    name: 'ttl',
    arity: 2,
    flags: read,
    summary: 'Returns in how many seconds a key expires.',
    run: (call) => timeToLive(call, 'seconds'),
  },
  {
    ...one,
    name: 'pttl',
    arity: 2,
    flags: read,
    summary: 'Returns in how many milliseconds a key expires.',
    run: (call) => timeToLive(call, 'milliseconds'),
  },
];

function expire(call: Call, unit: Unit): string | null {
  const name = word(call, 0).toLowerCase();
  const conditions = parseConditions(call.words.slice(3));
  if ('problem' in conditions) return conditions.problem;
  const amount = parseInteger(word(call, 2));
  if (amount === null) return NOT_AN_INTEGER;
  const time = toMilliseconds(amount, unit);
  if (time === null) return invalidExpiry(name);
  const command = { op: 'expire', key: word(call, 1), in: time, when: conditions.when } as const;
  return submit(call, command, (result, plain) => {
    return result.kind === 'error' ? invalidExpiry(name) : plain(result);
  });
}

/** The condition that the options make together, or the reply that says what is wrong with them. */
function parseConditions(
  words: readonly string[],
): { readonly when: KvExpireIf } | { readonly problem: string } {
  const given = new Set<string>();
  for (const each of words) {
    const option = each.toLowerCase();
    if (!['nx', 'xx', 'gt', 'lt'].includes(option)) {
      return { problem: failure(`ERR Unsupported option ${each.slice(0, 128)}`) };
    }
    given.add(option);
  }
  if (given.has('nx') && given.size > 1) return { problem: NX_AND };
  if (given.has('gt') && given.has('lt')) return { problem: GT_AND_LT };
  if (given.has('nx')) return { when: 'nx' };
  if (given.has('gt')) return { when: given.has('xx') ? 'xx-gt' : 'gt' };
  if (given.has('lt')) return { when: given.has('xx') ? 'xx-lt' : 'lt' };
  return { when: given.has('xx') ? 'xx' : 'always' };
}

/**
 * What is left is decided by group time, which moves only by entries: on a quiet group it would seem to stand still.
 * So this node's clock is taken for what has passed since then. That is for display alone, and it neither adds to what
 * group time leaves nor makes a key expire.
 */
function timeToLive(call: Call, unit: Unit): string | null {
  return ask(call, { op: 'expiry', key: word(call, 1) }, (result, plain) => {
    if (result.kind === 'value') return KEY_IS_ABSENT;
    if (result.kind !== 'expiry') return plain(result);
    if (result.at === null) return NEVER_EXPIRES;
    return integer(left(result.at, Math.max(result.time, Date.now()), unit));
  });
}

function left(at: KvInteger, now: number, unit: Unit): KvInteger {
  const rest = typeof at === 'number' ? Math.max(0, at - now) : at - BigInt(Math.floor(now));
  if (unit === 'milliseconds') return rest;
  // As Redis rounds.
  return typeof rest === 'number' ? Math.floor((rest + 500) / 1_000) : (rest + 500n) / 1_000n;
}
