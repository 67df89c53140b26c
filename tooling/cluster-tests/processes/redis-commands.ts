import fc from 'fast-check';

/** Words of one command, latin1. */
export type Words = readonly string[];

/** What is done to both servers: commands in one pipeline, or a whole iteration with these options of `SCAN`. */
export type Step =
  | { readonly type: 'pipeline'; readonly node: number; readonly commands: readonly Words[] }
  | { readonly type: 'scan'; readonly node: number; readonly options: Words };

const key = fc.constantFrom('a', 'b', 'c', 'n', 'n', '', '\0\xff\r\n');
const bytes = fc.uint8Array({ maxLength: 20 }).map((each) => Buffer.from(each).toString('latin1'));
const integer = fc.oneof(
  fc.integer({ min: -100, max: 100 }).map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom('0', '-1', '9223372036854775807', '-9223372036854775808', '9007199254740993'),
);
const noInteger = fc.constantFrom(
  '',
  'x',
  '1.5',
  '+1',
  ' 1',
  '01',
  '-0',
  '9223372036854775808',
  '1e3',
  '\xff',
);
const value = fc.oneof(bytes, integer, noInteger);
const number = fc.oneof({ weight: 4, arbitrary: integer }, { weight: 1, arbitrary: noInteger });

/*
 * Times are far away or past: nothing expires while both servers are asked. Nearly all differ from each other by more
 * than a test takes, so that GT and LT decide alike on both.
 */
const far = fc.noBias(fc.integer({ min: 1_000, max: 1_000_000_000 }));
const seconds = fc.oneof({ weight: 3, arbitrary: far.map(String) }, { weight: 1, arbitrary: edge() });
const milliseconds = fc.oneof(
  { weight: 3, arbitrary: far.map((each) => String(each * 1_000)) },
  { weight: 1, arbitrary: edge() },
);

function edge(): fc.Arbitrary<string> {
  const limits = ['9223372036854775807', '-9223372036854775808', '9223372036854775', '9223372036854776'];
  return fc.oneof(fc.constantFrom('0', '-1', '-100000', ...limits), noInteger);
}

function shuffledCase(word: string): fc.Arbitrary<string> {
  return fc.constantFrom(word, word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1));
}

const setOption = fc.oneof(
  fc.constantFrom('nx', 'xx', 'get', 'keepttl', 'NX', 'Get').map((each) => [each]),
  fc.tuple(shuffledCase('ex'), seconds),
  fc.tuple(shuffledCase('px'), milliseconds),
  fc.constantFrom(['ex'], ['px'], ['foo']),
);
const someOptions = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(setOption, { minLength: 1, maxLength: 3 }).map((each) => each.flat()) },
);
const expireOption = fc.constantFrom('nx', 'xx', 'gt', 'lt', 'XX', 'GT', 'foo');
const pattern = fc.constantFrom(
  '*',
  '',
  '?',
  'a*',
  '[a-c]',
  '[^a]',
  '[n]*',
  '**',
  '\\a',
  '[c-a]',
  '[',
  '*\xff*',
);
const keys = fc.array(key, { minLength: 1, maxLength: 4 });

/** A name, and words that come after it. */
function call(name: string, ...words: readonly fc.Arbitrary<string | Words>[]): fc.Arbitrary<Words> {
  return fc.tuple(shuffledCase(name), ...words).map((each) => each.flat());
}

const ordinary = fc.oneof(
  call('get', key),
  call('set', key, value, someOptions),
  call('set', key, value, someOptions),
  call('setnx', key, value),
  call('mget', keys),
  call(
    'mset',
    fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 3 }).map((each) => each.flat()),
  ),
  call('incr', key),
  call('decr', key),
  call('incrby', key, number),
  call('decrby', key, number),
  call('append', key, value),
  call('strlen', key),
  call('expire', key, seconds, fc.array(expireOption, { maxLength: 2 })),
  call('pexpire', key, milliseconds, fc.array(expireOption, { maxLength: 2 })),
  call('ttl', key),
  call('pttl', key),
  call('persist', key),
  call('exists', keys),
  call('del', keys),
  call('dbsize'),
  call('keys', pattern),
);

const names = [
  'get',
  'set',
  'setnx',
  'mget',
  'mset',
  'incr',
  'incrby',
  'decrby',
  'append',
  'strlen',
  'expire',
];
const more = ['pexpire', 'ttl', 'pttl', 'persist', 'exists', 'dbsize', 'keys', 'echo', 'ping', 'flushall'];
/** With any number of words: none of them makes anything expire soon. */
const anything = fc.tuple(
  fc.constantFrom(...names, ...more, 'scan', 'select', 'command', 'client', 'nonsense', 'Get'),
  fc.array(fc.constantFrom('x', 'a', '-5', 'nx', 'count', 'no-evict', 'getname'), { maxLength: 5 }),
);

const command: fc.Arbitrary<Words> = fc.oneof(
  { weight: 60, arbitrary: ordinary },
  { weight: 6, arbitrary: anything.map((each) => each.flat()).filter(isAlike) },
  { weight: 1, arbitrary: call('flushall', fc.constantFrom<Words[]>([], ['async'], ['SYNC'], ['x'])) },
  { weight: 1, arbitrary: call('client', fc.constantFrom(['no-evict', 'On'], ['no-evict', 'x'], ['foo'])) },
);

/** What servers tell of themselves differs, and which cursors they know; what they say of wrong words does not. */
function isAlike([name, ...words]: Words): boolean {
  return !(name === 'command' && words.length === 0) && !(name === 'scan' && words[0] === '-5');
}

const scanOption = fc.oneof(
  fc.tuple(shuffledCase('match'), pattern),
  fc.tuple(shuffledCase('count'), fc.constantFrom('1', '2', '3', '1000', '0', '-1', 'x')),
  fc.tuple(shuffledCase('type'), fc.constantFrom('string', 'STRING', 'hash', 'x')),
  fc.constantFrom(['match'], ['foo', 'x']),
);

const node = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('pipeline' as const),
      node,
      commands: fc.array(command, { minLength: 1, maxLength: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('scan' as const),
      node,
      options: fc.array(scanOption, { maxLength: 2 }).map((each) => each.flat()),
    }),
  },
);

/** Sequences of up to 60 commands or so, over few keys, sent to one node and the other in turn. */
export const sequences = fc.array(step, { minLength: 1, maxLength: 6 });
