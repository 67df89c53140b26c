import { ByteReader, ByteWriter, type Codec, type StateMachine } from '@smalti/core';

/** A command of the suite: a number that no other has, and so many bytes besides. */
export interface Item {
  readonly number: number;
  readonly bytes: number;
}

const items: Codec<Item> = {
  encode({ number, bytes }) {
    // What lies in the log differs from entry to entry, as it would in earnest.
    const filling = new Uint8Array(bytes).map((_, i) => (number * 31 + i * 7) & 0xff);
    return new ByteWriter().varint(number).raw(filling).finish();
  },
  decode(encoded) {
    const reader = new ByteReader(encoded);
    return { number: reader.varint(), bytes: reader.remaining };
  },
};

const counts: Codec<number> = {
  encode: (count) => new ByteWriter().varint(count).finish(),
  decode: (bytes) => new ByteReader(bytes).varint(),
};

/** Keeps the numbers of all that it was given, in order. */
export class Ledger implements StateMachine<Item, number, number> {
  readonly descriptor = {
    name: '@smalti/compliance',
    version: '0.1.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature = 'smalti/compliance-ledger/1';
  readonly commands = items;
  readonly queries = counts;
  readonly results = counts;
  readonly numbers: number[] = [];
  bytes = 0;

  apply({ number, bytes }: Item): number {
    this.numbers.push(number);
    this.bytes += bytes;
    return this.numbers.length;
  }

  /** How many numbers there are. */
  query(): number {
    return this.numbers.length;
  }
}
