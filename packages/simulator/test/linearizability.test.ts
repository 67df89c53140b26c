import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkLinearizability,
  type KvInput,
  type KvOutput,
  kvModel,
  type Operation,
  type SequentialModel,
  SimRandom,
} from '../src/index.ts';
import { hasOrder } from './brute-force.ts';

type KvOperation = Operation<KvInput, KvOutput>;

const key = 'k';
const get: KvInput = { op: 'get', key };
const set = (value: string): KvInput => ({ op: 'set', key, value });
const cas = (expected: string | null, value: string): KvInput => ({ op: 'cas', key, expected, value });

/** An operation of a client per call: when, what, and what came back. Without a return it is open. */
function did(call: number, end: number | undefined, input: KvInput, output?: KvOutput): KvOperation {
  return { client: `at ${call}`, input, output, call, return: end };
}

const outcomeOf = (history: readonly KvOperation[]): string => checkLinearizability(kvModel, history).outcome;

/** The model without what makes the search faster, which must not change what it finds. */
const bareModel: typeof kvModel = {
  initial: kvModel.initial,
  step: kvModel.step,
  stateKey: kvModel.stateKey,
};

describe('checkLinearizability', () => {
  const right: [string, KvOperation[]][] = [
    ['nothing', []],
    ['a read of nothing', [did(1, 2, get, null)]],
    ['a write, then a read of it', [did(1, 2, set('a')), did(3, 4, get, 'a')]],
    ['a read of a write that is under way', [did(1, 9, set('a')), did(2, 3, get, 'a')]],
    [
      'reads before and after a write within its time',
      [did(1, 9, set('a')), did(2, 3, get, null), did(4, 5, get, 'a')],
    ],
    [
      'an open write that takes effect late',
      [did(1, undefined, set('a')), did(2, 3, get, null), did(9, 10, get, 'a')],
    ],
    ['an open write that never takes effect', [did(1, undefined, set('a')), did(2, 3, get, null)]],
    [
      'an open write that is overwritten unseen',
      [did(1, undefined, set('a')), did(2, 3, set('b')), did(4, 5, get, 'b')],
    ],
    [
      'two open writes, seen in either order',
      [did(1, undefined, set('a')), did(2, undefined, set('b')), did(3, 4, get, 'b'), did(5, 6, get, 'a')],
    ],
    [
      'an open write that lets a later one succeed',
      [did(1, undefined, set('a')), did(2, 3, cas('a', 'b'), true), did(4, 5, get, 'b')],
    ],
    [
      'a write of unknown output that returned',
      [did(1, 2, { op: 'append', key, value: 'ab' }), did(3, 4, get, 'ab')],
    ],
    ['a read in the moment in which the write is called', [did(1, 2, get, 'a'), did(2, 3, set('a'))]],
    ['a read that returns when the next write returns', [did(1, 5, get, 'a'), did(5, 5, set('a'))]],
    [
      'an open write that only an open compare-and-set looked at',
      [did(1, undefined, set('a')), did(1, undefined, cas('a', 'b')), did(2, 3, get, 'b')],
    ],
    [
      'an open number that was counted up and then appended to',
      [
        did(1, undefined, set('1')),
        did(1, undefined, { op: 'incr', key, by: 1 }),
        did(1, undefined, { op: 'append', key, value: 'x' }),
        did(2, 3, get, '2x'),
      ],
    ],
    [
      'an open write of two keys, one of which another open write replaces before anybody looks',
      [
        did(1, 2, set('x')),
        did(3, undefined, { op: 'mset', values: { k: '1', l: '1' } }),
        did(3, undefined, set('y')),
        did(4, 5, get, 'y'),
        did(6, 7, { op: 'get', key: 'l' }, '1'),
        did(8, 9, get, 'y'),
      ],
    ],
  ];
  it.each(right)('accepts %s', (_, history) => {
    expect([outcomeOf(history), hasOrder(kvModel, history)]).toEqual(['linearizable', true]);
  });

  const wrong: [string, KvOperation[]][] = [
    ['a stale read', [did(1, 2, set('a')), did(3, 4, set('b')), did(5, 6, get, 'a')]],
    ['a lost write', [did(1, 2, set('a')), did(3, 4, get, null)]],
    ['a write that is seen and then gone', [did(1, 9, set('a')), did(2, 3, get, 'a'), did(4, 5, get, null)]],
    [
      'two compare-and-sets of which one can succeed',
      [did(1, 5, cas(null, 'a'), true), did(2, 6, cas(null, 'b'), true)],
    ],
    [
      'an open write that is seen and then gone',
      [did(1, undefined, set('a')), did(2, 3, get, 'a'), did(4, 5, get, null)],
    ],
    [
      'an open write that takes effect twice',
      [did(1, undefined, set('a')), did(2, 3, get, 'a'), did(4, 5, set('b')), did(6, 7, get, 'a')],
    ],
    ['a value before anybody wrote it', [did(1, 2, get, 'a'), did(3, 4, set('a'))]],
    ['a value before an open write of it was called', [did(1, 2, get, 'a'), did(3, undefined, set('a'))]],
    ['a value that nobody wrote', [did(1, 2, set('a')), did(1, 2, get, 'b')]],
    ['a wrong length', [did(1, 2, { op: 'append', key, value: 'ab' }, 3)]],
    [
      'a counter that misses one',
      [did(1, 2, { op: 'incr', key, by: 1 }, 1), did(3, 4, { op: 'incr', key, by: 1 }, 1)],
    ],
  ];
  it.each(wrong)('refuses %s', (_, history) => {
    expect([outcomeOf(history), hasOrder(kvModel, history)]).toEqual(['violation', false]);
  });

  it('agrees with trying every order, on small histories with open operations, ties and several keys', () => {
    fc.assert(
      fc.property(smallHistory, (history) => {
        const expected = hasOrder(kvModel, history) ? 'linearizable' : 'violation';
        expect(outcomeOf(history)).toBe(expected);
        expect(checkLinearizability(bareModel, history).outcome).toBe(expected);
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('accepts whatever clients of a real register see', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        (seed, clients, open) => {
          expect(outcomeOf(observed(seed, { operations: 100, clients, open: open / 100 }))).toBe(
            'linearizable',
          );
        },
      ),
      { numRuns: 150, seed: 2 },
    );
  });

  it('finds one wrong value among what clients of a real register see', () => {
    let found = 0;
    for (let seed = 0; seed < 400; seed++) {
      const history = observed(seed, { operations: 7, clients: 3, open: 0.2 });
      const read = history.findIndex(({ input, output }) => input.op === 'get' && output !== undefined);
      if (read < 0) continue;
      const spoiled = history.with(read, { ...(history[read] as KvOperation), output: String(seed % 3) });
      const right = hasOrder(kvModel, spoiled);
      expect([seed, outcomeOf(spoiled)]).toEqual([seed, right ? 'linearizable' : 'violation']);
      if (!right) found++;
    }
    expect(found).toBeGreaterThan(50);
  });

  it('finds a value that nobody wrote in a long history with dozens of open writes', () => {
    const history = observed(7, { operations: 1500, clients: 4, open: 0.025, kinds: ['get', 'set'] });
    expect(history.filter((operation) => operation.return === undefined).length).toBeGreaterThan(24);
    expect(outcomeOf(history)).toBe('linearizable');
    const read = history.findLastIndex(({ input, output }) => input.op === 'get' && output !== undefined);
    const spoiled = history.with(read, { ...(history[read] as KvOperation), output: 'nobody wrote this' });
    const verdict = checkLinearizability(kvModel, spoiled);
    expect(verdict).toMatchObject({ outcome: 'violation', stuck: { output: 'nobody wrote this' } });
  });

  it('says how far an order goes, and what has no place in it', () => {
    const verdict = checkLinearizability(kvModel, [
      did(1, 2, set('a')),
      did(3, 4.00049, set('b')),
      did(5, 8, get, 'a'),
      did(6, 9, set('c')),
      did(7, undefined, set('d')),
      did(10, 11, set('e')),
      { ...did(1, 2, { op: 'get', key: 'other' }, null) },
    ]);
    expect(verdict).toMatchObject({ outcome: 'violation', keys: [key], stuck: { call: 5 } });
    expect(verdict.outcome === 'violation' && verdict.lines).toEqual([
      'not linearizable for key k: no order reaches farther than this one:',
      '  [1, 2] client at 1: set {"key":"k","value":"a"}',
      '  [3, 4] client at 3: set {"key":"k","value":"b"}',
      '  [6, 9] client at 6: set {"key":"k","value":"c"}',
      'which leads to the state [["k","c"]], and leaves no place for',
      '  [5, 8] client at 5: get {"key":"k"} -> "a"',
      'nor does it help to place any of',
      '  [7, open] client at 7: set {"key":"k","value":"d"}',
    ]);
  });

  it('shows the end of a long order', () => {
    const writes = Array.from({ length: 20 }, (_, i) => did(2 * i, 2 * i + 1, set(`${i}`)));
    const verdict = checkLinearizability(kvModel, [...writes, did(100, 101, get, '18')]);
    const lines = verdict.outcome === 'violation' ? verdict.lines : [];
    expect(lines[0]).toMatch(/after 8 that are not shown:$/);
    expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(13);
  });

  it('does not know when the budget is used up, and says for which keys; a violation elsewhere is found', () => {
    const hard = Array.from({ length: 12 }, (_, i) => did(i, 100, set(`${i}`)));
    const history = [...hard, did(101, 102, get, 'none')];
    const options = { budget: 500 };
    const verdict = checkLinearizability(kvModel, history, options);
    expect(verdict).toMatchObject({ outcome: 'unknown', keys: [key] });
    expect(verdict).toEqual(checkLinearizability(kvModel, history, options));
    expect(verdict.steps).toBeLessThan(550);
    const wrong = did(1, 2, { op: 'get', key: 'other' }, 'what');
    expect(checkLinearizability(kvModel, [...history, wrong], options)).toMatchObject({
      outcome: 'violation',
      keys: ['other'],
    });
  });

  it('checks keys apart, and those that one operation touches together', () => {
    const on = (name: string, call: number, value: string): KvOperation =>
      did(call, call + 1, { op: 'get', key: name }, value);
    const apart = [
      did(1, 2, { op: 'mset', values: { a: '1', b: '1' } }),
      did(1, 9, { op: 'mset', values: { b: '2', c: '2' } }),
    ];
    expect(outcomeOf([...apart, on('a', 10, '1'), on('b', 10, '2'), on('c', 10, '2')])).toBe('linearizable');
    // No order of the two writes gives this, though each key by itself is right.
    const torn = [
      did(1, 3, { op: 'mset', values: { a: '1', b: '1' } }),
      did(2, 4, { op: 'mset', values: { a: '2', b: '2' } }),
    ];
    const verdict = checkLinearizability(kvModel, [
      ...torn,
      on('a', 10, '1'),
      on('b', 10, '2'),
      on('z', 10, 'no'),
    ]);
    expect(verdict).toMatchObject({ outcome: 'violation', keys: ['a', 'b'] });
  });

  it('checks everything together if one operation may touch any key', () => {
    const model: SequentialModel<string, string, string> = {
      initial: '',
      step: (state, input, output) => (input === 'read' ? (output === state ? state : null) : state + input),
      stateKey: (state) => state,
      keysOf: (input) => (input === 'read' ? undefined : [input]),
    };
    const at = (call: number, input: string, output?: string) => ({
      client: 1,
      input,
      output,
      call,
      return: call + 0.5,
    });
    const history = (seen: string) => [at(1, 'b'), at(2, 'a'), at(3, 'read', seen)];
    expect(checkLinearizability(model, history('ba')).outcome).toBe('linearizable');
    expect(checkLinearizability(model, history('ab'))).toMatchObject({
      outcome: 'violation',
      keys: ['a', 'b'],
      stuck: { input: 'read' },
    });
  });

  it('refuses operations that cannot be', () => {
    expect(() => outcomeOf([did(2, 1, get)])).toThrow('called at 2 returned at 1');
    expect(() => outcomeOf([did(Number.NaN, 1, get)])).toThrow('called at NaN');
    expect(() => outcomeOf([did(1, Number.NaN, get)])).toThrow('returned at NaN');
    expect(() => outcomeOf([did(1, undefined, get, 'a')])).toThrow('has an output and never returned');
  });
});

const smallKey = fc.constantFrom('k', 'k', 'l');
const smallValue = fc.constantFrom('0', '1', '2');
const valueOrNull = fc.option(smallValue);
const smallInput: fc.Arbitrary<KvInput> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('get' as const), key: smallKey }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('set' as const), key: smallKey, value: smallValue }) },
  fc.record({ op: fc.constant('delete' as const), key: smallKey }),
  fc.record({ op: fc.constant('cas' as const), key: smallKey, expected: valueOrNull, value: valueOrNull }),
  fc.record({ op: fc.constant('append' as const), key: smallKey, value: smallValue }),
  fc.record({ op: fc.constant('incr' as const), key: smallKey, by: fc.constantFrom(1, 2) }),
  fc.record({
    op: fc.constant('mset' as const),
    values: fc.dictionary(smallKey, smallValue, { minKeys: 1 }),
  }),
  fc.record({ op: fc.constant('mget' as const), keys: fc.constant(['k', 'l']) }),
);

