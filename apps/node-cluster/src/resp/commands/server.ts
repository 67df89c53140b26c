import { array, bulk, failure, integer, map, nil, type Protocol, set, simple, verbatim } from '../reply.ts';
import type { RespSession } from '../session.ts';
import { type Call, type RespCommand, unknownSubcommand, word, wrongArity } from './command.ts';
import { matchesGlob } from './glob.ts';
import { infoText } from './info.ts';

type Table = ReadonlyMap<string, RespCommand>;

/** Commands about the server. `table` is the table of all commands, these among them. */
export function serverCommands(table: () => Table): readonly RespCommand[] {
  const plain = { keys: [0, 0, 0], group: 'server' } as const;
  return [
    {
      ...plain,
      name: 'command',
      arity: -1,
      flags: ['loading', 'stale'],
      summary: 'Tells which commands there are.',
      run: (call) => command(call, table()),
    },
    {
      ...plain,
      name: 'config',
      arity: -2,
      flags: ['admin', 'noscript', 'loading', 'stale'],
      summary: 'Tells the settings that Redis clients ask for.',
      run: config,
    },
    {
      ...plain,
      name: 'info',
      arity: -1,
      flags: ['loading', 'stale'],
      summary: 'Tells about this node.',
      run: (call) => verbatim(infoText(call.session, call.words.slice(1)), call.session.protocol),
    },
  ];
}

function command(call: Call, table: Table): string {
  const { protocol } = call.session;
  const named = call.words.slice(2);
  const subcommand = word(call, 1).toLowerCase();
  if (call.words.length === 1) {
    return array([...table.values()].map((each) => describe(each, protocol)));
  }
  switch (subcommand) {
    case 'count':
      if (named.length > 0) return failure(wrongArity('command|count'));
      return integer(table.size);
    case 'list':
      if (named.length > 0) return failure(wrongArity('command|list'));
      return set([...table.keys()].map(bulk), protocol);
    case 'info': {
      const names = named.length === 0 ? [...table.keys()] : named;
      return array(names.map((name) => describe(table.get(name.toLowerCase()), protocol)));
    }
    case 'docs': {
      const names = named.length === 0 ? [...table.keys()] : new Set(named.map((name) => name.toLowerCase()));
      const pairs: [string, string][] = [];
      for (const name of names) {
        const found = table.get(name);
        if (found !== undefined) pairs.push([bulk(name), documentation(found, protocol)]);
      }
      return map(pairs, protocol);
    }
    default:
      return failure(unknownSubcommand(call));
  }
}

/** What Redis says of a command: name, arity, flags, keys, and four lists that are empty here. */
function describe(each: RespCommand | undefined, protocol: Protocol): string {
  if (each === undefined) return protocol === 3 ? nil(3) : '*-1\r\n';
  const [first, last, step] = each.keys;
  return array([
    bulk(each.name),
    integer(each.arity),
    set(each.flags.map(simple), protocol),
    integer(first),
    integer(last),
    integer(step),
    set([], protocol),
    array([]),
    array([]),
    array([]),
  ]);
}

function documentation(each: RespCommand, protocol: Protocol): string {
  return map(
    [
      [bulk('summary'), bulk(each.summary)],
      [bulk('group'), bulk(each.group)],
    ],
    protocol,
  );
}

function config(call: Call): string {
  if (word(call, 1).toLowerCase() !== 'get') return failure(unknownSubcommand(call));
  if (call.words.length < 3) return failure(wrongArity('config|get'));
  const patterns = call.words.slice(2).map((pattern) => pattern.toLowerCase());
  const pairs: [string, string][] = [];
  for (const [name, value] of Object.entries(settings(call.session))) {
    if (patterns.some((pattern) => matchesGlob(pattern, name))) pairs.push([bulk(name), bulk(value)]);
  }
  return map(pairs, call.session.protocol);
}

/** What is so, in the words of Redis: every command is on disk before it is acknowledged. */
function settings({ service, server }: RespSession): Record<string, string> {
  return {
    appendfsync: 'always',
    appendonly: 'yes',
    bind: service.node.resp.slice(0, service.node.resp.lastIndexOf(':')),
    databases: '1',
    maxclients: String(server.maxConnections),
    maxmemory: '0',
    'maxmemory-policy': 'noeviction',
    port: service.node.resp.slice(service.node.resp.lastIndexOf(':') + 1),
    save: '',
    timeout: '0',
  };
}
