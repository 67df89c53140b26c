import { DecodeError } from '@smalti/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type KvCommand,
  KvMachine,
  type KvQuery,
  type KvResult,
  kvCommands,
  kvQueries,
  kvResults,
} from '../../src/machine/index.ts';

const text = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const key = fc.oneof(fc.constantFrom('a', 'b', 'c', ''), text);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const delta = int64.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const number = fc.oneof(
  int64.map(String),
  fc.constantFrom('0', '-0', '+1', '01', ' 1', '1 ', '-', '', '1e3'),
);
const command: fc.Arbitrary<KvCommand> = fc.oneof(
  fc.record({ op: fc.constant('set' as const), key, value: fc.oneof(text, number) }),
  fc.record({ op: fc.constant('del' as const), keys: fc.array(key, { maxLength: 4 }) }),
  fc.record({ op: fc.constant('incrby' as const), key, delta: fc.oneof(delta, fc.constantFrom(1, -1)) }),
);
const query: fc.Arbitrary<KvQuery> = fc.oneof(
  fc.record({ op: fc.constant('get' as const), key }),
  fc.record({ op: fc.constant('exists' as const), keys: fc.array(key, { maxLength: 4 }) }),
  fc.constant({ op: 'dbsize' as const }),
);

/** What the machine should do, as plainly as it can be said. */
class Model {
  readonly items = new Map<string, string>();

  apply(command: KvCommand): KvResult {
    switch (command.op) {
      case 'set':
        this.items.set(command.key, command.value);
        return { kind: 'ok' };
      case 'del':
        return { kind: 'integer', value: command.keys.filter((k) => this.items.delete(k)).length };
      case 'incrby': {
        const before = this.items.get(command.key) ?? '0';
        const canonical = /^-?\d+$/.test(before) && String(BigInt(before)) === before;
        if (!canonical || BigInt.asIntN(64, BigInt(before)) !== BigInt(before)) {
          return { kind: 'error', message: 'ERR value is not an integer or out of range' };
        }
        const after = BigInt(before) + BigInt(command.delta);
        if (BigInt.asIntN(64, after) !== after) {
          return { kind: 'error', message: 'ERR increment or decrement would overflow' };
        }
        this.items.set(command.key, String(after));
        const number = Number(after);
        return { kind: 'integer', value: Number.isSafeInteger(number) ? number : after };
      }
    }
  }
}

describe('KvMachine', () => {
  it('gives the results of a simple model, and the same state', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const machine = new KvMachine();
        const model = new Model();
        for (const each of commands) expect(machine.apply(each)).toEqual(model.apply(each));
        const sorted = [...model.items].sort(([a], [b]) =>
          Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')),
        );
        expect([...machine.capture().entries()].map(([k, v]) => [k, v])).toEqual(sorted);
        expect(machine.query({ op: 'dbsize' })).toEqual({ kind: 'integer', value: model.items.size });
        for (const [k, value] of model.items) {
          expect(machine.query({ op: 'get', key: k })).toEqual({ kind: 'value', value });
        }
      }),
    );
  });

  it('counts a key that is named twice twice in EXISTS, and once in DEL', () => {
    const machine = new KvMachine();
    machine.apply({ op: 'set', key: 'a', value: '1' });
    expect(machine.query({ op: 'exists', keys: ['a', 'a', 'b'] })).toEqual({ kind: 'integer', value: 2 });
    expect(machine.apply({ op: 'del', keys: ['a', 'a', 'b'] })).toEqual({ kind: 'integer', value: 1 });
    expect(machine.query({ op: 'get', key: 'a' })).toEqual({ kind: 'value', value: null });
  });

  it.each([
    ['9223372036854775807', 1],
    ['-9223372036854775808', -1],
    ['1', 9223372036854775807n],
  ])('H31: refuses an overflow and keeps %s as it was', (before, by) => {
    const machine = new KvMachine();
    machine.apply({ op: 'set', key: 'n', value: before });
    expect(machine.apply({ op: 'incrby', key: 'n', delta: by })).toEqual({
      kind: 'error',
      message: 'ERR increment or decrement would overflow',
    });
    expect(machine.query({ op: 'get', key: 'n' })).toEqual({ kind: 'value', value: before });
  });

  it('counts exactly where numbers become bigints and back', () => {
    const machine = new KvMachine();
    machine.apply({ op: 'set', key: 'n', value: String(Number.MAX_SAFE_INTEGER) });
    expect(machine.apply({ op: 'incrby', key: 'n', delta: 2 })).toEqual({
      kind: 'integer',
      value: 9007199254740993n,
    });
    expect(machine.apply({ op: 'incrby', key: 'n', delta: -2 })).toEqual({
      kind: 'integer',
      value: Number.MAX_SAFE_INTEGER,
    });
  });
});

