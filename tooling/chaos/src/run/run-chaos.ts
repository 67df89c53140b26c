import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Field } from '../field/field.ts';
import { Load, type LoadOptions } from '../load/load.ts';
import { readEverything } from '../verdict/final-reads.ts';
import { judge } from '../verdict/judge.ts';
import { saveHistory } from '../verdict/save-history.ts';
import { type ChaosReport, neverSeen } from './chaos-report.ts';
import { type RoundsOptions, runRounds } from './run-rounds.ts';

export interface RunOptions extends RoundsOptions {
  readonly nodes: number;
  readonly timing: Readonly<Record<string, number>>;
  readonly load: LoadOptions;
  /** How long it will be about, in milliseconds: room for logs is made for it. */
  readonly expectedMs: number;
  /** Where the history goes; null for the directory for temporary files. */
  readonly history: string | null;
  /** Whether a run in which something was never done, or was never answered, has proved too little. */
  readonly whole: boolean;
}

const MIB = 1024 * 1024;
/** What a minute adds to a log, at most, with a full disk in it. */
const LOG_BYTES_A_MINUTE = 64 * MIB;

/** One run, from a cluster that is born to the verdict. */
export async function runChaos(options: RunOptions): Promise<ChaosReport> {
  const { seed, nodes, nemeses, timing, expectedMs, say } = options;
  const diskBytes = 512 * MIB + Math.ceil(expectedMs / 60_000) * LOG_BYTES_A_MINUTE;
  await using field = await Field.start({ nodes, nemeses, timing, diskBytes });
  say(`${nodes} nodes in ${field.cluster.directory}`);
  const { faults } = field;
  const load = new Load(seed, field.subjects, options.load);
  const rounds = await runRounds(field, options, load.record);
  await load.stop();
  try {
    await field.cluster.agree();
    faults.push(...(await readEverything(field.subjects, load.record)));
  } catch (error) {
    faults.push(`at the end: ${(error as Error).message}`);
  }
  faults.push(...load.record.wrong);
  const history = load.record.history();
  const file = options.history ?? join(tmpdir(), `smalti-chaos-${seed}-${process.pid}.json`);
  saveHistory(file, history);
  say(`checking ${history.length} operations`);
  const judgement = judge(history);
  faults.push(...judgement.faults);
  if (options.whole && faults.length === 0) faults.push(...neverSeen(rounds.nemeses, load.record.counts));
  field.cluster.keep ||= faults.length > 0;
  return {
    seed,
    nodes,
    ...rounds,
    slowestStartMs: Math.max(...field.subjects.map((subject) => subject.slowestStartMs)),
    outcomes: load.record.counts,
    judgement,
    faults,
    history: file,
    kept: field.cluster.keep ? field.cluster.directory : null,
  };
}
