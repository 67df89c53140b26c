import type { StateMachine } from '@smalti/core';
import { CounterMachine } from './counter.ts';

/** Keeps every number it is given, in order; tells how many there are. */
export class LedgerMachine implements StateMachine<number, void, number> {
  readonly descriptor = { ...new CounterMachine().descriptor, name: 'ledger' };
  readonly signature = 'test/ledger/1';
  readonly commands = new CounterMachine().commands;
  readonly results = this.commands;
  readonly queries = new CounterMachine().queries;
  readonly entries: number[] = [];

  apply(command: number): number {
    this.entries.push(command);
    return this.entries.length;
  }

  query(): number {
    return this.entries.length;
  }
}
