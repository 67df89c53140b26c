import { resolve } from 'node:path';
import * as checks from './checks.ts';
import type { StartSettings } from './settings.ts';
import type { Flags } from './settings-source.ts';
import { UsageError } from './usage-error.ts';

/** More on one machine would not show anything new. */
const MAX_NODES = 25;
/** The group's WebSocket is so much above the base port. */
const HIGHEST_OFFSET = 2_000;

/** @throws UsageError naming the flag, what was given, and what to do. */
export function startSettings(flags: Flags): StartSettings {
  const nodes = take<number | null>(flags, 'nodes', checks.wholeNumber(1, MAX_NODES), null);
  const highest = 65_535 - HIGHEST_OFFSET - (nodes ?? MAX_NODES);
  const basePort = take(flags, 'base-port', checks.wholeNumber(1, highest), 7_000);
  return {
    nodes,
    basePort,
    data: resolve(take(flags, 'data', checks.path, '.smalti')),
    fresh: take(flags, 'fresh', checks.flag, false),
    logLevel: take(flags, 'log-level', checks.logLevel, 'info'),
  };
}

function take<T>(flags: Flags, name: string, check: checks.Check<T>, otherwise: T): T {
  const value = flags[name];
  if (value === undefined) return otherwise;
  try {
    return check(value);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--${name}`, value, error.message);
    throw error;
  }
}
