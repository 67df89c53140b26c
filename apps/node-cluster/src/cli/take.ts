import type * as checks from './checks.ts';
import type { Flags } from './settings-source.ts';
import { UsageError } from './usage-error.ts';

/** What a flag says, or what holds without it. @throws UsageError. */
export function take<T>(flags: Flags, name: string, check: checks.Check<T>, otherwise: T): T {
  const value = flags[name];
  return value === undefined ? otherwise : checked(`--${name}`, value, check);
}

/** @throws UsageError naming where the value was given, and the rule. */
export function checked<T>(where: string, value: unknown, check: checks.Check<T>): T {
  try {
    return check(value);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(where, value, error.message);
    throw error;
  }
}
