import { SmaltiError } from '@smalti/core';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { addBackupCommands, type BackupCommand } from './backup-commands.ts';
import {
  type BackupSettings,
  backupSettings,
  type RestoreSettings,
  restoreSettings,
  type VerifySettings,
  verifySettings,
} from './backup-settings.ts';
import { addClientCommands } from './client-commands.ts';
import { type ClientCommand, type ClientSettings, clientSettings } from './client-settings.ts';
import { ExitCode } from './exit-codes.ts';
import { readKeyFile } from './key-file.ts';
import { nodeSettings } from './node-settings.ts';
import type { NodeSettings, StartSettings } from './settings.ts';
import type { Flags } from './settings-source.ts';
import { startSettings } from './start-settings.ts';

/** What the commands do, once their flags are known to be right. Each gives what the process ends with. */
export interface Actions {
  node(settings: NodeSettings, keys: ReturnType<typeof readKeyFile>): Promise<number>;
  start(settings: StartSettings): Promise<number>;
  /** What an operator wants of a group that runs. */
  client(settings: ClientSettings): Promise<number>;
  backup(settings: BackupSettings): Promise<number>;
  verify(settings: VerifySettings): Promise<number>;
  restore(settings: RestoreSettings, keys: ReturnType<typeof readKeyFile>): Promise<number>;
}

/** Where the program writes. */
export interface Output {
  out(text: string): void;
  error(text: string): void;
}

/** Runs the command that the arguments name, and gives what the process ends with. Never throws. */
export async function runProgram(args: readonly string[], actions: Actions, output: Output): Promise<number> {
  let code: number = ExitCode.done;
  const program = build(output, {
    node: async (flags) => {
      const settings = nodeSettings(flags);
      code = await actions.node(settings, readKeyFile(settings.keyFile));
    },
    start: async (flags) => {
      code = await actions.start(startSettings(flags));
    },
    client: async (name, words, flags) => {
      code = await actions.client(clientSettings(name, words, flags));
    },
    backup: async (name, file, flags) => {
      code = await runBackupCommand(name, file, flags, actions);
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Help and the version were asked for; what is wrong with the arguments was said already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    output.error(errorLine(error));
    return exitCodeOf(error);
  }
}

function runBackupCommand(
  name: BackupCommand,
  file: string,
  flags: Flags,
  actions: Actions,
): Promise<number> {
  if (name === 'backup') return actions.backup(backupSettings(file, flags));
  if (name === 'verify') return actions.verify(verifySettings(file, flags));
  const settings = restoreSettings(file, flags);
  return actions.restore(settings, readKeyFile(settings.keyFile));
}

/** What a process ends with that cannot go on because of that error. */
export function exitCodeOf(error: unknown): number {
  return error instanceof SmaltiError && error.code === 'BAD_OPTION' ? ExitCode.usage : ExitCode.failed;
}

/** One line that says what went wrong: `smalti: CODE …`. */
export function errorLine(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');
  return `smalti: ${error instanceof SmaltiError ? error.code : 'INTERNAL'} ${message}\n`;
}

type Run = (flags: Flags) => Promise<void>;

interface Runs {
  readonly node: Run;
  readonly start: Run;
  client(name: ClientCommand['name'], words: readonly string[], flags: Flags): Promise<void>;
  backup(name: BackupCommand, file: string, flags: Flags): Promise<void>;
}

function build(output: Output, run: Runs): Command {
  const program = new Command('smalti')
    .description('A replicated key-value server that speaks the Redis protocol and HTTP.')
    .version(VERSION)
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => output.out(text),
      writeErr: (text) => output.error(text),
      outputError: (text, write) => {
        const line = text
          .trim()
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ');
        write(`smalti: BAD_OPTION ${line}; see smalti --help\n`);
      },
    })
    .exitOverride();

  // Nothing is required here, and values are taken as they are: what they mean is checked together with the file.
  program
    .command('node')
    .description('Run one node of a group in this process.')
    .option('--id <name>', 'the name of this node, e.g. n1')
    .option('--listen <host:port>', 'where the other nodes reach it')
    .option(
      '--advertise <host:port>',
      'the address that the others are told (default: as --peers or --listen say)',
    )
    .option('--peers <list>', 'all members of a new group, e.g. n1=127.0.0.1:9001,n2=127.0.0.1:9002')
    .option('--join <list>', 'join the group that has members there, e.g. 127.0.0.1:9001')
    .option('--preference <what>', 'normal, reluctant (leads if nobody else can) or observer (never votes)')
    .option(
      '--policy <name>',
      'what a leader does about the members by itself: autopilot or none (default: autopilot)',
    )
    .option('--max-voters <count>', 'the most voters that the autopilot makes, odd (default: 5)')
    .option('--promote-after <ms>', 'how long a learner keeps up before it votes (default: 2000)')
    .option(
      '--replace-after <ms>',
      'how long a voter is gone before a learner takes its place (default: 60000)',
    )
    .option('--forget-after <ms>', 'how long an observer is gone before it is removed (default: 3600000)')
    .option('--resp <host:port>', 'where Redis clients connect')
    .option('--http <host:port>', 'where HTTP is served')
    .option('--data <dir>', 'the directory of this node, made if it is not there')
    .option('--key-file <file>', "the group's key: a line of 16 bytes or more, the same for all members")
    .option(
      '--admin-token-file <file>',
      'what lets one change the members over HTTP (default: SMALTI_TOKEN, or nobody)',
    )
    .option(
      '--sync <way>',
      'how this node catches up: replay (the log), snapshot (a checkpoint) or auto, by cost (default: auto)',
    )
    .option(
      '--checkpoint-bytes <bytes>',
      'a checkpoint of the state is taken after so many bytes of log (default: 67108864)',
    )
    .option('--bootstrap', 'found the group; given to one node of a new group, ignored afterwards')
    .option(
      '--group <id>',
      'the id of the group, once the key it was born with is gone from the key file; the id is in /status',
    )
    .option('--cluster <id>', 'refuse to belong to any other cluster than this one; the id is in /status')
    .option('--network <name>', 'nodes of different networks never meet (default: smalti)')
    .option('--log-level <level>', 'debug, info, warn, error or silent (default: info)')
    .option(
      '--config <file>',
      'a JSON file with the same names, and with timing, limits and checkpoints; flags win',
    )
    .action((options: Readonly<Record<string, unknown>>) => run.node(byFlag(options)));

  program
    .command('start')
    .description('Run a whole group on this machine, each node a process of its own, until Ctrl-C.')
    .option('--nodes <count>', 'how many nodes (default: as many as the directory has, or 3)')
    .option('--base-port <port>', 'Redis protocol on port+i, HTTP on port+1000+i (default: 7000)')
    .option('--data <dir>', 'where everything is kept (default: .smalti)')
    .option('--fresh', 'begin anew: removes what an earlier start made in the directory, and nothing else')
    .option('--log-level <level>', "of the nodes' logs: debug, info, warn, error or silent (default: info)")
    .action((options: Readonly<Record<string, unknown>>) => run.start(byFlag(options)));
  addClientCommands(program, (name, words, options) => run.client(name, words, byFlag(options)));
  addBackupCommands(program, (name, file, options) => run.backup(name, file, byFlag(options)));
  return program;
}

/** `keyFile` is `key-file` on the command line and in the file. */
function byFlag(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [dashed(name), value]));
}
