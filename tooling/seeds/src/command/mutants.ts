import { parseArgs } from 'node:util';
import { MUTANTS } from '../mutants/catalogue.ts';
import { type Hunted, hunt } from '../mutants/hunt.ts';

const MOST_SEEDS = 500;
/** Hunts at once. */
const AT_ONCE = 2;

const USAGE = `sim:mutants: plants each known bug in the product's source, one at a time, and lets seeds look for it.

  --only ID,ID   these alone
  --seeds N      at most N seeds each (default ${MOST_SEEDS})
  --list         say what there is

Exits with 0 if every one was caught, with 1 if not, with 2 if the flags are wrong.
`;

/** The command `sim:mutants`. @returns its exit code. */
export async function mutants(args: readonly string[], print: (line: string) => void): Promise<number> {
  const flags = flagsOf(args);
  if (typeof flags === 'string') {
    print(`${flags}\n\n${USAGE}`);
    return 2;
  }
  if (flags.help) {
    print(USAGE);
    return 0;
  }
  if (flags.list) {
    for (const { id, of, what } of flags.chosen) print(`${id.padEnd(36)} ${of.padEnd(14)} ${what}`);
    return 0;
  }
  const waiting = [...flags.chosen];
  const results: Hunted[] = [];
  const hunter = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const hunted = await hunt(mutant, flags.seeds);
      results.push(hunted);
      print(lineOf(hunted));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, hunter));
  const escaped = results.filter(({ by }) => by === null);
  print(`${results.length - escaped.length} of ${results.length} caught`);
  return escaped.length === 0 ? 0 : 1;
}

function lineOf({ mutant, seeds, by }: Hunted): string {
  const what =
    by === null
      ? `NOT CAUGHT in ${seeds} seeds`
      : `caught after ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, by: ${by}`;
  return `${mutant.id.padEnd(36)} ${mutant.of.padEnd(14)} ${what}`;
}

function flagsOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== '--'),
      options: {
        help: { type: 'boolean', short: 'h' },
        list: { type: 'boolean' },
        only: { type: 'string' },
        seeds: { type: 'string' },
      },
    });
    const seeds = Number(values.seeds ?? MOST_SEEDS);
    if (!Number.isSafeInteger(seeds) || seeds < 1)
      return `--seeds must be a whole number of at least 1, not "${values.seeds}"`;
    const wanted = values.only?.split(',') ?? null;
    const unknown = wanted?.filter((id) => !MUTANTS.some((each) => each.id === id)) ?? [];
    if (unknown.length > 0)
      return `--only: no mutant is called ${unknown.join(', ')}; --list says what there is`;
    const chosen = MUTANTS.filter(({ id }) => wanted === null || wanted.includes(id));
    return { help: values.help === true, list: values.list === true, seeds, chosen };
  } catch (error) {
    return (error as Error).message;
  }
}
