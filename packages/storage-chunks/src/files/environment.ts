import type { Clock, Disk, Hasher, Logger, Meter, Scheduler } from '@smalti/core';
import type { CheckedOptions } from '../options.ts';

/** What work that is done a little at a time takes of one turn of the event loop, in milliseconds. */
export const TURN_MS = 2;

/** What every part of the store needs. */
export interface Environment {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly hasher: Hasher;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly options: CheckedOptions;
}
