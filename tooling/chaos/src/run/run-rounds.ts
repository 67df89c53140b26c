import type { Field } from '../field/field.ts';
import type { ClientRecord } from '../load/client-record.ts';
import { flood } from '../load/flood.ts';
import { hasClosedSegment } from '../machine/wal-files.ts';
import type { NemesisName } from '../plan/nemesis-name.ts';
import { describeRound, type Pace, type Round, schedule } from '../plan/schedule.ts';
import { runRound } from './run-round.ts';

export interface RoundsOptions {
  readonly seed: string;
  readonly nemeses: readonly NemesisName[];
  readonly pace: Pace;
  /** Whether another round begins, given how many were and how long it took, in milliseconds. */
  readonly goesOn: (rounds: number, elapsedMs: number) => boolean;
  readonly say: (line: string) => void;
}

export interface RoundsReport {
  readonly rounds: number;
  /** How often each was done. */
  readonly nemeses: Readonly<Partial<Record<NemesisName, number>>>;
  /** The slowest of all heals, in milliseconds. */
  readonly slowestWritableMs: number;
  readonly slowestBackMs: number;
}

const CLOSED_WITHIN_MS = 60_000;

/** Round after round. There is none after one in which something was wrong, so that its traces are fresh. */
export async function runRounds(
  field: Field,
  options: RoundsOptions,
  record: ClientRecord,
): Promise<RoundsReport> {
  const { seed, nemeses, pace, say, goesOn } = options;
  const counts: Partial<Record<NemesisName, number>> = Object.fromEntries(nemeses.map((name) => [name, 0]));
  let slowestWritableMs = 0;
  let slowestBackMs = 0;
  let rounds = 0;
  const began = performance.now();
  try {
    if (nemeses.includes('bitflip')) await closeASegment(field);
    for (const round of schedule(seed, nemeses, pace)) {
      if (!goesOn(rounds, performance.now() - began) || field.faults.length > 0) break;
      say(`${timeOfDay()} ${describeRound(round)}`);
      const { done, writableMs, backMs } = await runRound(field, round);
      rounds++;
      for (const { nemesis } of done) counts[nemesis] = (counts[nemesis] ?? 0) + 1;
      slowestWritableMs = Math.max(slowestWritableMs, writableMs ?? Number.POSITIVE_INFINITY);
      slowestBackMs = Math.max(slowestBackMs, backMs ?? Number.POSITIVE_INFINITY);
      const { ok, open } = record.counts;
      say(
        `${timeOfDay()}   ${done.map(({ what }) => what).join('; ')}: writable after ${shown(writableMs)}, ` +
          `all back after ${shown(backMs)}; ${ok} operations done, ${open} unknown`,
      );
    }
  } catch (error) {
    field.faults.push(`after ${rounds} rounds: ${error instanceof Error ? error.stack : String(error)}`);
  }
  return { rounds, nemeses: counts, slowestWritableMs, slowestBackMs };
}

/** A bit can only turn over in a segment that is closed, so there is to be one in every log. */
async function closeASegment(field: Field): Promise<void> {
  const closed = (): boolean => field.subjects.every(({ node }) => hasClosedSegment(node.place.data));
  await flood('every node closes a segment', field.subjects, closed, CLOSED_WITHIN_MS);
}

/** The rounds that are to be expected of a schedule within that time. */
export function plannedRounds(
  seed: string,
  nemeses: readonly NemesisName[],
  pace: Pace,
  ms: number,
): Round[] {
  const planned: Round[] = [];
  let elapsed = 0;
  for (const round of schedule(seed, nemeses, pace)) {
    if (elapsed >= ms) break;
    planned.push(round);
    elapsed += round.calmMs + round.holdMs;
  }
  return planned;
}

function shown(ms: number | null): string {
  return ms === null ? 'too long' : `${Math.round(ms)} ms`;
}

function timeOfDay(): string {
  return new Date().toISOString().slice(11, 19);
}
