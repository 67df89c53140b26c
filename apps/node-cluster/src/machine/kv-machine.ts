import type { StateMachine } from '@smalti/core';
import { KvCapture } from './kv-capture.ts';
import { kvCommands, kvQueries, kvResults } from './kv-codecs.ts';
import { addIntegers, parseInteger } from './kv-integer.ts';
import type { KvCommand, KvInteger, KvQuery, KvResult } from './kv-types.ts';
import { type OrderedMap, orderedMap } from './ordered-map.ts';

const OK: KvResult = Object.freeze({ kind: 'ok' });
const NONE: KvResult = Object.freeze({ kind: 'value', value: null });
const NOT_AN_INTEGER: KvResult = Object.freeze({
  kind: 'error',
  message: 'ERR value is not an integer or out of range',
});
const OVERFLOW: KvResult = Object.freeze({
  kind: 'error',
  message: 'ERR increment or decrement would overflow',
});

/** The state machine of the key-value server: binary-safe keys and values, with Redis' meaning of each command. */
export class KvMachine implements StateMachine<KvCommand, KvQuery, KvResult> {
  readonly descriptor = Object.freeze({
    name: '@smalti/node-cluster',
    version: '0.1.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const);
  readonly signature = 'smalti/kv/1';
  readonly commands = kvCommands;
  readonly queries = kvQueries;
  readonly results = kvResults;
  readonly #items: OrderedMap = orderedMap();

  /** How many keys there are. */
  get size(): number {
    return this.#items.size;
  }

  /** Every command has an outcome: nothing that the codec lets through makes this throw. */
  apply(command: KvCommand): KvResult {
    switch (command.op) {
      case 'set':
        this.#items.set(command.key, command.value);
        return OK;
      case 'del':
        return this.#delete(command.keys);
      case 'incrby':
        return this.#increment(command.key, command.delta);
    }
  }

  query(query: KvQuery): KvResult {
    switch (query.op) {
      case 'get': {
        const value = this.#items.get(query.key);
        return value === undefined ? NONE : { kind: 'value', value };
      }
      case 'exists': {
        let found = 0;
        for (const key of query.keys) if (this.#items.has(key)) found++;
        return { kind: 'integer', value: found };
      }
      case 'dbsize':
        return { kind: 'integer', value: this.#items.size };
    }
  }

  /** The state as it is now, held still, in O(1): what is applied later does not change it. */
  capture(): KvCapture {
    return new KvCapture(this.#items.clone());
  }

  #delete(keys: readonly string[]): KvResult {
    let gone = 0;
    for (const key of keys) if (this.#items.delete(key)) gone++;
    return { kind: 'integer', value: gone };
  }

  #increment(key: string, delta: KvInteger): KvResult {
    const before = parseInteger(this.#items.get(key) ?? '0');
    if (before === null) return NOT_AN_INTEGER;
    const after = addIntegers(before, delta);
    if (after === null) return OVERFLOW;
    this.#items.set(key, String(after));
    return { kind: 'integer', value: after };
  }
}
