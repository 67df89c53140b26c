import type { StartSettings } from '../cli/index.ts';
import type { Layout, NodePlace } from './layout.ts';

/**
 * The program and the arguments that run one node of the layout. The first one founds the group; that is ignored
 * once the group is there.
 *
 * @param program how this very program was started: the interpreter, its options, the script.
 */
export function nodeCommand(
  program: readonly string[],
  layout: Layout,
  place: NodePlace,
  { logLevel }: Pick<StartSettings, 'logLevel'>,
  cluster: string | null,
): string[] {
  const peers = layout.nodes.map(({ id, listen }) => `${id}=${listen}`).join(',');
  const flags = {
    id: place.id,
    listen: place.listen,
    peers,
    resp: place.resp,
    http: place.http,
    data: place.data,
    'key-file': layout.keyFile,
    'admin-token-file': layout.tokenFile,
    'log-level': logLevel,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  // Once a cluster is known, every node is to belong to that one: nobody founds another.
  if (cluster !== null) return [...program, 'node', ...args, '--cluster', cluster];
  const founds = place === layout.nodes[0] ? ['--bootstrap'] : [];
  return [...program, 'node', ...args, ...founds];
}

/** The command as one can type it. */
export function showCommand(command: readonly string[]): string {
  const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
  return command.map((word) => (/^[\w./:=,@-]+$/.test(word) ? word : quoted(word))).join(' ');
}
