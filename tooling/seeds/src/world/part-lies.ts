import type { Lie } from './liar.ts';

/** An answer with parts of a checkpoint, as snapshot sync gives it. */
export interface PartsAnswer {
  readonly type: 'parts';
  readonly nonce: number;
  readonly id: number;
  readonly parts: readonly Uint8Array[];
}

/** What is said in the place of parts that were asked for; null if there is nothing to lie with yet. */
export function partLies(
  lie: Lie,
  message: PartsAnswer,
  earlier: readonly PartsAnswer[],
): readonly PartsAnswer[] | null {
  const { parts, nonce, id } = message;
  const before = earlier.at(-1);
  const last = parts.at(-1) ?? new Uint8Array(0);
  switch (lie) {
    case 'damaged': {
      const copy = last.slice();
      copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
      return [{ ...message, parts: [...parts.slice(0, -1), copy] }];
    }
    case 'empty':
      return [{ ...message, parts: parts.map(() => new Uint8Array(0)) }];
    case 'cut off':
      return [{ ...message, parts: [...parts.slice(0, -1), last.subarray(0, last.length - 5)] }];
    case 'short':
      return parts.length < 2 ? null : [{ ...message, parts: parts.slice(0, 1) }];
    case 'reordered':
      return parts.length < 2 ? null : [{ ...message, parts: parts.toReversed() }];
    case 'overlapping':
      return [{ ...message, parts: [...parts, ...parts] }];
    case 'stale':
      return before === undefined ? null : [{ ...before, nonce, id }];
    case 'wrong term before':
      // Whole parts, and others than were asked for.
      return before === undefined ? null : [{ ...message, parts: [...before.parts, ...parts] }];
    case 'old session': {
      const old = earlier.filter((answer) => answer.nonce !== nonce).map((answer) => ({ ...answer, id }));
      return old.length === 0 ? null : [...old, message];
    }
    case 'silent':
      return [];
    default:
      return null;
  }
}
