import type { OutcomeCounts } from '../load/client-record.ts';
import type { Judgement } from '../verdict/judge.ts';
import type { RoundsReport } from './run-rounds.ts';

export interface ChaosReport extends RoundsReport {
  readonly seed: string;
  readonly nodes: number;
  readonly outcomes: OutcomeCounts;
  /** The slowest of all restarts, until the log was read, in milliseconds. */
  readonly slowestStartMs: number;
  readonly judgement: Judgement;
  /** All that was wrong. Empty if nothing was. */
  readonly faults: readonly string[];
  /** Where the history is. */
  readonly history: string;
  /** Where data and logs are, if they were kept. */
  readonly kept: string | null;
}

/** The end of what a run prints. */
export function summary(report: ChaosReport): string {
  const { outcomes, nemeses, judgement, faults } = report;
  const counts = Object.entries(nemeses).map(([name, count]) => `${name} ${count}`);
  return [
    `seed ${report.seed}, ${report.nodes} nodes, ${report.rounds} rounds: ${counts.join(', ')}`,
    `operations: ${outcomes.ok} done, ${outcomes.refused} refused, ${outcomes.open} of unknown outcome, ` +
      `${outcomes.dropped} reads without an answer`,
    `healed: writable after ${Math.round(report.slowestWritableMs)} ms at most, ` +
      `all nodes back after ${Math.round(report.slowestBackMs)} ms at most; ` +
      `a restart read its log within ${Math.round(report.slowestStartMs)} ms`,
    `history: ${judgement.operations} operations on ${judgement.keys} keys, ${judgement.steps} steps of the checker, ` +
      report.history,
    ...faults.map((fault) => `WRONG: ${fault}`),
    ...(report.kept === null ? [] : [`data and logs are kept in ${report.kept}`]),
    faults.length === 0 ? 'verdict: nothing was wrong' : `verdict: ${faults.length} things were wrong`,
  ].join('\n');
}

/** What a run that is long enough for everything has to have seen, and has not. */
export function neverSeen(nemeses: ChaosReport['nemeses'], outcomes: OutcomeCounts): string[] {
  const counts = { ...nemeses, ...outcomes };
  return Object.entries(counts)
    .filter(([, count]) => count === 0)
    .map(([name]) => `in the whole run there was no '${name}': it proves too little`);
}
