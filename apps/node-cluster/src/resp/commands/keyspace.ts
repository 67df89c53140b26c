import type { KvCapture } from '../../machine/index.ts';
import { array, bulk, failure } from '../reply.ts';
import { ask, submit, tooLong } from './calls.ts';
import { type Call, type RespCommand, word } from './command.ts';
import { isEveryKey, matchesKey } from './glob.ts';
import { parseScanOptions } from './scan-options.ts';
import { SYNTAX } from './set-options.ts';

const none = [0, 0, 0] as const;

/** What a page of keys takes at most, about, and each key of it as far as that is not known. */
const PAGE_BYTES = 1024 * 1024;
const KEY_BYTES = 1024;

/** Commands about which keys there are. */
export const keyspaceCommands: readonly RespCommand[] = [
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
    name: 'keys',
    arity: 2,
    flags: ['readonly', 'sort_for_script'],
    keys: none,
    group: 'generic',
    summary: 'Returns all keys that match a pattern, all of one moment.',
    run: keys,
  },
  {
    name: 'scan',
    arity: -2,
    flags: ['readonly'],
    keys: none,
    group: 'generic',
    summary: 'Returns some keys, and a cursor to go on with.',
    run: scan,
  },
  {
    name: 'dbsize',
    arity: 1,
    flags: ['readonly', 'fast'],
    keys: none,
    group: 'server',
    summary: 'Counts all keys.',
    run: (call) => ask(call, { op: 'dbsize' }),
  },
  {
    name: 'flushall',
    arity: -1,
    flags: ['write'],
    keys: none,
    group: 'server',
    summary: 'Deletes all keys.',
    run(call) {
      const [, how = 'sync', ...more] = call.words;
      if (more.length > 0 || !/^a?sync$/i.test(how)) return SYNTAX;
      return submit(call, { op: 'flushall' });
    },
  },
];

/** The state is captured at the position of the answer and looked through in slices: meanwhile others are served. */
function keys(call: Call): string | null {
  call.weigh(call.session.server.maxReplyBytes);
  return ask(call, { op: 'dbsize' }, () => {
    void matching(call, call.session.service.machine.capture(), word(call, 1)).then(
      (reply) => call.reply(reply),
      () => call.reply(failure('ERR this server has a bug')),
    );
    return null;
  });
}

async function matching(call: Call, capture: KvCapture, pattern: string): Promise<string> {
  const { maxReplyBytes } = call.session.server;
  const found: string[] = [];
  let bytes = 0;
  await capture.eachKey((key) => {
    if (!matchesKey(pattern, key)) return true;
    bytes += key.length;
    found.push(bulk(key));
    return bytes <= maxReplyBytes;
  });
  return bytes > maxReplyBytes ? tooLong(maxReplyBytes) : array(found);
}

function scan(call: Call): string | null {
  const { cursors } = call.session.server;
  const options = parseScanOptions(call.words, cursors);
  if (typeof options === 'string') return options;
  const { after, count, pattern, strings } = options;
  call.weigh(Math.min(count * KEY_BYTES, PAGE_BYTES));
  return ask(call, { op: 'scan', after, count }, (result, plain) => {
    if (result.kind !== 'page') return plain(result);
    const next = result.next === null ? 0 : cursors.add(result.next);
    const every = isEveryKey(pattern);
    const found = strings ? result.keys.filter((key) => every || matchesKey(pattern, key)) : [];
    return array([bulk(String(next)), array(found.map(bulk))]);
  });
}
