import type { Clock, Disk, Hasher, Logger, Meter, Scheduler } from '@smalti/core';
import type { CheckedOptions } from '../options.ts';

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
