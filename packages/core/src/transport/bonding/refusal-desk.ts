import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Refusal } from '../transport.ts';
import type { GroupDoor } from './group-door.ts';

const BURST = 32;
const PER_SECOND = 8;

/**
 * Tells the operator and the groups of refusals. Those that strangers cause are counted instead once there are too
 * many: what knocks at the door must not fill the disk with logs, nor the memory with events.
 */
export class RefusalDesk {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #groups: Iterable<GroupDoor>;
  #tokens = BURST;
  #filledAt: number;
  #untold = 0;
  readonly #lastDialled = new Map<string, string>();

  constructor(clock: Clock, logger: Logger, groups: Iterable<GroupDoor>) {
    this.#clock = clock;
    this.#logger = logger;
    this.#groups = groups;
    this.#filledAt = clock.now();
  }

  /** One who came in was refused, or refused us. `group` is null if it is not known whom it wanted: all are told. */
  came(group: GroupDoor | null, refusal: Refusal): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filledAt) / 1000) * PER_SECOND);
    this.#filledAt = now;
    if (this.#tokens < 1) {
      this.#untold += 1;
      return;
    }
    this.#tokens -= 1;
    const more = this.#untold > 0 ? { untold: this.#untold } : {};
    this.#untold = 0;
    this.#logger.warn('refused an incoming bond', { ...refusal, ...more });
    for (const each of group ? [group] : this.#groups) each.line.refused(refusal);
  }

  /** A dial failed. They come no faster than dials do. */
  dialled(group: GroupDoor, refusal: Refusal): void {
    const key = `${group.network} ${refusal.address}`;
    const line = `${refusal.code} ${refusal.detail}`;
    // A node that is down is dialled for hours: the same reason is told once.
    if (this.#lastDialled.get(key) === line) this.#logger.debug('still no bond', { ...refusal });
    else this.#logger.warn('no bond', { ...refusal });
    if (this.#lastDialled.size >= 1024) this.#lastDialled.clear();
    this.#lastDialled.set(key, line);
    group.line.refused(refusal);
  }
}
