import type { LogFields, Logger } from '@smalti/core';

/** A line of a node's log, with the fields of all that it came through. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps its lines. */
export function logTo(lines: LogLine[], fields: LogFields = {}): Logger {
  const at =
    (level: LogLine['level']) =>
    (message: string, more: LogFields = {}) => {
      lines.push({ level, message, fields: { ...fields, ...more } });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (more) => logTo(lines, { ...fields, ...more }),
  };
}
