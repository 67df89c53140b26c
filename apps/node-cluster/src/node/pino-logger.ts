import type { LogFields, Logger } from '@smalti/core';
import { adaptLogger } from '@smalti/platform-node';
import { destination, pino } from 'pino';
import type { LogLevel } from '../cli/index.ts';

/** Writes JSON to standard error, a line an event. */
export function pinoLogger(level: LogLevel, fields: LogFields): Logger {
  return adaptLogger(pino({ level, base: { ...fields } }, destination({ dest: 2, sync: false })));
}
