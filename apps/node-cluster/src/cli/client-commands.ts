import type { Command } from 'commander';
import type { ClientCommand } from './client-settings.ts';

type Flags = Readonly<Record<string, unknown>>;
type Run = (name: ClientCommand['name'], words: readonly string[], flags: Flags) => Promise<void>;

/** Commands that ask a group which runs, over HTTP. */
export function addClientCommands(program: Command, run: Run): void {
  const define = (name: ClientCommand['name'], usage: string, text: string): Command => {
    const command = program
      .command(`${name}${usage}`)
      .description(text)
      .option(
        '--http <list>',
        'where nodes serve HTTP, e.g. 127.0.0.1:8001,127.0.0.1:8002 (default: 127.0.0.1:8001)',
      )
      .option('--timeout <ms>', 'how long to wait (default: 10000)')
      .option('--json', 'tell it as one JSON document, for programs');
    return command.action(() => run(name, command.args, command.opts()));
  };
  const change = (name: ClientCommand['name'], usage: string, text: string): Command =>
    define(name, usage, text)
      .option('--token-file <file>', 'the file with the token of the nodes (default: SMALTI_TOKEN)')
      .option('--token <token>', 'the token itself, which others on this machine can see');
  const forced = (name: ClientCommand['name'], usage: string, text: string): Command =>
    change(name, usage, text).option(
      '--force',
      'do it even if the group may not be able to go on afterwards',
    );

  define('status', '', 'How the nodes at these addresses are.');
  define('members', '', 'Who the members of the group are, as the first node that answers knows.');
  forced(
    'add',
    ' <node> [address]',
    'Make a node a member, ID or ID@INCARNATION; one started with --join needs it not.',
  ).option('--preference <what>', 'normal, reluctant or observer');
  forced('remove', ' <nodes...>', 'Remove members, all in one change. They are told, and stop.');
  forced('promote', ' <nodes...>', 'Let learners vote.');
  forced('demote', ' <nodes...>', 'Make voters learners.');
  change('transfer', ' [node]', 'Hand leadership over, to that voter or to the best there is.');
  change(
    'skip',
    ' <index>',
    'Have no replica apply the command in an entry at which every state machine has failed.',
  ).option('--reason <text>', 'why, for those who come later: it is kept in the log (needed)');
}