/** Outputs are guessed from few values, so that a good part of the histories is linearizable. */
function guess(input: KvInput, chosen: string | null, yes: boolean): KvOutput | undefined {
  switch (input.op) {
    case 'get':
      return chosen;
    case 'mget':
      return [chosen, yes ? chosen : null];
    case 'delete':
    case 'cas':
      return yes;
    case 'append':
      return yes ? 1 : 2;
    case 'incr':
      return Number(chosen) + input.by;
    default:
      return undefined;
  }
}

const smallHistory: fc.Arbitrary<KvOperation[]> = fc.array(
  fc
    .record({
      input: smallInput,
      chosen: valueOrNull,
      yes: fc.boolean(),
      told: fc.integer({ max: 4, min: 0 }),
      call: fc.integer({ min: 0, max: 8 }),
      lasts: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 3 }),
    })
    .map(({ input, chosen, yes, told, call, lasts }) =>
      lasts === null
        ? did(call, undefined, input)
        : did(call, call + lasts, input, told === 0 ? undefined : guess(input, chosen, yes)),
    ),
  { maxLength: 7 },
);

interface Observed {
  readonly operations: number;
  readonly clients: number;
  /** The part of the operations that is open. */
  readonly open: number;
  readonly kinds?: readonly ('get' | 'set' | 'cas' | 'append' | 'incr' | 'delete')[];
}

