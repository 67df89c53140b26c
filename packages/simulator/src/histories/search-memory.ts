import type { NumberSet } from './number-set.ts';

/**
 * The situations in which a search has been. A situation is what is left of the operations that returned, the state,
 * and the open operations that were used; who has used more of these, all else equal, can do nothing that the other
 * cannot, so that only situations of fewest uses are kept.
 */
export class SearchMemory {
  readonly #seen = new Map<string, NumberSet[]>();

  /**
   * Remembers a situation, unless it was seen before, or one that is at least as good.
   *
   * @param left the operations that returned, are not placed and may come next; these determine all that are placed
   * @param used the open operations that were used; it is copied
   * @returns whether the situation is new, and how many others it was compared with
   */
  add(left: readonly number[], state: string, used: NumberSet): { isNew: boolean; compared: number } {
    // Fifteen bits to a character, two to a number, and their count before them: no two situations look alike.
    const numbers = left.flatMap((number) => [number & 0x7fff, number >>> 15]);
    const key = String.fromCharCode(left.length & 0x7fff, left.length >>> 15, ...numbers) + state;
    const seen = this.#seen.get(key);
    if (seen === undefined) {
      this.#seen.set(key, [used.copy()]);
      return { isNew: true, compared: 0 };
    }
    const better = seen.findIndex((other) => other.isWithin(used));
    if (better >= 0) return { isNew: false, compared: better + 1 };
    const compared = seen.length;
    const kept = seen.filter((other) => !used.isWithin(other));
    kept.push(used.copy());
    this.#seen.set(key, kept);
    return { isNew: true, compared };
  }
}
