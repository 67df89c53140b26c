import type { LogFields, Logger } from '@smalti/core';

/** What a logger like pino offers. */
export interface FieldsFirstLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): FieldsFirstLogger;
}

/** The logger port on a logger like pino. An `error` among the fields is called `err`, which pino writes in full. */
export function adaptLogger(logger: FieldsFirstLogger): Logger {
  return {
    debug: (message, fields) => logger.debug(named(fields), message),
    info: (message, fields) => logger.info(named(fields), message),
    warn: (message, fields) => logger.warn(named(fields), message),
    error: (message, fields) => logger.error(named(fields), message),
    with: (fields) => adaptLogger(logger.child(named(fields))),
  };
}

function named(fields: LogFields = {}): object {
  if (!('error' in fields)) return fields;
  const { error, ...others } = fields;
  return { ...others, err: error };
}
