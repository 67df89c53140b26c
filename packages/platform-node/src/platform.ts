import {
  type Clock,
  type Hasher,
  type Logger,
  type Meter,
  type Random,
  type Scheduler,
  silentLogger,
  silentMeter,
} from '@smalti/core';
import { nodeClock } from './clock.ts';
import { nodeHasher } from './hasher.ts';
import { nodeRandom } from './random.ts';
import { NodeScheduler } from './scheduler.ts';

/** Every port but the disk, which is one of a directory: see `openDisk`. */
export interface NodePlatform {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** What a platform is made with. */
export interface NodePlatformOptions {
  /** Default: says nothing. See `adaptLogger`. */
  readonly logger?: Logger;
  /** Default: counts nothing. */
  readonly meter?: Meter;
}

/** The ports on Node.js. Called once for a process: what shares a scheduler shares its turns. */
export function nodePlatform(options: NodePlatformOptions = {}): NodePlatform {
  const { logger = silentLogger, meter = silentMeter } = options;
  return {
    clock: nodeClock,
    scheduler: new NodeScheduler(),
    random: nodeRandom,
    hasher: nodeHasher,
    logger,
    meter,
  };
}
