import type { KvCommand, KvQuery, KvResult } from '../../machine/index.ts';
import { errorReply } from '../error-reply.ts';
import { bulk, failure, integer, nil, OK, type Protocol } from '../reply.ts';
import { type Call, type RespCommand, word } from './command.ts';

const LOADING = failure('LOADING this node is opening its log; try again in a moment');
const SYNTAX = failure('ERR syntax error');

/** Commands that read and change the state. */
export const keyCommands: readonly RespCommand[] = [
  {
    name: 'get',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: [1, 1, 1],
    group: 'string',
    summary: 'Returns the value of a key.',
    run: (call) => ask(call, { op: 'get', key: word(call, 1) }),
  },
  {
    name: 'set',
    arity: -3,
    flags: ['write', 'denyoom'],
    keys: [1, 1, 1],
    group: 'string',
    summary: 'Sets the value of a key.',
    run(call) {
      if (call.words.length > 3) return SYNTAX;
      return submit(call, { op: 'set', key: word(call, 1), value: word(call, 2) });
    },
  },
  {
    name: 'del',
    arity: -2,
    flags: ['write'],
    keys: [1, -1, 1],
    group: 'generic',
    summary: 'Deletes keys, and counts those that were there.',
    run: (call) => submit(call, { op: 'del', keys: call.words.slice(1) }),
  },
  {
    name: 'exists',
    arity: -2,
    flags: ['readonly', 'fast'],
    keys: [1, -1, 1],
    group: 'generic',
    summary: 'Counts the keys that are there.',
    run: (call) => ask(call, { op: 'exists', keys: call.words.slice(1) }),
  },
  {
    name: 'incr',
    arity: 2,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    group: 'string',
    summary: 'Adds one to the integer at a key.',
    run: (call) => submit(call, { op: 'incrby', key: word(call, 1), delta: 1 }),
  },
  {
    name: 'decr',
    arity: 2,
    flags: ['write', 'denyoom', 'fast'],
    keys: [1, 1, 1],
    group: 'string',
    summary: 'Takes one from the integer at a key.',
    run: (call) => submit(call, { op: 'incrby', key: word(call, 1), delta: -1 }),
  },
  {
    name: 'dbsize',
    arity: 1,
    flags: ['readonly', 'fast'],
    keys: [0, 0, 0],
    group: 'server',
    summary: 'Counts all keys.',
    run: (call) => ask(call, { op: 'dbsize' }),
  },
];

function submit(call: Call, command: KvCommand): null | string {
  const { handle } = call.session;
  if (handle === null) return LOADING;
  handle.submit(command, (error, executed) => {
    call.reply(executed === null ? errorReply(error) : render(executed.result, call.session.protocol));
  });
  return null;
}

function ask(call: Call, query: KvQuery): null | string {
  const { handle } = call.session;
  if (handle === null) return LOADING;
  handle.ask(query, (error, answer) => {
    call.reply(answer === null ? errorReply(error) : render(answer.result, call.session.protocol));
  });
  return null;
}

function render(result: KvResult, protocol: Protocol): string {
  switch (result.kind) {
    case 'ok':
      return OK;
    case 'value':
      return result.value === null ? nil(protocol) : bulk(result.value);
    case 'integer':
      return integer(result.value);
    case 'error':
      return failure(result.message);
  }
}
