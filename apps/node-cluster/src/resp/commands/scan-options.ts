import { parseInteger } from '../../machine/index.ts';
import { failure } from '../reply.ts';
import type { ScanCursors } from '../scan-cursors.ts';
import { NOT_AN_INTEGER } from './integers.ts';
import { SYNTAX } from './set-options.ts';

const INVALID_CURSOR = failure('ERR invalid cursor');
const DEFAULT_COUNT = 10;
/** Keys that one call looks at, at most, whatever it asks for: it holds the event loop meanwhile. */
const MAX_COUNT = 10_000;

/** What the words of a `SCAN` say. */
export interface ScanOptions {
  /** The key that it goes on after, or null at the beginning. */
  readonly after: string | null;
  readonly count: number;
  readonly pattern: string;
  /** True if strings are asked for: there is nothing else. */
  readonly strings: boolean;
}

/** Reads a `SCAN`. The reply that says what is wrong with it, if it is. */
export function parseScanOptions(words: readonly string[], cursors: ScanCursors): ScanOptions | string {
  const cursor = words[1] ?? '';
  if (!/^\d{1,20}$/.test(cursor)) return INVALID_CURSOR;
  let count = DEFAULT_COUNT;
  let pattern = '*';
  let strings = true;
  for (let at = 2; at < words.length; at += 2) {
    const value = words[at + 1];
    if (value === undefined) return SYNTAX;
    switch (words[at]?.toLowerCase()) {
      case 'count': {
        const number = parseInteger(value);
        if (number === null) return NOT_AN_INTEGER;
        if (number < 1) return SYNTAX;
        count = Math.min(Number(number), MAX_COUNT);
        break;
      }
      case 'match':
        pattern = value;
        break;
      case 'type':
        strings = value.toLowerCase() === 'string';
        break;
      default:
        return SYNTAX;
    }
  }
  if (/^0+$/.test(cursor)) return { after: null, count, pattern, strings };
  const after = cursors.find(Number(cursor));
  return after === null ? INVALID_CURSOR : { after, count, pattern, strings };
}
