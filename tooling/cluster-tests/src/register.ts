import type { StateMachine } from '@smalti/core';
import { CounterMachine } from './counter.ts';

/** Holds the number that was set last. */
export class RegisterMachine implements StateMachine<number, void, number> {
  readonly descriptor = { ...new CounterMachine().descriptor, name: 'register' };
  readonly signature = 'test/register/1';
  readonly commands = new CounterMachine().commands;
  readonly results = this.commands;
  readonly queries = new CounterMachine().queries;
  /** All that was ever set, in order. */
  readonly history: number[] = [];

  apply(command: number): number {
    this.history.push(command);
    return command;
  }

  query(): number {
    return this.history.at(-1) ?? 0;
  }
}
