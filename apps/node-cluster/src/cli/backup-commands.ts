import type { Command } from 'commander';
import type { Flags } from './settings-source.ts';

/** What is done with backups. */
export type BackupCommand = 'backup' | 'verify' | 'restore';
type Run = (name: BackupCommand, file: string, flags: Flags) => Promise<void>;

/** Commands that make backups, look at them and begin a group with one. */
export function addBackupCommands(program: Command, run: Run): void {
  const define = (name: BackupCommand, text: string): Command => {
    const command = program.command(`${name} <file>`).description(text);
    command.option('--json', 'tell it as one JSON document, for programs');
    return command.action((file: string) => run(name, file, command.opts()));
  };

  define('backup', 'Write the state of a group that runs into a file: a checkpoint that its nodes agreed on.')
    .option(
      '--http <list>',
      'where nodes serve HTTP, e.g. 127.0.0.1:8001,127.0.0.1:8002; the first that can gives it (default: 127.0.0.1:8001)',
    )
    .option('--fresh', 'have the group take a checkpoint now, instead of using the newest that there is')
    .option('--force', 'replace a file of that name')
    .option('--timeout <ms>', 'how long a node may take until it begins to answer (default: 60000)')
    .option('--token-file <file>', 'the file with the token of the nodes (default: SMALTI_TOKEN)')
    .option('--token <token>', 'the token itself, which others on this machine can see');
  define('verify', 'Look at every byte of a backup, without any node.');
  define('restore', 'Make a backup the first node of a new group, which smalti node then runs.')
    .option('--data <dir>', 'the directory of the new node: empty, or not there')
    .option('--id <name>', 'the name of the new node, e.g. n1')
    .option('--listen <host:port>', 'where other nodes will reach it, as smalti node is told')
    .option('--advertise <host:port>', 'the address that the others are told (default: as --listen says)')
    .option('--key-file <file>', "the new group's key: a line of 16 bytes or more")
    .option('--network <name>', 'nodes of different networks never meet (default: smalti)');
}
