import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { isNemesisName, NEMESES, type NemesisName } from '../plan/nemesis-name.ts';

/** What a run was asked for. */
export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: string;
  readonly nodes: number;
  readonly nemeses: readonly NemesisName[];
  /** Where the history goes, as a JSON file; null for a file in the directory for temporary files. */
  readonly history: string | null;
}

/** The arguments ask for nothing that can be run: `code` is what the process ends with, after `text` was shown. */
export class NoRun extends Error {
  override readonly name = 'NoRun';
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

const MAX_MINUTES = 24 * 60;

/**
 * @param fresh gives the seed if none is named
 * @throws NoRun for `--help`, and for arguments that are wrong: it says which, and what would be right.
 */
export function readOptions(args: readonly string[], fresh: () => string): ChaosOptions {
  let said = '';
  const say = (text: string): void => {
    said += text;
  };
  const command = build()
    .exitOverride()
    .configureOutput({
      writeOut: say,
      writeErr: say,
      outputError: (text, write) => write(`chaos: ${text.replace(/^error: /, '').trim()}; see --help\n`),
    });
  try {
    command.parse(
      args.filter((arg, i) => arg !== '--' || i > 0),
      { from: 'user' },
    );
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new NoRun(error.exitCode === 0 ? 0 : 2, said);
  }
  const { minutes, seed, nodes, nemesis, history } = command.opts<Parsed>();
  const chosen = seed ?? fresh();
  return {
    minutes,
    seed: chosen,
    nodes: nodes ?? nodesOf(chosen),
    nemeses: nemesis ?? NEMESES,
    history: history ?? null,
  };
}

interface Parsed {
  readonly minutes: number;
  readonly seed?: string;
  readonly nodes?: number;
  readonly nemesis?: readonly NemesisName[];
  readonly history?: string;
}

/** Three, four or five: a seed keeps its size. */
function nodesOf(seed: string): number {
  const sum = [...seed].reduce((all, letter) => (all * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return 3 + (sum % 3);
}

function build(): Command {
  return new Command('chaos')
    .description(
      'Runs a cluster of real processes under clients, does bad things to it, and checks that every answer was ' +
        'right. Needs Linux and root; what else a nemesis needs is checked before anything starts.',
    )
    .option('--minutes <n>', 'how long bad things are done, 0.1 to 1440', minutesOf, 5)
    .option(
      '--seed <text>',
      'decides what is done to whom, and what clients ask; a new one by default',
      seedOf,
    )
    .option('--nodes <n>', 'how many nodes, 3 to 5; the seed decides by default', countOf)
    .option('--nemesis <list>', `what is done, all by default: ${NEMESES.join(',')}`, listOf)
    .option('--history <file>', 'where the history of all operations goes, as JSON', pathOf)
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      '\nEnds with 0 if nothing was wrong, 1 if something was (the data and the logs are kept then, and it says ' +
        'where),\n2 if a flag is wrong or the machine lacks an ability.',
    );
}

function minutesOf(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.1 && value <= MAX_MINUTES) return value;
  throw new InvalidArgumentError(`it must be a number from 0.1 to ${MAX_MINUTES}, such as 5`);
}

function seedOf(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'it must be 1 to 64 letters, digits, dots, dashes or underscores, such as 7',
  );
}

function countOf(text: string): number {
  if (/^[345]$/.test(text)) return Number(text);
  throw new InvalidArgumentError('it must be 3, 4 or 5');
}

function pathOf(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('it must name a file');
}

function listOf(text: string): readonly NemesisName[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !isNemesisName(name));
  if (wrong !== undefined) {
    throw new InvalidArgumentError(`there is no '${wrong}'; there are ${NEMESES.join(', ')}`);
  }
  return [...new Set(names.filter(isNemesisName))];
}
