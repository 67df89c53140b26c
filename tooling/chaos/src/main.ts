/**
 * Bad things are done to real processes, and every answer is checked:
 *
 *     pnpm chaos --minutes 5 [--seed S] [--nodes N] [--nemesis kill,pause,…] [--history FILE]
 */
import { randomBytes } from 'node:crypto';
import { type ChaosOptions, NoRun, readOptions } from './cli/options.ts';
import { missingAbilities } from './machine/abilities.ts';
import { describeRound, STEADY } from './plan/schedule.ts';
import { summary } from './run/chaos-report.ts';
import { runChaos } from './run/run-chaos.ts';
import { plannedRounds } from './run/run-rounds.ts';

const MINUTE_MS = 60_000;
/** A run of so many minutes comes to everything. */
const WHOLE_MINUTES = 5;
/** Elections after half a second, so that a run has many. */
const TIMING = Object.freeze({ heartbeatMs: 50, electionMinMs: 500, electionMaxMs: 1_000 });
/** Some hundred operations a second, so that they fit beside the nodes on two cores. */
const LOAD = Object.freeze({ keys: 16, keyLifeMs: 4_000, pauseMs: [10, 60] as const });

async function main(options: ChaosOptions): Promise<number> {
  const { minutes, seed, nodes, nemeses, history } = options;
  const missing = missingAbilities(nemeses);
  if (missing.length > 0) {
    for (const line of missing) console.error(`chaos: this machine cannot do it: ${line}`);
    return 2;
  }
  const expectedMs = minutes * MINUTE_MS;
  console.log(`schedule of seed ${seed}, as far as time allows:`);
  for (const round of plannedRounds(seed, nemeses, STEADY, expectedMs))
    console.log(`  ${describeRound(round)}`);
  const report = await runChaos({
    seed,
    nodes,
    nemeses,
    pace: STEADY,
    timing: TIMING,
    load: LOAD,
    goesOn: (_, elapsedMs) => elapsedMs < expectedMs,
    expectedMs,
    history,
    whole: minutes >= WHOLE_MINUTES,
    say: (line) => console.log(line),
  });
  console.log(summary(report));
  return report.faults.length === 0 ? 0 : 1;
}

// What was made is removed when this process ends, and a signal alone does not end it that way.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}
try {
  process.exitCode = await main(readOptions(process.argv.slice(2), () => randomBytes(4).toString('hex')));
} catch (error) {
  if (!(error instanceof NoRun)) throw error;
  (error.code === 0 ? console.log : console.error)(error.message.trimEnd());
  process.exitCode = error.code;
}
