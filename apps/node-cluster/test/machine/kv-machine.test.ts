import { DecodeError } from '@smalti/core';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  type KvCommand,
  type KvExpireIf,
  KvMachine,
  type KvQuery,
  type KvResult,
  type KvSetIf,
  kvCommands,
  kvQueries,
  kvResults,
} from '../../src/machine/index.ts';
import { KvModel } from '../support/kv-model.ts';

const text = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const key = fc.oneof(fc.constantFrom('a', 'b', 'c', ''), text);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const delta = int64.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const number = fc.oneof(
  int64.map(String),
  fc.constantFrom('0', '-0', '+1', '01', ' 1', '1 ', '-', '', '1e3'),
);
const span = fc.oneof(delta, fc.integer({ min: -50, max: 50 }));
const command: fc.Arbitrary<KvCommand> = fc.oneof(
  fc.record({
    op: fc.constant('set' as const),
    key,
    value: fc.oneof(text, number),
    when: fc.constantFrom<KvSetIf>('always', 'nx', 'xx'),
    expiry: fc.oneof(
      fc.constantFrom('keep' as const, 'never' as const),
      span.filter((ms) => ms > 0),
    ),
    get: fc.boolean(),
  }),
  fc.record({
    op: fc.constant('mset' as const),
    items: fc.array(fc.tuple(key, fc.oneof(text, number)), { maxLength: 4 }),
  }),
  fc.record({ op: fc.constant('append' as const), key, value: fc.oneof(text, fc.constantFrom('1', '0')) }),
  fc.record({
    op: fc.constant('expire' as const),
    key,
    in: span,
    when: fc.constantFrom<KvExpireIf>('always', 'nx', 'xx', 'gt', 'lt', 'xx-gt', 'xx-lt'),
  }),
  fc.record({ op: fc.constant('persist' as const), key }),
  fc.constant({ op: 'flushall' as const }),
  fc.record({ op: fc.constant('del' as const), keys: fc.array(key, { maxLength: 4 }) }),
  fc.record({ op: fc.constant('incrby' as const), key, delta: fc.oneof(delta, fc.constantFrom(1, -1)) }),
);
const query: fc.Arbitrary<KvQuery> = fc.oneof(
  fc.record({ op: fc.constantFrom('get', 'strlen', 'expiry'), key }),
  fc.record({ op: fc.constantFrom('exists', 'mget'), keys: fc.array(key, { maxLength: 4 }) }),
  fc.record({
    op: fc.constant('scan' as const),
    after: fc.option(key),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  fc.constant({ op: 'dbsize' as const }),
);

/** Time passes between commands, sometimes. */
const step = fc.record({ command, passed: fc.oneof(fc.constant(0), fc.nat({ max: 40 })) });

function set(key: string, value: string, more: Partial<Extract<KvCommand, { op: 'set' }>> = {}): KvCommand {
  return { op: 'set', key, value, when: 'always', expiry: 'never', get: false, ...more };
}

const AT_0 = { time: 0 };

describe('KvMachine', () => {
  it('gives the results of a simple model, and the same state', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const machine = new KvMachine();
        const model = new KvModel();
        for (const each of steps) {
          model.time += each.passed;
          expect(machine.apply(each.command, { time: model.time })).toEqual(model.apply(each.command));
          expect(machine.size).toBe(model.items.size);
          expect(machine.expiring).toBe([...model.items.values()].filter(({ at }) => at !== null).length);
        }
        expect([...machine.capture().entries()]).toEqual(model.sorted());
        for (const op of ['get', 'strlen', 'expiry'] as const) {
          for (const key of ['a', 'b', 'c', '', ...model.items.keys()]) {
            expect(machine.query({ op, key })).toEqual(model.query({ op, key }));
          }
        }
      }),
    );
  });

  it('H18: asks no clock for anything that it decides, so replicas agree whatever their clocks say', async () => {
    const clocks = [vi.spyOn(Date, 'now'), vi.spyOn(performance, 'now')];
    for (const clock of clocks) {
      clock.mockImplementation(() => {
        throw new Error('a clock was asked');
      });
    }
    try {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 30 }), query, (steps, asked) => {
          const [one, other] = [new KvMachine(), new KvMachine()];
          let time = 0;
          for (const { command, passed } of steps) {
            time += passed;
            for (const machine of [one, other]) machine.tick({ time });
            expect(one.apply(command, { time })).toEqual(other.apply(command, { time }));
            expect(one.query(asked)).toEqual(other.query(asked));
            expect(one.nextDeadline()).toBe(other.nextDeadline());
          }
          expect([...one.capture().entries()]).toEqual([...other.capture().entries()]);
        }),
      );
    } finally {
      for (const clock of clocks) clock.mockRestore();
    }
  });

  it('asks for a tick when the first key expires, and for none if no key does', () => {
    const machine = new KvMachine();
    machine.apply(set('a', '1'), AT_0);
    expect(machine.nextDeadline()).toBeNull();
    machine.apply(set('b', '1', { expiry: 200 }), AT_0);
    machine.apply(set('c', '1', { expiry: 100 }), AT_0);
    expect(machine.nextDeadline()).toBe(100);
    machine.apply({ op: 'persist', key: 'c' }, AT_0);
    expect(machine.nextDeadline()).toBe(200);
    machine.tick({ time: 199 });
    expect(machine.query({ op: 'exists', keys: ['a', 'b', 'c'] })).toEqual({ kind: 'integer', value: 3 });
    machine.tick({ time: 200 });
    expect(machine.query({ op: 'exists', keys: ['a', 'b', 'c'] })).toEqual({ kind: 'integer', value: 2 });
    expect(machine.nextDeadline()).toBeNull();
  });

  it('hides at once what expires, however much it is, and removes it little by little', async () => {
    const machine = new KvMachine();
    for (let i = 0; i < 10_000; i++) machine.apply(set(`k${i}`, 'v', { expiry: 100 }), AT_0);
    machine.apply(set('kept', 'v'), AT_0);
    const full = await machine.capture().digest();
    let ticks = 0;
    for (let at = machine.nextDeadline(); at !== null; at = machine.nextDeadline()) {
      expect(at).toBe(100);
      machine.tick({ time: 100 });
      ticks++;
      expect(machine.size).toBe(1);
      expect(machine.expiring).toBe(0);
      expect([...machine.capture().entries()]).toEqual([['kept', 'v']]);
      expect(machine.query({ op: 'mget', keys: ['k0', 'k9999', 'kept'] })).toEqual({
        kind: 'values',
        values: [null, null, 'v'],
      });
    }
    expect(ticks).toBe(3);
    const plain = new KvMachine();
    plain.apply(set('kept', 'v'), AT_0);
    expect(await machine.capture().digest()).toBe(await plain.capture().digest());
    expect(await machine.capture().digest()).not.toBe(full);
  });

  it('takes a key that has expired and was not removed for one that is not there', () => {
    for (const write of [set('k', 'w', { when: 'nx' }), set('k', 'w', { expiry: 'keep' })]) {
      const machine = new KvMachine();
      machine.apply(set('k', 'v', { expiry: 100 }), AT_0);
      // More expire than one command removes, and this key is the last of them.
      for (let i = 0; i < 100; i++) machine.apply(set(`a${i}`, 'v', { expiry: 100 }), AT_0);
      expect(machine.apply(write, { time: 100 })).toEqual({ kind: 'ok' });
      expect(machine.query({ op: 'expiry', key: 'k' })).toEqual({ kind: 'expiry', at: null, time: 100 });
      while (machine.nextDeadline() !== null) machine.tick({ time: 100 });
      expect(machine.query({ op: 'get', key: 'k' })).toEqual({ kind: 'value', value: 'w' });
      expect(machine.size).toBe(1);
    }
  });

  it('scans every key once, in pages, in order, and bounds a page by bytes', () => {
    const machine = new KvMachine();
    const wanted = Array.from({ length: 100 }, (_, i) => `k${String(i).padStart(3, '0')}`);
    for (const key of ['', ...wanted]) machine.apply(set(key, 'v'), AT_0);
    machine.apply(set('k0505', 'v', { expiry: 1 }), AT_0);
    machine.apply(set('other', 'v', { expiry: 5 }), { time: 0 });
    machine.tick({ time: 5 });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = machine.query({ op: 'scan', after, count: 7 });
      if (page.kind !== 'page') throw new Error(`a ${page.kind}`);
      expect(page.keys.length).toBeLessThanOrEqual(7);
      seen.push(...page.keys);
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(['', ...wanted]);
    for (let i = 0; i < 4; i++) machine.apply(set(`${i}`.repeat(700_000), 'v'), AT_0);
    const page = machine.query({ op: 'scan', after: '', count: 1_000 });
    expect(page.kind === 'page' && page.keys.map((key) => key.charAt(0))).toEqual(['0', '1']);
  });

  it('lets no value grow without an end', () => {
    const machine = new KvMachine();
    const part = 'v'.repeat(16 * 1024 * 1024);
    for (let i = 1; i <= 4; i++) {
      expect(machine.apply({ op: 'append', key: 'k', value: part }, AT_0)).toEqual({
        kind: 'integer',
        value: i * part.length,
      });
    }
    expect(machine.apply({ op: 'append', key: 'k', value: 'v' }, AT_0)).toEqual({
      kind: 'error',
      message: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
    });
    expect(machine.query({ op: 'strlen', key: 'k' })).toEqual({ kind: 'integer', value: 4 * part.length });
  });

  it('counts a key that is named twice twice in EXISTS, and once in DEL', () => {
    const machine = new KvMachine();
    machine.apply(set('a', '1'), AT_0);
    expect(machine.query({ op: 'exists', keys: ['a', 'a', 'b'] })).toEqual({ kind: 'integer', value: 2 });
    expect(machine.apply({ op: 'del', keys: ['a', 'a', 'b'] }, AT_0)).toEqual({ kind: 'integer', value: 1 });
    expect(machine.query({ op: 'get', key: 'a' })).toEqual({ kind: 'value', value: null });
  });

  it.each([
    ['9223372036854775807', 1],
    ['-9223372036854775808', -1],
    ['1', 9223372036854775807n],
  ])('H31: refuses an overflow and keeps %s as it was', (before, by) => {
    const machine = new KvMachine();
    machine.apply(set('n', before), AT_0);
    expect(machine.apply({ op: 'incrby', key: 'n', delta: by }, AT_0)).toEqual({
      kind: 'error',
      message: 'ERR increment or decrement would overflow',
    });
    expect(machine.query({ op: 'get', key: 'n' })).toEqual({ kind: 'value', value: before });
  });

  it('counts exactly where numbers become bigints and back', () => {
    const machine = new KvMachine();
    machine.apply(set('n', String(Number.MAX_SAFE_INTEGER)), AT_0);
    expect(machine.apply({ op: 'incrby', key: 'n', delta: 2 }, AT_0)).toEqual({
      kind: 'integer',
      value: 9007199254740993n,
    });
    expect(machine.apply({ op: 'incrby', key: 'n', delta: -2 }, AT_0)).toEqual({
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
      fc.property(command, query, (c, q) => {
        const machine = new KvMachine();
        machine.apply(set('a', 'not a number'), AT_0);
        machine.apply(set('b', 'expires', { expiry: 100 }), AT_0);
        for (const result of [machine.query(q), machine.apply(c, AT_0), machine.query(q)]) {
          expect(kvResults.decode(kvResults.encode(result))).toEqual(result);
        }
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
          if (codec === kvCommands) expect(machine.apply(value as KvCommand, AT_0)).toHaveProperty('kind');
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
    for (let i = 0; i < 1_000; i++) machine.apply(set(`k${i}`, `${i}`), AT_0);
    const before = await machine.capture().digest();
    const capture = machine.capture();
    for (let i = 0; i < 1_000; i += 3) machine.apply(set(`k${i}`, 'changed'), AT_0);
    machine.apply({ op: 'del', keys: ['k1'] }, AT_0);
    expect(await capture.digest()).toBe(before);
    expect(await machine.capture().digest()).not.toBe(before);
  });

  it('gives one digest for one state, whatever its history', async () => {
    const forward = new KvMachine();
    const backward = new KvMachine();
    for (let i = 0; i < 500; i++) forward.apply(set(`k${i}`, `${i}`), AT_0);
    for (let i = 499; i >= 0; i--) {
      backward.apply(set(`k${i}`, 'x'), AT_0);
      backward.apply(set('gone', 'x'), AT_0);
      backward.apply(set(`k${i}`, `${i}`), AT_0);
    }
    backward.apply({ op: 'del', keys: ['gone'] }, AT_0);
    expect(await forward.capture().digest()).toBe(await backward.capture().digest());
  });

  it('tells values that expire from those that do not, and one expiry from another', async () => {
    const digests = new Set<string>();
    for (const expiry of ['never', 1, 2, 2n ** 62n, 2n ** 62n + 1n] as const) {
      const machine = new KvMachine();
      machine.apply(set('a', '1', { expiry }), AT_0);
      digests.add(await machine.capture().digest());
    }
    expect(digests.size).toBe(5);
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
      machine.apply(set(key, value), AT_0);
      digests.add(await machine.capture().digest());
    }
    expect(digests.size).toBe(4);
  });

  it('hashes long values as they are, and lets the event loop go on', async () => {
    const machine = new KvMachine();
    for (let i = 0; i < 200; i++) machine.apply(set(`k${i}`, 'v'.repeat(100_000 + i)), AT_0);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const digest = await machine.capture().digest();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('stops when it is told to', async () => {
    const machine = new KvMachine();
    machine.apply(set('a', '1'), AT_0);
    await expect(machine.capture().digest(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
