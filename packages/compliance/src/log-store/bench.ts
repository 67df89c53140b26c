import {
  type Entry,
  type GroupId,
  type GroupLog,
  type HardState,
  type LogStore,
  type StoreCallback,
  toIndex,
} from '@smalti/core';
import { ComplianceError, check, same } from '../suite/expect.ts';
import { groupOf, NODE } from './entries.ts';
import type { LogStoreAbility, LogStoreHarness } from './harness.ts';
import {
  type Change,
  configurationsOf,
  contentOf,
  type GroupState,
  lastOf,
  nameOf,
  submit,
  termOf,
  termsOf,
} from './model.ts';

const WHOLE = toIndex(Number.MAX_SAFE_INTEGER);

/** The calls of a log store as promises, for the cases. */
export class Bench {
  readonly harness: LogStoreHarness;
  readonly abilities: readonly LogStoreAbility[];
  /** Whether the store keeps what it has when it is closed. */
  readonly reopens: boolean;

  constructor(harness: LogStoreHarness, abilities: readonly LogStoreAbility[]) {
    this.harness = harness;
    this.abilities = abilities;
    this.reopens = abilities.includes('reopen');
  }

  open(): Promise<LogStore> {
    return this.harness.drive(this.harness.open(NODE));
  }

  /** Opens the store and the log of one group. */
  async openLog(group: GroupId = groupOf(1)): Promise<{ store: LogStore; log: GroupLog }> {
    const store = await this.open();
    return { store, log: await this.group(store, group) };
  }

  group(store: LogStore, group: GroupId): Promise<GroupLog> {
    return this.call<GroupLog>((done) => store.openGroup(group, done));
  }

  close(store: LogStore): Promise<void> {
    return this.call((done) => store.close(done));
  }

  /** Makes changes one after the other, each after the one before completed. */
  async make(log: GroupLog, ...changes: readonly Change[]): Promise<void> {
    for (const change of changes) await this.call((done) => submit(log, change, done));
  }

  read(
    log: GroupLog,
    first: number,
    last: number,
    maxBytes = Number.MAX_SAFE_INTEGER,
  ): Promise<readonly Entry[]> {
    return this.call<readonly Entry[]>((done) => log.read(toIndex(first), toIndex(last), maxBytes, done));
  }

  readAll(log: GroupLog): Promise<readonly Entry[]> {
    return this.read(log, 1, WHOLE);
  }

  /** States that the log is as the contract says, in every way that can be seen. */
  async expect(log: GroupLog, state: GroupState): Promise<void> {
    this.expectVisible(log, state);
    same(
      showHardState(log.hardState),
      showHardState(state.hardState),
      'the hard state (term, vote, commit, doubt)',
    );
    same(contentOf(log.base, await this.readAll(log)), contentOf(state.base, state.entries), 'the log');
  }

  /** The part that can be seen without reading, but for the hard state. */
  expectVisible(log: GroupLog, state: GroupState): void {
    const last = lastOf(state);
    same([log.base.index, log.base.term], [state.base.index, state.base.term], 'base');
    same([log.last.index, log.last.term], [last.index, last.term], 'last');
    same(
      log.terms.map(({ first, term }) => [first, term]),
      termsOf(state).map(({ first, term }) => [first, term]),
      'terms',
    );
    same(log.configurations.map(nameOf), configurationsOf(state).map(nameOf), 'configurations');
    for (const index of [0, state.base.index - 1, state.base.index, last.index, last.index + 1]) {
      if (index >= 0) same(log.termAt(toIndex(index)), termOf(state, index), `termAt(${index})`);
    }
    for (const { index, term } of state.entries) same(log.termAt(index), term, `termAt(${index})`);
  }

  /** Submits, and lets time go on until it has called back: once, and not within the call. */
  call<T = void>(submitted: (done: StoreCallback<T>) => void): Promise<T> {
    const answer = new Promise<T>((resolve, reject) => {
      let within = true;
      submitted((error, value) => {
        if (within) reject(new ComplianceError('a callback came within the call that it was given to'));
        else if (error !== null) reject(error);
        else resolve(value);
      });
      within = false;
    });
    return this.harness.drive(answer);
  }
}

/** The hard state as a list, so that the order of its keys means nothing. */
export function showHardState({ term, vote, commit, doubt }: HardState): unknown[] {
  return [term, vote, commit, doubt];
}

/** States that work throws an error of that name at once. */
export function throwsNow(work: () => void, name: string, what: string): void {
  try {
    work();
  } catch (error) {
    check((error as Error).name === name, `${what} should throw ${name}, and threw ${String(error)}`);
    return;
  }
  throw new ComplianceError(`${what} should throw ${name}, and did not`);
}
