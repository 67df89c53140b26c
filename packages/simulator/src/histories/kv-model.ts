import { unreachable } from '@smalti/core';
import { isOpen } from './operation.ts';
import type { SequentialModel } from './sequential-model.ts';

/** What a client may ask a key-value store. Values are texts, or null for a key that is not there. */
export type KvInput =
  /** Gives the value. */
  | { readonly op: 'get'; readonly key: string }
  /** Gives nothing that matters. */
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  /** Gives whether the key was there. */
  | { readonly op: 'delete'; readonly key: string }
  /** Sets the value, or deletes the key, if the value is the expected one; gives whether it was. */
  | {
      readonly op: 'cas';
      readonly key: string;
      readonly expected: string | null;
      readonly value: string | null;
    }
  /** Gives the new length, in UTF-16 units. */
  | { readonly op: 'append'; readonly key: string; readonly value: string }
  /** Gives the new number. A key that is not there counts as 0; a value that is no safe integer is left alone. */
  | { readonly op: 'incr'; readonly key: string; readonly by: number }
  /** Gives the values, in the order of the keys. */
  | { readonly op: 'mget'; readonly keys: readonly string[] }
  /** Sets several keys at once; gives nothing that matters. */
  | { readonly op: 'mset'; readonly values: Readonly<Record<string, string>> };

/** What came back. Where nothing is known of it, or nothing of it is of interest, it may be left out. */
export type KvOutput = string | number | boolean | null | readonly (string | null)[];

/** The keys that are there, with their values. */
export type KvState = ReadonlyMap<string, string>;

/** A whole number as `incr` writes it. */
const WHOLE = /^(0|-?[1-9]\d*)$/;

/** A key-value store of registers, checked key by key. */
export const kvModel: SequentialModel<KvState, KvInput, KvOutput> = {
  initial: new Map(),

  step(state, input, output) {
    switch (input.op) {
      case 'get':
        return sameOrUnknown(output, state.get(input.key) ?? null) ? state : null;
      case 'mget':
        return sameOrUnknown(
          output,
          input.keys.map((key) => state.get(key) ?? null),
        )
          ? state
          : null;
      case 'set':
        return put(state, input.key, input.value);
      case 'mset':
        return new Map([...state, ...Object.entries(input.values)]);
      case 'delete':
        return sameOrUnknown(output, state.has(input.key)) ? put(state, input.key, null) : null;
      case 'cas': {
        const applies = (state.get(input.key) ?? null) === input.expected;
        if (!sameOrUnknown(output, applies)) return null;
        return applies ? put(state, input.key, input.value) : state;
      }
      case 'append': {
        const value = (state.get(input.key) ?? '') + input.value;
        return sameOrUnknown(output, value.length) ? put(state, input.key, value) : null;
      }
      case 'incr': {
        const before = state.get(input.key) ?? '0';
        const sum = Number(before) + input.by;
        if (!WHOLE.test(before) || !Number.isSafeInteger(sum)) return output === undefined ? state : null;
        return sameOrUnknown(output, sum) ? put(state, input.key, String(sum)) : null;
      }
      default:
        return unreachable(input);
    }
  },

  stateKey: (state) =>
    JSON.stringify(state.size < 2 ? [...state] : [...state].sort(([a], [b]) => (a < b ? -1 : 1))),

  keysOf(input) {
    if (input.op === 'mget') return input.keys;
    return input.op === 'mset' ? Object.keys(input.values) : [input.key];
  },

  readOnly(input, output) {
    return input.op === 'get' || input.op === 'mget' || (input.op === 'cas' && output === false);
  },

  mayServe(state, operation) {
    const { input, output } = operation;
    // What is done to one key may be needed for the sake of another.
    if (state.size > 1) return true;
    switch (input.op) {
      case 'get':
        return output === undefined || mayBecome(state.get(input.key), output);
      case 'cas':
        if (!isOpen(operation) && output !== true) return true;
        return mayBecome(state.get(input.key), input.expected);
      case 'set':
        return state.size > 0 && !state.has(input.key);
      default:
        // What open ones of the other kinds lead to, mayBecome knows.
        return !isOpen(operation);
    }
  },

  inputKey: (input) => JSON.stringify(input),

  describe(input, output) {
    const { op, ...asked } = input;
    return `${op} ${JSON.stringify(asked)}${output === undefined ? '' : ` -> ${JSON.stringify(output)}`}`;
  },
};

function sameOrUnknown(output: KvOutput | undefined, right: KvOutput): boolean {
  if (output === undefined) return true;
  if (!Array.isArray(output) || !Array.isArray(right)) return output === right;
  return output.length === right.length && right.every((value, i) => output[i] === value);
}

/** Whether a value may become another by any number of `append` and `incr`, or is it already. */
function mayBecome(value: string | undefined, other: KvOutput): boolean {
  if (value === undefined || typeof other !== 'string') return value === undefined || other === null;
  return other.startsWith(value) || (/^-?\d*$/.test(value) && /^-?\d/.test(other));
}

function put(state: KvState, key: string, value: string | null): KvState {
  const changed = new Map(state);
  if (value === null) changed.delete(key);
  else changed.set(key, value);
  return changed;
}
