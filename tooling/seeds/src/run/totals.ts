import { FAULTS } from '../faults/catalogue.ts';
import type { Counts, Outcome } from './run-plan.ts';

/** What the runs of a command came to. */
export class Totals {
  seeds = 0;
  readonly counts: Record<Exclude<keyof Counts, 'faults'>, number> = {
    virtualMs: 0,
    events: 0,
    elections: 0,
    sessions: 0,
    sessionEntries: 0,
    truncations: 0,
    crashes: 0,
    calls: 0,
    acknowledged: 0,
    refused: 0,
    unknown: 0,
    configurations: 0,
    wishes: 0,
    fulfilled: 0,
    markers: 0,
    agreed: 0,
    disputed: 0,
    abandoned: 0,
    installs: 0,
    restarts: 0,
    pruned: 0,
    upgraded: 0,
    raised: 0,
    poisoned: 0,
    failures: 0,
    skipped: 0,
    unskipped: 0,
  };
  readonly faults: Record<string, number> = Object.fromEntries(FAULTS.map(({ name }) => [name, 0]));

  add({ counts }: Outcome): void {
    this.seeds += 1;
    for (const [name, count] of Object.entries(counts.faults))
      this.faults[name] = (this.faults[name] ?? 0) + count;
    for (const name of Object.keys(this.counts) as (keyof Totals['counts'])[])
      this.counts[name] += counts[name];
  }

  /** What never happened, though it should have, given enough seeds. */
  get missing(): readonly string[] {
    const { elections, sessions, truncations, crashes, configurations, fulfilled, raised, skipped } =
      this.counts;
    const all = {
      elections,
      sessions,
      truncations,
      crashes,
      configurations,
      fulfilled,
      raised,
      skipped,
      ...this.faults,
    };
    return Object.entries(all).flatMap(([name, count]) => (count === 0 ? [name] : []));
  }

  /** @param cpuMs that the runs took. */
  lines(cpuMs: number): readonly string[] {
    const { virtualMs, calls, acknowledged, refused, unknown, events } = this.counts;
    const { elections, sessions, sessionEntries, truncations, crashes } = this.counts;
    const { configurations, wishes, fulfilled } = this.counts;
    const { markers, agreed, disputed, abandoned, installs, restarts, pruned, upgraded, raised } =
      this.counts;
    const { poisoned, failures, skipped, unskipped } = this.counts;
    const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
    return [
      `${number(this.seeds)} seeds, ${number(virtualMs / 3_600_000)} virtual hours, ${number(virtualMs / cpuMs)} times as fast as real time on one core`,
      `${number(calls)} client operations (${number((calls * 1000) / virtualMs)} a virtual second): ${number(acknowledged)} answered, ${number(refused)} not applied, ${number(unknown)} unknown`,
      `${number(events)} events, ${number(elections)} elections, ${number(sessions)} sessions (${number(sessionEntries)} entries), ${number(truncations)} truncations, ${number(crashes)} crashes`,
      `${number(configurations)} entries about the members, ${number(fulfilled)} of ${number(wishes)} wishes about them fulfilled`,
      `${number(markers)} markers: ${number(agreed)} agreed, ${number(disputed)} disputed, ${number(abandoned)} abandoned; ${number(installs)} installs, ${number(restarts)} restarts from a checkpoint, ${number(pruned)} entries pruned`,
      `${number(upgraded)} clusters with nodes that were upgraded; the new version came into force in ${number(raised)}`,
      `${number(poisoned)} clusters with commands at which machines failed, ${number(failures)} times; ${number(skipped)} were skipped, ${number(unskipped)} skips refused`,
      ...Object.entries(this.faults).map(
        ([name, count]) => `  ${name.padEnd(32)} ${number(count).padStart(9)}`,
      ),
    ];
  }
}
