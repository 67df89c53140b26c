import type { Outcome } from './run-plan.ts';

/** How many lines of a timeline are printed before the violation. */
const LINES = 60;

/** A timeline for people. */
export function timelineOf({ timeline }: Outcome, most = LINES): readonly string[] {
  const lines = timeline.slice(-most).map(({ at, what }) => `${at.toFixed(1).padStart(10)} ms  ${what}`);
  return timeline.length > most ? [`           ... ${timeline.length - most} lines before`, ...lines] : lines;
}

/** A failure, and how to see it again. */
export function failureLines(outcome: Outcome, commit: string): readonly string[] {
  const { plan, violation } = outcome;
  if (violation === null) return [];
  return [
    '',
    `seed ${plan.settings.seed} of commit ${commit} violates: ${violation.invariant}`,
    `at ${violation.at.toFixed(1)} ms: ${violation.what}`,
    `again: npx pnpm@10 sim --seed ${plan.settings.seed} --trace`,
    '',
    ...timelineOf(outcome),
  ];
}
