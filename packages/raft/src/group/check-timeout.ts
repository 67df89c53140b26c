import { type Outcome, SmaltiError } from '@smalti/core';

/**
 * Refuses a deadline that would never come, or is no time at all, before anything waits for it.
 *
 * @param outcome what is known of the call's command, if it has one.
 * @throws SmaltiError `BAD_OPTION`.
 */
export function checkTimeout(
  { timeoutMs }: { readonly timeoutMs?: number },
  outcome: Outcome = 'none',
): void {
  if (timeoutMs === undefined || (Number.isFinite(timeoutMs) && timeoutMs >= 0)) return;
  const text = `option timeoutMs is ${String(timeoutMs)}, and must be a finite number of milliseconds of at least 0`;
  throw new SmaltiError('BAD_OPTION', text, {
    outcome,
    details: { option: 'timeoutMs', value: timeoutMs },
  });
}
