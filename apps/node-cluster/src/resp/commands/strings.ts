import { type KvInteger, parseInteger } from '../../machine/index.ts';
import { failure, integer } from '../reply.ts';
import { ask, submit } from './calls.ts';
import { type Call, type RespCommand, word, wrongArity } from './command.ts';
import { invalidExpiry, NOT_AN_INTEGER } from './integers.ts';
import { parseSetOptions } from './set-options.ts';

const one = { keys: [1, 1, 1], group: 'string' } as const;
const MIN = -(2n ** 63n);

/** Commands that read and change values. */
export const stringCommands: readonly RespCommand[] = [
  {
    ...one,
    name: 'get',
    arity: 2,
    flags: ['readonly', 'fast'],
    summary: 'Returns the value of a key.',
    run: (call) => ask(call, { op: 'get', key: word(call, 1) }),
  },
  {
    ...one,
    name: 'set',
    arity: -3,
    flags: ['write', 'denyoom'],
    summary: 'Sets the value of a key, and when it expires.',
    run: set,
  },
  {
    ...one,
    name: 'setnx',
    arity: 3,
    flags: ['write', 'denyoom', 'fast'],
    summary: 'Sets the value of a key that is not there.',
    run(call) {
      const [, key = '', value = ''] = call.words;
      const command = { op: 'set', key, value, when: 'nx', expiry: 'never', get: false } as const;
      return submit(call, command, ({ kind }) => integer(kind === 'ok' ? 1 : 0));
    },
  },
  {
    name: 'mget',
    arity: -2,
    flags: ['readonly', 'fast'],
    keys: [1, -1, 1],
    group: 'string',
    summary: 'Returns the values of keys, all of one moment.',
    run: (call) => ask(call, { op: 'mget', keys: call.words.slice(1) }),
  },
  {
    name: 'mset',
    arity: -3,
    flags: ['write', 'denyoom'],
    keys: [1, -1, 2],
    group: 'string',
    summary: 'Sets the values of keys, all at once.',
    run(call) {
      if (call.words.length % 2 === 0) return failure(wrongArity('mset'));
      const items: [string, string][] = [];
      for (let at = 1; at < call.words.length; at += 2) items.push([word(call, at), word(call, at + 1)]);
      return submit(call, { op: 'mset', items });
    },
  },
  {
    ...one,
    name: 'incr',
    arity: 2,
    flags: ['write', 'denyoom', 'fast'],
    summary: 'Adds one to the integer at a key.',
    run: (call) => add(call, 1),
  },
  {
    ...one,
    name: 'decr',
    arity: 2,
    flags: ['write', 'denyoom', 'fast'],
    summary: 'Takes one from the integer at a key.',
    run: (call) => add(call, -1),
  },
  {
    ...one,
    name: 'incrby',
    arity: 3,
    flags: ['write', 'denyoom', 'fast'],
    summary: 'Adds to the integer at a key.',
    run(call) {
      const delta = parseInteger(word(call, 2));
      return delta === null ? NOT_AN_INTEGER : add(call, delta);
    },
  },
  {
    ...one,
    name: 'decrby',
    arity: 3,
    flags: ['write', 'denyoom', 'fast'],
    summary: 'Takes from the integer at a key.',
    run(call) {
      const delta = parseInteger(word(call, 2));
      if (delta === null) return NOT_AN_INTEGER;
      // The one integer whose opposite has more than 64 bits.
      return delta === MIN ? failure('ERR decrement would overflow') : add(call, -delta);
    },
  },
  {
    ...one,
    name: 'append',
    arity: 3,
    flags: ['write', 'denyoom', 'fast'],
    summary: 'Adds to the end of the value of a key.',
    run: (call) => submit(call, { op: 'append', key: word(call, 1), value: word(call, 2) }),
  },
  {
    ...one,
    name: 'strlen',
    arity: 2,
    flags: ['readonly', 'fast'],
    summary: 'Returns the length of the value of a key.',
    run: (call) => ask(call, { op: 'strlen', key: word(call, 1) }),
  },
];

function set(call: Call): string | null {
  const options = parseSetOptions(call.words);
  if (typeof options === 'string') return options;
  const [, key = '', value = ''] = call.words;
  const command = { op: 'set', key, value, ...options } as const;
  if (typeof options.expiry === 'string') return submit(call, command);
  return submit(call, command, (result, plain) => {
    return result.kind === 'error' ? invalidExpiry('set') : plain(result);
  });
}

function add(call: Call, delta: KvInteger): string | null {
  return submit(call, { op: 'incrby', key: word(call, 1), delta });
}