describe('the codecs of the machine', () => {
  it('give back commands, queries and results', () => {
    fc.assert(
      fc.property(command, query, (c, q) => {
        expect(kvCommands.decode(kvCommands.encode(c))).toEqual(c);
        expect(kvQueries.decode(kvQueries.encode(q))).toEqual(q);
      }),
    );
    fc.assert(
      fc.property(command, (c) => {
        const machine = new KvMachine();
        machine.apply({ op: 'set', key: 'a', value: 'not a number' });
        const result = machine.apply(c);
        expect(kvResults.decode(kvResults.encode(result))).toEqual(result);
      }),
    );
  });

  it('H31: take only bytes that they made, and refuse all others with a DecodeError', () => {
    const machine = new KvMachine();
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), mutated), (bytes) => {
        for (const codec of [kvCommands, kvQueries, kvResults]) {
          let value: KvCommand | KvQuery | KvResult;
          try {
            value = codec.decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
            continue;
          }
          expect(Buffer.from(codec.encode(value as never))).toEqual(Buffer.from(bytes));
          if (codec === kvCommands) expect(machine.apply(value as KvCommand)).toHaveProperty('kind');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuse a number of keys that the bytes do not hold, without making room for them', () => {
    const bytes = Uint8Array.of(2, 0xff, 0xff, 0xff, 0xff, 0x0f);
    expect(() => kvCommands.decode(bytes)).toThrow(DecodeError);
  });
});

const mutated = fc.tuple(command, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([c, at, byte]) => {
  const bytes = Uint8Array.from(kvCommands.encode(c));
  if (bytes.length > 0) bytes[at % bytes.length] = byte;
  return bytes;
});

describe('KvCapture', () => {
  it('holds the state still', async () => {
    const machine = new KvMachine();
    for (let i = 0; i < 1_000; i++) machine.apply({ op: 'set', key: `k${i}`, value: `${i}` });
    const before = await machine.capture().digest();
    const capture = machine.capture();
    for (let i = 0; i < 1_000; i += 3) machine.apply({ op: 'set', key: `k${i}`, value: 'changed' });
    machine.apply({ op: 'del', keys: ['k1'] });
    expect(await capture.digest()).toBe(before);
    expect(await machine.capture().digest()).not.toBe(before);
  });

  it('gives one digest for one state, whatever its history', async () => {
    const forward = new KvMachine();
    const backward = new KvMachine();
    for (let i = 0; i < 500; i++) forward.apply({ op: 'set', key: `k${i}`, value: `${i}` });
    for (let i = 499; i >= 0; i--) {
      backward.apply({ op: 'set', key: `k${i}`, value: 'x' });
      backward.apply({ op: 'set', key: 'gone', value: 'x' });
      backward.apply({ op: 'set', key: `k${i}`, value: `${i}` });
    }
    backward.apply({ op: 'del', keys: ['gone'] });
    expect(await forward.capture().digest()).toBe(await backward.capture().digest());
  });

  it('is not fooled by borders that move', async () => {
    const digests = new Set<string>();
    for (const [key, value] of [
      ['ab', 'c'],
      ['a', 'bc'],
      ['', 'abc'],
      ['abc', ''],
    ] as const) {
      const machine = new KvMachine();
      machine.apply({ op: 'set', key, value });
      digests.add(await machine.capture().digest());
    }
    expect(digests.size).toBe(4);
  });

  it('hashes long values as they are, and lets the event loop go on', async () => {
    const machine = new KvMachine();
    for (let i = 0; i < 200; i++) machine.apply({ op: 'set', key: `k${i}`, value: 'v'.repeat(100_000 + i) });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const digest = await machine.capture().digest();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('stops when it is told to', async () => {
    const machine = new KvMachine();
    machine.apply({ op: 'set', key: 'a', value: '1' });
    await expect(machine.capture().digest(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
