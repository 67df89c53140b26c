/** Structured particulars of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The door to the operator's log. Calls never throw and never block. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines carry these fields too. */
  with(fields: LogFields): Logger;
}

/** The door to metrics. Names are dotted, units are in the name (`wal.fsync_ms`). Calls never throw. */
export interface Meter {
  /** Adds to a counter. */
  count(name: string, by?: number, labels?: Readonly<Record<string, string>>): void;
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Records one observation of a distribution. */
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

const nothing = (): void => {};

/** Says nothing. */
export const silentLogger: Logger = Object.freeze({
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  with: (): Logger => silentLogger,
});

/** Counts nothing. */
export const silentMeter: Meter = Object.freeze({ count: nothing, gauge: nothing, observe: nothing });
