import type { KvCommand, KvQuery, KvResult } from '../../machine/index.ts';
import { errorReply } from '../error-reply.ts';
import { bulk, failure, integer, nil, OK, type Protocol, sharingArray } from '../reply.ts';
import type { Call } from './command.ts';

export const LOADING = failure('LOADING this node is opening its log; try again in a moment');

/** The reply to what the machine said, or null if it is given later. `plain` renders what has one form only. */
export type Render = (result: KvResult, plain: (result: KvResult) => string) => string | null;

/** Sends a command to the group. */
export function submit(call: Call, command: KvCommand, render: Render = asItIs): null | string {
  const { handle, weakReads } = call.session;
  if (handle === null) return LOADING;
  const settled = weakReads.write();
  const numbered = call.number !== undefined;
  const done: Parameters<typeof handle.submit>[1] = (error, executed) => {
    answer(call, executed === null ? errorReply(error, numbered) : render(executed.result, plain(call)));
    settled();
  };
  handle.submit(command, done, call.number);
  return null;
}

/**
 * Asks the state: after all that was acknowledged anywhere, or on a connection with `READONLY` what this node has.
 * `render` is called at the very position that the answer is of.
 */
export function ask(call: Call, query: KvQuery, render: Render = asItIs): null | string {
  const { session } = call;
  const { handle } = session;
  if (handle === null) return LOADING;
  if (session.readonly) {
    session.weakReads.read(() => {
      const reply = render(session.service.machine.query(query), plain(call));
      // A promise tells too late what to render; this one tells whether the node may answer at all.
      handle.query({ op: 'dbsize' }, 'weak').then(
        () => answer(call, reply),
        (error: unknown) => answer(call, errorReply(error)),
      );
    });
    return null;
  }
  handle.ask(query, (error, found) => {
    answer(call, found === null ? errorReply(error) : render(found.result, plain(call)));
  });
  return null;
}

function answer(call: Call, reply: string | null): void {
  if (reply !== null) call.reply(reply);
}

const asItIs: Render = (result, plain) => plain(result);

function plain({ session }: Call): (result: KvResult) => string {
  return (result) => renderPlain(result, session.protocol, session.server.maxReplyBytes);
}

/** A result as Redis puts it. */
function renderPlain(result: KvResult, protocol: Protocol, maxBytes: number): string {
  switch (result.kind) {
    case 'ok':
      return OK;
    case 'value':
      return result.value === null ? nil(protocol) : bulk(result.value);
    case 'values':
      return renderAll(result.values, protocol, maxBytes);
    case 'integer':
      return integer(result.value);
    case 'error':
      return failure(result.message);
    default:
      throw new Error(`nothing is rendered of a ${result.kind} by itself`);
  }
}

function renderAll(values: readonly (string | null)[], protocol: Protocol, maxBytes: number): string {
  let bytes = 0;
  for (const value of values) bytes += value?.length ?? 0;
  if (bytes > maxBytes) return tooLong(maxBytes);
  return sharingArray(values.map((value) => (value === null ? nil(protocol) : bulk(value))));
}

/** The reply in place of one that this server does not put together. */
export function tooLong(maxBytes: number): string {
  return failure(`ERR the reply would be longer than ${maxBytes} bytes: ask for less at a time`);
}
