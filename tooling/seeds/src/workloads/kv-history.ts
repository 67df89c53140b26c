import type { Operation, SequentialModel } from '@smalti/simulator';
import { type KvCommand, type KvResult, valueAfter } from '../world/kv-machine.ts';

/** What a client asks: a write, or what is there. */
export type KvAsked =
  | Pick<KvCommand, 'op' | 'key' | 'value' | 'expected'>
  | { readonly op: 'get'; readonly key: string };

/** One key: what is there. */
interface Register {
  readonly value: string | null;
}

/**
 * Texts by key, as one client after the other would find them. Every write tells what was there before, so that a history
 * leaves little open about the order of its writes.
 */
export const kvHistoryModel: SequentialModel<Register, KvAsked, KvResult> = {
  initial: { value: null },
  step: ({ value }, asked, result) => {
    if (result !== undefined && result.before !== value) return null;
    const after = asked.op === 'get' ? value : valueAfter(value, asked);
    return result !== undefined && result.value !== after ? null : { value: after };
  },
  stateKey: ({ value }) => (value === null ? '' : `=${value}`),
  keysOf: ({ key }) => [key],
  readOnly: ({ op }) => op === 'get',
  inputKey: (asked) => JSON.stringify(asked),
  describe: (asked, result) => {
    const { key: _key, ...what } = asked;
    return `${JSON.stringify(what)} -> ${result === undefined ? 'nobody knows' : JSON.stringify(result)}`;
  },
};

/**
 * A history without those writes of unknown outcome whose effect nobody has seen. Every written text is one of a kind and
 * stays visible until the next write, which tells what was there before it: so whatever order explains the rest explains
 * it without them as well. Deletions leave no trace by which they could be told, and stay.
 */
export function withoutUnseen(
  history: readonly Operation<KvAsked, KvResult>[],
): readonly Operation<KvAsked, KvResult>[] {
  const seen = new Set<string>();
  for (const { input, output } of history) {
    for (const text of [output?.before, output?.value]) {
      for (const part of text?.split('.') ?? []) seen.add(`${input.key} ${part}.`);
    }
  }
  return history.filter(({ input, output }) => {
    if (output !== undefined || input.op === 'get' || input.op === 'delete') return true;
    return seen.has(`${input.key} ${input.value}`);
  });
}
