import { type ClientCommand, type ClientSettings, ExitCode, type Output } from '../cli/index.ts';
import { requestOf } from './admin-request.ts';
import { askNode, type Failure, type NodeAnswer } from './ask-node.ts';
import { showMembers, showStatuses } from './views.ts';

/** Does what an operator wants of a group that runs, and tells what came of it. Gives what the process ends with. */
export async function runClient(settings: ClientSettings, output: Output): Promise<number> {
  if (settings.command.name === 'status') return tellStatuses(settings, output);
  const answer = await askAny(settings);
  if (!answer.ok) return tellFailure(answer.failure, settings.json, output);
  if (settings.json) output.out(`${JSON.stringify(answer.body, null, 2)}\n`);
  else output.out(`${summary(settings.command, answer.body)}${showMembers(answer.body)}`);
  return ExitCode.done;
}

/** All nodes are asked, whatever the others say. */
async function tellStatuses(settings: ClientSettings, output: Output): Promise<number> {
  const { http, json, token, timeoutMs } = settings;
  const request = requestOf(settings);
  const answers = await Promise.all(
    http.map(async (address) => [address, await askNode(address, request, token, timeoutMs)] as const),
  );
  if (json) {
    const nodes = answers.map(([address, answer]) => ({
      http: address,
      ...(answer.ok ? { status: answer.body } : { failure: answer.failure }),
    }));
    output.out(`${JSON.stringify(nodes, null, 2)}\n`);
  } else output.out(showStatuses(answers));
  const failures = answers.flatMap(([, answer]) => (answer.ok ? [] : [answer.failure]));
  for (const failure of failures) output.error(lineOf(failure));
  return failures.length === 0 ? ExitCode.done : ExitCode.failed;
}

/**
 * One node after the other, until one takes it. Another is asked only if this one has surely done nothing: every wish
 * may be repeated without harm, but what is in doubt is for people to look at.
 */
async function askAny(settings: ClientSettings): Promise<NodeAnswer> {
  const request = requestOf(settings);
  let last: NodeAnswer | null = null;
  for (const address of settings.http) {
    const answer = await askNode(address, request, settings.token, settings.timeoutMs);
    if (answer.ok || !isForAnother(answer.failure)) return answer;
    last = answer;
  }
  if (last === null) throw new Error('there is an address');
  return last;
}

/** A skip is asked of the leader: it alone knows where the machines of the others have failed. */
function isForAnother({ code, reason }: Failure): boolean {
  return ELSEWHERE.has(code) || (code === 'SKIP_REFUSED' && reason === 'not-leader');
}

/** What another node may do that this one could not. */
export const ELSEWHERE: ReadonlySet<string> = new Set([
  'UNREACHABLE',
  'NOT_READY',
  'ADMIN_DISABLED',
  'GROUP_CLOSED',
  'STOPPED',
  'REMOVED',
  'DIVERGED',
]);

/** Tells why something was not done. Gives what the process ends with. */
export function tellFailure(failure: Failure, json: boolean, output: Output): number {
  if (json) output.out(`${JSON.stringify(failure, null, 2)}\n`);
  output.error(lineOf(failure));
  return failure.code === 'BAD_REQUEST' || failure.code === 'BAD_OPTION' ? ExitCode.usage : ExitCode.failed;
}

function lineOf({ code, message, reason }: Failure): string {
  const why = reason === null ? '' : ` (${reason})`;
  return `smalti: ${code}${why} ${message.replaceAll(/\s+/g, ' ')}\n`;
}

function summary(command: ClientCommand, body: Readonly<Record<string, unknown>>): string {
  switch (command.name) {
    case 'add':
      return `${command.id} is a member\n`;
    case 'remove':
      return gone(command.nodes, body);
    case 'promote':
      return `${command.nodes.join(', ')}: may vote\n`;
    case 'demote':
      return `${command.nodes.join(', ')}: may not vote any more\n`;
    case 'transfer':
      return body.leader === null ? 'leadership was handed over\n' : `${String(body.leader)} leads\n`;
    case 'skip':
      return `the command in entry ${command.index} is skipped: start the nodes again whose state machine has failed\n`;
    default:
      return '';
  }
}

function gone(nodes: readonly string[], { id, strangers }: Readonly<Record<string, unknown>>): string {
  const unknown: readonly unknown[] = Array.isArray(strangers) ? strangers : [];
  return nodes
    .map((node) =>
      unknown.includes(node)
        ? `${node}: was no member before, as ${String(id)} knew; nothing was done\n`
        : `${node}: no member any more\n`,
    )
    .join('');
}
