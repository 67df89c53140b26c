import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { failureLines, timelineOf } from '../run/failure.ts';
import { draw, type Plan } from '../run/plan.ts';
import { type Outcome, runPlan } from '../run/run-plan.ts';
import { shrinkPlan } from '../run/shrink-plan.ts';
import { Totals } from '../run/totals.ts';
import { parseFlags, type SimFlags, USAGE } from './flags.ts';

/** Seeds after which everything should have happened at least once. */
const ENOUGH_SEEDS = 300;

type Print = (line: string) => void;

/** The command `sim`. @returns its exit code. */
export async function sim(args: readonly string[], print: Print): Promise<number> {
  let flags: SimFlags;
  try {
    flags = parseFlags(args);
  } catch (error) {
    print(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (flags.help) {
    print(USAGE);
    return 0;
  }
  return await new Command(flags, print).run();
}

class Command {
  readonly #flags: SimFlags;
  readonly #print: Print;
  readonly #totals = new Totals();
  #cpuMs = 0;

  constructor(flags: SimFlags, print: Print) {
    this.#flags = flags;
    this.#print = print;
  }

  async run(): Promise<number> {
    for (const plan of this.#plans()) {
      const outcome = await this.#measured(plan);
      this.#totals.add(outcome);
      if (this.#flags.trace) {
        for (const line of timelineOf(outcome, Number.POSITIVE_INFINITY)) this.#print(line);
        this.#print(`digest ${outcome.digest}`);
      }
      if (outcome.violation !== null) {
        await this.#explain(outcome);
        return 1;
      }
      if (this.#totals.seeds % 50 === 0) this.#print(`${this.#totals.seeds} seeds, nothing violated`);
    }
    for (const line of this.#totals.lines(this.#cpuMs)) this.#print(line);
    const { missing } = this.#totals;
    if (this.#totals.seeds >= ENOUGH_SEEDS && missing.length > 0) {
      this.#print(`never happened: ${missing.join(', ')}`);
      return 1;
    }
    this.#print('nothing violated');
    return 0;
  }

  *#plans(): Generator<Plan> {
    const { seed, plan, hours, first, seeds } = this.#flags;
    if (plan !== null) yield JSON.parse(readFileSync(plan, 'utf8')) as Plan;
    else if (seed !== null) yield draw(seed);
    else {
      const end = hours === null ? Number.POSITIVE_INFINITY : performance.now() + hours * 3_600_000;
      const last = hours === null ? first + seeds - 1 : Number.POSITIVE_INFINITY;
      for (let next = first; next <= last && performance.now() < end; next++) yield draw(next);
    }
  }

  async #measured(plan: Plan): Promise<Outcome> {
    const before = process.cpuUsage();
    const outcome = await runPlan(plan);
    const { user, system } = process.cpuUsage(before);
    this.#cpuMs += (user + system) / 1000;
    return outcome;
  }

  async #explain(outcome: Outcome): Promise<void> {
    const commit = commitOf();
    for (const line of failureLines(outcome, commit)) this.#print(line);
    if (!this.#flags.shrink) return;
    this.#print('\nlooking for fewer faults that lead there ...');
    const { outcome: smaller, shrunk } = await shrinkPlan(outcome);
    const least = shrunk.minimal ? 'without any one of them it passes' : 'there may be fewer';
    this.#print(
      `${shrunk.items.length} of ${outcome.plan.faults.length} faults after ${shrunk.runs} runs; ${least}`,
    );
    for (const line of failureLines(smaller, commit)) this.#print(line);
    this.#print(`\nthe plan, for --plan FILE:\n${JSON.stringify(smaller.plan)}`);
  }
}

function commitOf(): string {
  try {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ', changed since'}`;
  } catch {
    return 'unknown';
  }
}
