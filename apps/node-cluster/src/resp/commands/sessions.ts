import type { ClientSessionId } from '@smalti/core';
import { errorReply } from '../error-reply.ts';
import { bulk, failure } from '../reply.ts';
import { LOADING } from './calls.ts';
import { type Call, type RespCommand, word, wrongArity } from './command.ts';

const plain = { keys: [0, 0, 0], group: 'smalti' } as const;
/** What begins so was not run, and its number is not used up. */
const NOEXEC = 'NOEXEC';
const NOT_A_NUMBER = failure(`${NOEXEC} number and read must be integers from 0 to 2^53 - 1`);
const NO_WRITE = failure(`${NOEXEC} only a command that writes can have a number: send this one by itself`);

/** Commands for clients that send a command again over another connection, and want it to count once. */
export function sessionCommands(table: () => ReadonlyMap<string, RespCommand>): readonly RespCommand[] {
  return [
    {
      ...plain,
      name: 'smalti.session',
      arity: 1,
      flags: ['write', 'fast'],
      summary: 'Opens a client session, and returns its name.',
      run: open,
    },
    {
      ...plain,
      name: 'smalti.exec',
      arity: -5,
      flags: ['write', 'denyoom'],
      summary: 'Runs a command that writes, once, under a number of a client session.',
      run: (call) => execute(call, table()),
    },
  ];
}

function open(call: Call): string | null {
  const { group } = call.session.service;
  if (group === null) return LOADING;
  group.openSession().then(
    (session) => call.reply(bulk(session)),
    (error: unknown) => call.reply(errorReply(error)),
  );
  return null;
}

/** `SMALTI.EXEC session number read command [argument …]`. */
function execute(call: Call, table: ReadonlyMap<string, RespCommand>): string | null {
  const [, session = '', number = '', read = '', ...words] = call.words;
  const [sequence, through] = [numberOf(number), numberOf(read)];
  if (sequence === null || through === null) return NOT_A_NUMBER;
  const inner: Call = {
    words,
    session: call.session,
    weigh: (bytes) => call.weigh(bytes),
    reply: (text) => call.reply(text),
    hangUp: () => call.hangUp(),
    number: { as: { session: session as ClientSessionId, sequence }, through },
  };
  const name = word(inner, 0).toLowerCase();
  const command = table.get(name);
  if (command === undefined || !command.flags.includes('write') || name.startsWith('smalti.'))
    return NO_WRITE;
  const fits = command.arity < 0 ? words.length >= -command.arity : words.length === command.arity;
  const reply = fits ? command.run(inner) : failure(wrongArity(name));
  // What is known at once was not sent: an error in the command's own words.
  return reply?.startsWith('-ERR') ? `-${NOEXEC} ${reply.slice(1)}` : reply;
}

function numberOf(text: string): number | null {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : null;
}
