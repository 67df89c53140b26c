import type { Reply } from '@smalti/cluster-tests/processes';
import type { KvInput, KvOutput, SimRandom } from '@smalti/simulator';
import type { Key } from './key-ring.ts';

/** An operation, and how a Redis client asks for it. */
export interface Request {
  readonly input: KvInput;
  readonly words: readonly string[];
  readonly toOutput: (reply: Reply) => KvOutput;
}

/** Something to ask of this key. `tag` is a text that no other request has. */
export function request(key: Key, random: SimRandom, tag: string): Request {
  const { name } = key;
  if (random.chance(0.35)) return key.kind === 'pair' ? getBoth(name) : get(name);
  switch (key.kind) {
    case 'register': {
      const dice = random.next();
      if (dice < 0.15) return setIfAbsent(name, tag);
      return dice < 0.3 ? remove(name) : set(name, tag);
    }
    case 'list':
      return random.chance(0.05) ? remove(name) : append(name, `${tag},`);
    case 'counter':
      return random.chance(0.05)
        ? remove(name)
        : increment(name, random.chance(0.8) ? 1 : random.below(9) - 4);
    case 'pair':
      return setBoth(name, tag);
  }
}

export function get(key: string): Request {
  return { input: { op: 'get', key }, words: ['GET', key], toOutput: text };
}

function set(key: string, value: string): Request {
  return { input: { op: 'set', key, value }, words: ['SET', key, value], toOutput: nothing };
}

function setIfAbsent(key: string, value: string): Request {
  const input = { op: 'cas', key, expected: null, value } as const;
  return { input, words: ['SET', key, value, 'NX'], toOutput: (reply) => reply === 'OK' };
}

function remove(key: string): Request {
  return { input: { op: 'delete', key }, words: ['DEL', key], toOutput: (reply) => reply === 1 };
}

function append(key: string, value: string): Request {
  return { input: { op: 'append', key, value }, words: ['APPEND', key, value], toOutput: Number };
}

function increment(key: string, by: number): Request {
  return { input: { op: 'incr', key, by }, words: ['INCRBY', key, String(by)], toOutput: Number };
}

/** Of a pair. */
export function halves(key: string): [string, string] {
  return [`${key}:a`, `${key}:b`];
}

function getBoth(key: string): Request {
  const keys = halves(key);
  const toOutput = (reply: Reply): KvOutput => (Array.isArray(reply) ? reply.map(text) : null);
  return { input: { op: 'mget', keys }, words: ['MGET', ...keys], toOutput };
}

function setBoth(key: string, value: string): Request {
  const [a, b] = halves(key);
  return {
    input: { op: 'mset', values: { [a]: value, [b]: value } },
    words: ['MSET', a, value, b, value],
    toOutput: nothing,
  };
}

function text(reply: Reply): string | null {
  return reply === null ? null : String(reply);
}

/** What is answered to a write that cannot be answered in two ways. */
function nothing(): null {
  return null;
}
