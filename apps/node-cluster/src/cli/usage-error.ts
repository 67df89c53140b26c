import { SmaltiError } from '@smalti/core';

/** A flag, or a name in the configuration file, is wrong. Code `BAD_OPTION`; the process ends with 2. */
export class UsageError extends SmaltiError {
  override readonly name = 'UsageError';

  /** @param where the flag, or the name and its file. @param rule what it must be, or what to do. */
  constructor(where: string, value: unknown, rule: string) {
    const shown = value === undefined ? '' : ` ${show(value)}`;
    super('BAD_OPTION', `${where}${shown}: ${rule}`, { details: { flag: where } });
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
