import type { Clock, Disk, Hasher, Logger, Meter, Random, Scheduler, StoreIdentity } from '@smalti/core';
import type { CheckedOptions } from '../options.ts';

/** The doors of the store. */
export interface Doors {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** What every part of an open store needs. */
export interface Environment extends Doors {
  readonly options: CheckedOptions;
  readonly identity: StoreIdentity;
}
