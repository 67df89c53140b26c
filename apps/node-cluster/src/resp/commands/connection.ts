import { array, bulk, failure, integer, map, nil, OK, type Protocol, simple } from '../reply.ts';
import { type Call, type RespCommand, unknownSubcommand, word, wrongArity } from './command.ts';
import { REDIS_VERSION } from './info.ts';
import { SYNTAX } from './set-options.ts';

const NO_PASSWORD =
  'ERR AUTH <password> called without any password configured for the default user. ' +
  'Are you sure your configuration is correct?';

const plain = { keys: [0, 0, 0], group: 'connection' } as const;

/** Commands about the connection itself. */
export const connectionCommands: readonly RespCommand[] = [
  {
    ...plain,
    name: 'ping',
    arity: -1,
    flags: ['fast'],
    summary: 'Returns PONG, or the message.',
    run(call) {
      if (call.words.length > 2) return failure(wrongArity('ping'));
      return call.words.length === 2 ? bulk(word(call, 1)) : simple('PONG');
    },
  },
  {
    ...plain,
    name: 'echo',
    arity: 2,
    flags: ['fast'],
    summary: 'Returns the message.',
    run: (call) => bulk(word(call, 1)),
  },
  {
    ...plain,
    name: 'hello',
    arity: -1,
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth'],
    summary: 'Chooses the version of the protocol.',
    run: hello,
  },
  {
    ...plain,
    name: 'auth',
    arity: -2,
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth'],
    summary: 'Is refused: there are no passwords.',
    run: (call) => failure(call.words.length > 3 ? 'ERR syntax error' : NO_PASSWORD),
  },
  {
    ...plain,
    name: 'select',
    arity: 2,
    flags: ['loading', 'stale', 'fast'],
    summary: 'Chooses the database; there is one, 0.',
    run(call) {
      const text = word(call, 1);
      if (!/^-?\d{1,10}$/.test(text)) {
        return failure('ERR value is not an integer or out of range');
      }
      return Number(text) === 0 ? OK : failure('ERR DB index is out of range');
    },
  },
  {
    ...plain,
    name: 'readonly',
    arity: 1,
    flags: ['loading', 'stale', 'fast'],
    summary: 'Lets this connection read what this node has, without asking the others.',
    run: (call) => setReadonly(call, true),
  },
  {
    ...plain,
    name: 'readwrite',
    arity: 1,
    flags: ['loading', 'stale', 'fast'],
    summary: 'Makes the reads of this connection linearizable again.',
    run: (call) => setReadonly(call, false),
  },
  {
    ...plain,
    name: 'quit',
    arity: -1,
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth'],
    summary: 'Closes the connection.',
    run(call) {
      call.hangUp();
      return OK;
    },
  },
  {
    ...plain,
    name: 'client',
    arity: -2,
    flags: ['noscript', 'loading', 'stale'],
    summary: 'Names the connection, and tells of it.',
    run: client,
  },
];

function setReadonly({ session }: Call, on: boolean): string {
  session.readonly = on;
  return OK;
}

function hello(call: Call): string {
  const { words, session } = call;
  let protocol: Protocol = session.protocol;
  let name: string | null = null;
  if (words.length > 1) {
    const text = word(call, 1);
    if (!/^-?\d{1,15}$/.test(text)) {
      return failure('ERR Protocol version is not an integer or out of range');
    }
    if (text !== '2' && text !== '3') return failure('NOPROTO unsupported protocol version');
    protocol = text === '2' ? 2 : 3;
  }
  for (let at = 2; at < words.length; ) {
    const option = word(call, at).toLowerCase();
    const left = words.length - at - 1;
    if (option === 'auth' && left >= 2) return failure(NO_PASSWORD);
    if (option !== 'setname' || left < 1) {
      return failure(`ERR Syntax error in HELLO option '${word(call, at).slice(0, 128)}'`);
    }
    name = word(call, at + 1);
    if (!isName(name)) return failure(BAD_NAME);
    at += 2;
  }
  session.protocol = protocol;
  if (name !== null) session.name = name;
  return map(
    [
      [bulk('server'), bulk('redis')],
      [bulk('version'), bulk(REDIS_VERSION)],
      [bulk('proto'), integer(protocol)],
      [bulk('id'), integer(session.id)],
      [bulk('mode'), bulk('standalone')],
      [bulk('role'), bulk('master')],
      [bulk('modules'), array([])],
    ],
    protocol,
  );
}

const BAD_NAME = 'ERR Client names cannot contain spaces, newlines or special characters.';

function isName(text: string): boolean {
  return /^[!-~]*$/.test(text) && text.length <= 1_024;
}

/** Number of words of each subcommand. */
const CLIENT_WORDS: ReadonlyMap<string, number> = new Map(
  Object.entries({ setname: 3, getname: 2, id: 2, setinfo: 4, 'no-evict': 3 }),
);

function client(call: Call): string {
  const { session } = call;
  const subcommand = word(call, 1).toLowerCase();
  const expected = CLIENT_WORDS.get(subcommand);
  if (expected === undefined) return failure(unknownSubcommand(call));
  if (call.words.length !== expected) return failure(wrongArity(`client|${subcommand}`));
  switch (subcommand) {
    case 'setname':
      if (!isName(word(call, 2))) return failure(BAD_NAME);
      session.name = word(call, 2);
      return OK;
    case 'getname':
      return session.name === '' ? nil(session.protocol) : bulk(session.name);
    case 'id':
      return integer(session.id);
    case 'no-evict':
      // No client is ever evicted, so either is so.
      return /^(?:on|off)$/i.test(word(call, 2)) ? OK : SYNTAX;
    default:
      return setInfo(word(call, 2), word(call, 3));
  }
}

/** What a library says of itself is checked, and not kept. */
function setInfo(attribute: string, value: string): string {
  const name = attribute.toLowerCase();
  if (name !== 'lib-name' && name !== 'lib-ver') {
    return failure(`ERR Unrecognized option '${attribute.slice(0, 128)}'`);
  }
  if (!isName(value)) return failure(`ERR ${name} cannot contain spaces, newlines or special characters.`);
  return OK;
}
