import { type ApplyContext, invariant, type Snapshot, type SnapshotStateMachine } from '@smalti/core';
import type { KvCapture } from './kv-capture.ts';
import { kvCommands } from './kv-command-codec.ts';
import { addIntegers, parseInteger } from './kv-integer.ts';
import { expiryOf, type KvItem, textOf } from './kv-item.ts';
import { kvQueries } from './kv-query-codec.ts';
import { kvResults } from './kv-result-codec.ts';
import { KV_VERSION, KvSnapshot } from './kv-snapshot.ts';
import { KvState } from './kv-state.ts';
import type { KvCommand, KvExpireIf, KvInteger, KvQuery, KvResult } from './kv-types.ts';

/**
 * A longer value cannot be made by appending. A bound of its own, and part of what the commands mean: at twice that
 * size a string would end what JavaScript can hold, and with it every replica.
 */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

/*
 * Millions of keys can expire at once; all removed in one go would hold the event loop for seconds, on all nodes. A
 * command removes more than the one expiry that it can add; the rest goes by ticks, which follow each other as long
 * as something is left.
 */
const REMOVED_BY_COMMAND = 8;
const REMOVED_BY_TICK = 4_096;

const OK: KvResult = Object.freeze({ kind: 'ok' });
const NONE: KvResult = Object.freeze({ kind: 'value', value: null });
const NO: KvResult = Object.freeze({ kind: 'integer', value: 0 });
const YES: KvResult = Object.freeze({ kind: 'integer', value: 1 });
const NOT_AN_INTEGER = error('ERR value is not an integer or out of range');
const OVERFLOW = error('ERR increment or decrement would overflow');
const TOO_LATE = error('ERR invalid expire time');
const TOO_LONG = error('ERR string exceeds maximum allowed size (proto-max-bulk-len)');

/** What the machine needs of the context of an entry. */
export type KvContext = Pick<ApplyContext, 'time'>;

