import { failure } from '../reply.ts';
import { type Call, type RespCommand, word, wrongArity } from './command.ts';
import { connectionCommands } from './connection.ts';
import { expiryCommands } from './expiry.ts';
import { keyspaceCommands } from './keyspace.ts';
import { serverCommands } from './server.ts';
import { sessionCommands } from './sessions.ts';
import { stringCommands } from './strings.ts';

const TABLE: ReadonlyMap<string, RespCommand> = new Map(
  [
    ...stringCommands,
    ...expiryCommands,
    ...keyspaceCommands,
    ...connectionCommands,
    ...serverCommands(() => TABLE),
    ...sessionCommands(() => TABLE),
  ].map((each) => [each.name, each]),
);

/** Starts a request. The reply, if it is known at once: also what is wrong with the request. */
export function runCommand(call: Call): string | null {
  const name = word(call, 0).toLowerCase();
  const command = TABLE.get(name);
  if (command === undefined) return failure(unknownCommand(call.words));
  const count = call.words.length;
  const fits = command.arity < 0 ? count >= -command.arity : count === command.arity;
  if (!fits) return failure(wrongArity(name));
  return command.run(call);
}

/** In Redis' words, with as many arguments as 128 characters hold. */
function unknownCommand(words: readonly string[]): string {
  let args = '';
  for (let at = 1; at < words.length && args.length < 128; at++) {
    args += `'${(words[at] ?? '').slice(0, 128 - args.length)}' `;
  }
  return `ERR unknown command '${(words[0] ?? '').slice(0, 128)}', with args beginning with: ${args}`;
}
