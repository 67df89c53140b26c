import { type KvInteger, type KvSetIf, parseInteger } from '../../machine/index.ts';
import { failure } from '../reply.ts';
import { invalidExpiry, NOT_AN_INTEGER, toMilliseconds } from './integers.ts';

export const SYNTAX = failure('ERR syntax error');

interface Time {
  readonly text: string;
  readonly unit: 'seconds' | 'milliseconds';
}

/** What the words after the value of a `SET` say. */
export interface SetOptions {
  readonly when: KvSetIf;
  readonly expiry: KvInteger | 'keep' | 'never';
  readonly get: boolean;
}

/** Reads the options of `SET`, from the fourth word on. The reply that says what is wrong with them, if it is. */
export function parseSetOptions(words: readonly string[]): SetOptions | string {
  let when: KvSetIf = 'always';
  let keep = false;
  let get = false;
  let time: Time | null = null;
  for (let at = 3; at < words.length; at++) {
    const option = (words[at] ?? '').toLowerCase();
    const next = words[at + 1];
    if (option === 'nx' && when !== 'xx') when = 'nx';
    else if (option === 'xx' && when !== 'nx') when = 'xx';
    else if (option === 'get') get = true;
    else if (option === 'keepttl' && time === null) keep = true;
    else if ((option === 'ex' || option === 'px') && !keep && next !== undefined) {
      const unit = option === 'ex' ? 'seconds' : 'milliseconds';
      // Of the same twice, the last counts.
      if (time !== null && time.unit !== unit) return SYNTAX;
      time = { text: next, unit };
      at++;
    } else return SYNTAX;
  }
  if (time === null) return { when, expiry: keep ? 'keep' : 'never', get };
  const amount = parseInteger(time.text);
  if (amount === null) return NOT_AN_INTEGER;
  const expiry = amount > 0 ? toMilliseconds(amount, time.unit) : null;
  return expiry === null ? invalidExpiry('set') : { when, expiry, get };
}
