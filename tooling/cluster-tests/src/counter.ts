import { ByteReader, ByteWriter, RejectCommand, type StateMachine } from '@smalti/core';

/** Adds to a number; a command of 0 is refused. */
export type Counter = StateMachine<number, void, number>;

const signed = {
  encode: (value: number): Uint8Array =>
    new ByteWriter(9)
      .u8(value < 0 ? 1 : 0)
      .varint(Math.abs(value))
      .finish(),
  decode: (bytes: Uint8Array): number => {
    const reader = new ByteReader(bytes);
    const negative = reader.u8() === 1;
    const size = reader.varint();
    reader.end();
    return negative ? -size : size;
  },
};

/** A counter, and everything that was applied to it, for tests to look at. */
export class CounterMachine implements Counter {
  readonly descriptor = {
    name: 'counter',
    version: '1.0.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature = 'test/counter/1';
  readonly commands = signed;
  readonly results = signed;
  readonly queries = { encode: () => new Uint8Array(0), decode: () => {} };
  readonly applied: { readonly index: number; readonly term: number; readonly command: number }[] = [];
  value = 0;

  apply(
    command: number,
    context: { readonly at: { readonly index: number; readonly term: number } },
  ): number {
    if (command === 0) throw new RejectCommand('ZERO', 'adding nothing is refused');
    this.value += command;
    this.applied.push({ ...context.at, command });
    return this.value;
  }

  query(): number {
    return this.value;
  }
}
