import { type Anchor, SmaltiError } from '@smalti/core';

/** Announcements after which a checkpoint cannot be installed any more: the last three are good. */
const GOOD_FOR = 3;
/** So many moves without less to come, and there is no end in sight. */
const MAX_VAIN = 3;

/** Notices which checkpoints are announced, and whether moving to younger ones leads anywhere. */
export class Moves {
  readonly #began: number;
  #newest: Anchor | null = null;
  #announced = 0;
  #left: number | null = null;
  #vain = 0;
  #moves = 0;

  constructor(now: number) {
    this.#began = now;
  }

  /** Called with what the leader has announced last. */
  notice(anchor: Anchor | null): void {
    if (anchor === null || anchor.root === this.#newest?.root) return;
    this.#newest = anchor;
    this.#announced += 1;
  }

  /** True if so many were announced since the current one that it is no good any more. */
  get outdated(): boolean {
    return this.#announced >= GOOD_FOR;
  }

  /** The session moves to the newest, with so many bytes still missing of the one it leaves; null if that is not known. */
  moved(missing: number | null): void {
    const less = missing !== null && (this.#left === null || missing < this.#left);
    this.#vain = less ? 0 : this.#vain + 1;
    if (missing !== null) this.#left = missing;
    this.#announced = 0;
    this.#moves += 1;
  }

  /** Why it is of no use to go on, or null. */
  hopeless(fetchedBytes: number, now: number): SmaltiError | null {
    if (this.#vain < MAX_VAIN) return null;
    const seconds = Math.max(1, now - this.#began) / 1000;
    const [rate, every] = [Math.round(fetchedBytes / seconds), Math.round(seconds / this.#moves)];
    const needed = Math.round((fetchedBytes + (this.#left ?? 0)) / seconds);
    const message =
      `checkpoints are replaced faster than they are fetched: ${rate} bytes a second came, about ${needed} would have ` +
      `been needed, as another one has to be begun every ${every} s, and ${MAX_VAIN} times no less was missing`;
    const details = { bytesPerSecond: rate, neededBytesPerSecond: needed, moves: this.#moves };
    return new SmaltiError('CANNOT_SYNC', message, { details });
  }
}
