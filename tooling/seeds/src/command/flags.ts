import { parseArgs } from 'node:util';

/** What `sim` is asked for. */
export interface SimFlags {
  readonly help: boolean;
  /** How many seeds, unless it is for so many hours. */
  readonly seeds: number;
  readonly first: number;
  /** One seed alone. */
  readonly seed: string | null;
  readonly trace: boolean;
  readonly hours: number | null;
  /** A file with a plan, as a failure prints it. */
  readonly plan: string | null;
  readonly shrink: boolean;
}

export const USAGE = `sim: a cluster of five nodes in one process on virtual time, with faults drawn from a seed.

  --seeds N      run N seeds, from --first on (default 300)
  --first N      the first seed (default 1)
  --hours H      run seeds for H hours of real time
  --seed S       run one seed
  --plan FILE    run a plan that a failure has printed
  --trace        with --seed or --plan: print what happened
  --no-shrink    do not look for a smaller plan that fails

Exits with 0 if nothing was violated, with 1 if something was, with 2 if the flags are wrong.
`;

/** @throws RangeError that says which flag is wrong, and how it has to be. */
export function parseFlags(args: readonly string[]): SimFlags {
  const { values } = parse(args);
  const seed = values.seed ?? null;
  const plan = values.plan ?? null;
  if (values.trace === true && seed === null && plan === null)
    throw new RangeError('--trace needs --seed or --plan: it prints one run');
  if ([seed, plan, values.hours, values.seeds].filter((each) => each != null).length > 1)
    throw new RangeError('--seed, --plan, --hours and --seeds exclude each other');
  return {
    help: values.help === true,
    seeds: values.seeds === undefined ? 300 : whole('--seeds', values.seeds),
    first: values.first === undefined ? 1 : whole('--first', values.first),
    seed,
    trace: values.trace === true,
    hours: values.hours === undefined ? null : positive('--hours', values.hours),
    plan,
    shrink: values['no-shrink'] !== true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: args.filter((arg) => arg !== '--'),
      options: {
        help: { type: 'boolean', short: 'h' },
        seeds: { type: 'string' },
        first: { type: 'string' },
        seed: { type: 'string' },
        trace: { type: 'boolean' },
        hours: { type: 'string' },
        plan: { type: 'string' },
        'no-shrink': { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new RangeError((error as Error).message, { cause: error });
  }
}

function whole(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${flag} must be a whole number of at least 1, not "${text}"`);
  return value;
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new RangeError(`${flag} must be a number above 0, not "${text}"`);
  return value;
}