/** The state machine of the key-value server: binary-safe keys and values, with Redis' meaning of each command. */
export class KvMachine implements SnapshotStateMachine<KvCommand, KvQuery, KvResult> {
  readonly descriptor = Object.freeze({
    name: '@smalti/node-cluster',
    version: '0.1.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const);
  readonly signature = 'smalti/kv/2';
  readonly version = KV_VERSION;
  readonly commands = kvCommands;
  readonly queries = kvQueries;
  readonly results = kvResults;
  readonly #state = new KvState();

  /** How many keys there are. */
  get size(): number {
    return this.#state.size;
  }

  /** How many of them expire. */
  get expiring(): number {
    return this.#state.expiring;
  }

  /** Every command has an outcome: nothing that the codec lets through makes this throw. */
  apply(command: KvCommand, { time }: KvContext): KvResult {
    const state = this.#state;
    state.moveTo(time, REMOVED_BY_COMMAND);
    switch (command.op) {
      case 'set':
        return this.#set(command);
      case 'mset':
        for (const [key, value] of command.items) state.set(key, value, null);
        return OK;
      case 'del':
        return count(command.keys, (key) => state.delete(key));
      case 'incrby':
        return this.#increment(command.key, command.delta);
      case 'append':
        return this.#append(command.key, command.value);
      case 'expire':
        return this.#expire(command.key, command.in, command.when);
      case 'persist':
        return this.#persist(command.key);
      case 'flushall':
        state.clear();
        return OK;
    }
  }

  tick({ time }: KvContext): void {
    this.#state.moveTo(time, REMOVED_BY_TICK);
  }

  nextDeadline(): number | null {
    return this.#state.deadline;
  }

  query(query: KvQuery): KvResult {
    const state = this.#state;
    switch (query.op) {
      case 'get':
        return toValue(state.get(query.key));
      case 'mget':
        return { kind: 'values', values: query.keys.map((key) => toText(state.get(key))) };
      case 'strlen':
        return { kind: 'integer', value: toText(state.get(query.key))?.length ?? 0 };
      case 'exists':
        return count(query.keys, (key) => state.get(key) !== undefined);
      case 'dbsize':
        return { kind: 'integer', value: state.size };
      case 'expiry': {
        const item = state.get(query.key);
        return item === undefined ? NONE : { kind: 'expiry', at: expiryOf(item), time: state.time };
      }
      case 'scan':
        return { kind: 'page', ...state.page(query.after, query.count) };
    }
  }

  /** The state as it is now, held still, in O(1): what is applied later does not change it. */
  capture(): KvCapture {
    return this.#state.capture();
  }

  createSnapshot(): Snapshot {
    return new KvSnapshot(this.#state.content());
  }

  /** @throws RangeError if it is a version that is not known here. */
  emptySnapshot(version: number): Snapshot {
    if (version !== KV_VERSION) {
      throw new RangeError(`version ${version} of the items of ${this.signature} is not known here`);
    }
    return new KvSnapshot();
  }

  installSnapshot(snapshot: Snapshot): void {
    invariant(snapshot instanceof KvSnapshot, 'a snapshot is installed where it comes from');
    this.#state.replace(snapshot.content);
  }

  #set({ key, value, when, expiry, get }: Extract<KvCommand, { op: 'set' }>): KvResult {
    const state = this.#state;
    const before = state.get(key);
    let at: KvInteger | null = null;
    if (expiry === 'keep') {
      at = before === undefined ? null : expiryOf(before);
    } else if (expiry !== 'never') {
      at = addIntegers(state.time, expiry);
      if (at === null) return TOO_LATE;
    }
    if (when === 'always' || (when === 'nx') === (before === undefined)) {
      state.set(key, value, at);
      return get ? toValue(before) : OK;
    }
    return get ? toValue(before) : NONE;
  }

  #increment(key: string, delta: KvInteger): KvResult {
    const item = this.#state.get(key);
    const before = parseInteger(toText(item) ?? '0');
    if (before === null) return NOT_AN_INTEGER;
    const after = addIntegers(before, delta);
    if (after === null) return OVERFLOW;
    this.#replace(key, String(after), item);
    return { kind: 'integer', value: after };
  }

  #append(key: string, value: string): KvResult {
    const item = this.#state.get(key);
    const before = toText(item) ?? '';
    if (before.length + value.length > MAX_VALUE_BYTES) return TOO_LONG;
    this.#replace(key, before + value, item);
    return { kind: 'integer', value: before.length + value.length };
  }

  #expire(key: string, after: KvInteger, when: KvExpireIf): KvResult {
    const state = this.#state;
    const at = addIntegers(state.time, after);
    if (at === null) return TOO_LATE;
    const item = state.get(key);
    if (item === undefined || !mayExpire(when, expiryOf(item), at)) return NO;
    state.set(key, textOf(item), at);
    return YES;
  }

  #persist(key: string): KvResult {
    const item = this.#state.get(key);
    if (item === undefined || expiryOf(item) === null) return NO;
    this.#state.set(key, textOf(item), null);
    return YES;
  }

  /** Another value, and the same expiry. */
  #replace(key: string, value: string, before: KvItem | undefined): void {
    this.#state.set(key, value, before === undefined ? null : expiryOf(before));
  }
}

function mayExpire(when: KvExpireIf, before: KvInteger | null, at: KvInteger): boolean {
  switch (when) {
    case 'always':
      return true;
    case 'nx':
      return before === null;
    case 'xx':
      return before !== null;
    case 'gt':
    case 'xx-gt':
      return before !== null && at > before;
    case 'lt':
      return before === null || at < before;
    case 'xx-lt':
      return before !== null && at < before;
  }
}

function error(message: string): KvResult {
  return Object.freeze({ kind: 'error', message });
}

function toText(item: KvItem | undefined): string | null {
  return item === undefined ? null : textOf(item);
}

function toValue(item: KvItem | undefined): KvResult {
  return item === undefined ? NONE : { kind: 'value', value: textOf(item) };
}

function count(keys: readonly string[], holds: (key: string) => boolean): KvResult {
  let found = 0;
  for (const key of keys) if (holds(key)) found++;
  return { kind: 'integer', value: found };
}
