import type { CommandOptions } from '@smalti/raft';
import type { RespSession } from '../session.ts';

/** One request that was made, and the place of its reply. */
export interface Call {
  /** The command's name as it was sent, and its arguments. */
  readonly words: readonly string[];
  readonly session: RespSession;
  /** The number of a client session that the client gave; absent if this connection's own is to be used. */
  readonly number?: Pick<CommandOptions, 'as' | 'through'>;
  /**
   * Until the reply is given the request counts as so many bytes: of one whose reply can be much longer than what was asked
   * for. Enough of them together, and no request after them is begun before.
   */
  weigh(bytes: number): void;
  /** Gives the reply; the first call counts. Replies leave in the order of the requests, whenever they are given. */
  reply(text: string): void;
  /** Ends the connection after this reply. */
  hangUp(): void;
}

/** A command of the Redis protocol. */
export interface RespCommand {
  /** In lower case. */
  readonly name: string;
  /** Number of words, the name among them; if negative, the least number. */
  readonly arity: number;
  readonly flags: readonly string[];
  /** Which words are keys: the first, the last (-1 for the last word), and the step. All 0 if none is. */
  readonly keys: readonly [number, number, number];
  readonly group: string;
  readonly summary: string;
  /** The reply, or null if it is given later with `call.reply`. */
  run(call: Call): string | null;
}

/** The argument at a place; the arity says that it is there. */
export function word(call: Call, at: number): string {
  return call.words[at] ?? '';
}

/** Redis' words for a wrong number of arguments. `name` is `get`, or `client|setname`. */
export function wrongArity(name: string): string {
  return `ERR wrong number of arguments for '${name}' command`;
}

/** Redis' words for a subcommand that is not there. */
export function unknownSubcommand(call: Call): string {
  const name = word(call, 0).toUpperCase();
  return `ERR unknown subcommand '${word(call, 1).slice(0, 128)}'. Try ${name} HELP.`;
}
