import type { SimRandom } from '@smalti/simulator';
import { isHardy } from './observed-transport.ts';

/** What lets something happen later in a node's process. */
export type Later = (node: string, delayMs: number, run: () => void) => void;

/**
 * Lets what engines say arrive twice, or after what was sent later. A bond promises better; the rules of consensus do
 * not need it.
 */
export class Disorder {
  /** The shares of messages. */
  duplicates = 0;
  late = 0;
  readonly counts = { duplicated: 0, reordered: 0 };
  readonly #random: SimRandom;
  readonly #later: Later;

  constructor(random: SimRandom, later: Later) {
    this.#random = random;
    this.#later = later;
  }

  get active(): boolean {
    return this.duplicates > 0 || this.late > 0;
  }

  arrived(node: string, bytes: Uint8Array, deliver: (bytes: Uint8Array) => void): void {
    if (!isHardy(bytes)) {
      deliver(bytes);
      return;
    }
    if (this.#random.chance(this.late)) {
      this.counts.reordered += 1;
      this.#later(node, this.#random.between(1, 50), () => deliver(bytes));
      return;
    }
    const copy = bytes.slice();
    deliver(bytes);
    if (!this.#random.chance(this.duplicates)) return;
    this.counts.duplicated += 1;
    this.#later(node, this.#random.between(0, 200), () => deliver(copy));
  }
}
