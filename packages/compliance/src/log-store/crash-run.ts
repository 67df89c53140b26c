import type { GroupLog, HardState, LogStore } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import { check } from '../suite/expect.ts';
import { type Bench, showHardState } from './bench.ts';
import { groupOf, NODE } from './entries.ts';
import { after, type Change, contentOf, EMPTY, type GroupState, nameOf, submit } from './model.ts';

/** What is known of one group's log since the store was opened. */
export class Expected {
  /** The states after 0, 1, 2, … submitted changes. */
  #states: GroupState[];
  /** How many changes have completed. */
  #completed = 0;
  #submitted: Change[] = [];

  constructor(state: GroupState) {
    this.#states = [state];
  }

  get now(): GroupState {
    return this.#states.at(-1) as GroupState;
  }

  get underWay(): number {
    return this.#states.length - 1 - this.#completed;
  }

  /** Submits a change, and sees that completions come in order and without errors. */
  submit(log: GroupLog, change: Change, problems: string[]): void {
    this.#states.push(after(this.now, change));
    this.#submitted.push(change);
    const number = this.#states.length - 1;
    submit(log, change, (error) => {
      if (error !== null) problems.push(`change ${number} failed: ${error.code}: ${error.message}`);
      if (number !== this.#completed + 1)
        problems.push(`change ${number} completed after change ${this.#completed}`);
      this.#completed = number;
    });
  }

  /**
   * States that what was recovered is what the contract allows: all that completed, then a beginning of what was
   * submitted after it, each change as a whole. The hard state may be ahead of the log, as it is kept twice, and never
   * behind what completed. Goes on from there.
   */
  async recover(bench: Bench, log: GroupLog): Promise<void> {
    const entries = await bench.readAll(log);
    const found = contentOf(log.base, entries);
    const allowed = this.#states.slice(this.#completed);
    const match = allowed.find(({ base, entries }) => contentOf(base, entries) === found);
    check(match !== undefined, this.#explain(found, allowed));
    const hardState = this.#recoverHardState(log.hardState, allowed);
    // Where a group was lost or kept whole, so was its configuration; it shows in what the log says.
    bench.expectVisible(log, match);
    this.#states = [{ ...match, hardState }];
    this.#completed = 0;
    this.#submitted = [];
  }

  #recoverHardState(found: HardState, allowed: readonly GroupState[]): HardState {
    const shown = (hardState: HardState): string => JSON.stringify(showHardState(hardState).slice(0, 2));
    const states = allowed.map(({ hardState }) => hardState);
    const ballot = states.some((state) => shown(state) === shown(found));
    const words = states.map((state) => JSON.stringify(showHardState(state))).join(' or ');
    check(ballot, `term and vote are ${shown(found)} after a crash, and what may be there is ${words} (H5)`);
    const commit = states.some((state) => state.commit === found.commit);
    check(commit, `the commit is ${found.commit} after a crash, and what may be there is ${words}`);
    const doubt = found.doubt || states.some((state) => !state.doubt);
    check(doubt, 'a doubt that was durable is gone after a crash (H42)');
    return found;
  }

  #explain(found: string, allowed: readonly GroupState[]): string {
    const lines = allowed.map((state, i) => {
      const change = i === 0 ? null : this.#submitted[this.#completed + i - 1];
      return `  ${contentOf(state.base, state.entries)}${change ? ` (after a ${describe(change)} under way)` : ''}`;
    });
    return `after a crash the log is\n  ${found}\nand what may be there is\n${lines.join('\n')}`;
  }
}

/** One medium with several groups through crashes and recoveries. */
export class CrashRun {
  readonly random: SimRandom;
  readonly #bench: Bench;
  readonly #groups: Expected[];
  readonly #problems: string[] = [];
  #logs: GroupLog[] = [];
  #store: LogStore | undefined;

  constructor(bench: Bench, seed: number, groups: number) {
    this.random = new SimRandom(`crash run ${seed}`);
    this.#bench = bench;
    this.#groups = Array.from({ length: groups }, () => new Expected(EMPTY));
  }

  /** The state of the group of that number, with all that was submitted. */
  state(group: number): GroupState {
    return (this.#groups[group] as Expected).now;
  }

  get underWay(): number {
    return this.#groups.reduce((sum, { underWay }) => sum + underWay, 0);
  }

  /** Opens the store, and sees that what is there may be there. */
  async open(): Promise<void> {
    const before = this.#store?.identity;
    this.#store = await this.#bench.open();
    const { identity } = this.#store;
    check(
      before === undefined || before.incarnation === identity.incarnation,
      'the incarnation is another one after a crash',
    );
    this.#logs = [];
    for (const [number, expected] of this.#groups.entries()) {
      const log = await this.#bench.group(this.#store, groupOf(number));
      await expected.recover(this.#bench, log);
      this.#logs.push(log);
    }
  }

  submit(group: number, change: Change): void {
    (this.#groups[group] as Expected).submit(this.#logs[group] as GroupLog, change, this.#problems);
  }

  /** Lets time go on until everything that was submitted has completed, and not a step longer. */
  async complete(): Promise<void> {
    for (let passed = 0; this.underWay > 0; passed++) {
      check(passed < 100_000, `${this.underWay} changes never completed`);
      await this.#bench.harness.pass(1);
    }
  }

  async crash(): Promise<void> {
    check(this.#problems.length === 0, this.#problems.join('; '));
    await this.#bench.harness.crash(this.random.uint32());
  }

  /** Begins to open the store, and crashes somewhere in the middle. */
  async crashWhileOpening(steps: number): Promise<void> {
    const opening = this.#bench.harness.open(NODE);
    opening.catch(() => {});
    await this.#bench.harness.pass(steps);
    await this.#bench.harness.crash(this.random.uint32());
  }
}

function describe(change: Change): string {
  if (change.kind === 'prune') return `prune to ${change.through}`;
  if (change.kind === 'reset') return `reset to ${change.cursor.index}@${change.cursor.term}`;
  const { truncateFrom, entries = [] } = change.write;
  const cut = truncateFrom === undefined ? '' : ` from ${truncateFrom}`;
  return `write${cut} of ${entries.map(nameOf).join(' ') || 'no entries'}`;
}