/** What clients see of one register that applies each operation at a moment of its time; open ones late, or never. */
function observed(seed: number, { operations, clients, open, kinds }: Observed): KvOperation[] {
  const random = new SimRandom(seed);
  const free = Array.from({ length: clients }, () => random.next());
  const asked = Array.from({ length: operations }, (_, i) => {
    const client = random.below(clients);
    const call = free[client] as number;
    const end = call + random.between(1, 10);
    free[client] = end + random.next();
    const value = String(kinds === undefined ? random.below(4) : i);
    const inputs: Record<string, KvInput> = {
      get,
      set: set(value),
      cas: cas(String(random.below(4)), value),
      append: { op: 'append', key, value },
      incr: { op: 'incr', key, by: 1 },
      delete: { op: 'delete', key },
    };
    const input = inputs[random.pick(kinds ?? Object.keys(inputs))] as KvInput;
    const isOpen = random.chance(open);
    const never = isOpen && random.chance(0.3);
    const effect = never ? Number.POSITIVE_INFINITY : random.between(call, isOpen ? end + 100 : end);
    return { client, input, call, end: isOpen ? undefined : end, effect };
  });
  let state = kvModel.initial;
  return asked
    .toSorted((a, b) => a.effect - b.effect)
    .map(({ client, input, call, end, effect }) => {
      const before = state.get(key) ?? null;
      if (effect < Number.POSITIVE_INFINITY) state = kvModel.step(state, input, undefined) ?? state;
      if (end === undefined) return { client, input, call };
      const after = state.get(key) ?? null;
      const outputs: Record<KvInput['op'], KvOutput | undefined> = {
        get: before,
        set: undefined,
        mget: undefined,
        mset: undefined,
        delete: before !== null,
        cas: input.op === 'cas' && before === input.expected,
        append: after?.length,
        incr: before === after ? undefined : Number(after),
      };
      return { client, input, output: outputs[input.op], call, return: end };
    });
}
