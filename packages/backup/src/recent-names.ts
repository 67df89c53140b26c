import type { PartName } from '@smalti/core';

/** How many names are remembered: about 2 MiB of them. */
const SLOTS = 16 * 1024;

/**
 * Names that were seen not long ago, in bounded memory: what it knows was surely seen, and what it has forgotten is
 * merely written again. Equal parts of a state stand close to each other or are few.
 */
export class RecentNames {
  readonly #slots: (PartName | undefined)[] = new Array(SLOTS);

  has(name: PartName): boolean {
    return this.#slots[slotOf(name)] === name;
  }

  add(name: PartName): void {
    this.#slots[slotOf(name)] = name;
  }
}

function slotOf(name: PartName): number {
  return Number.parseInt(name.slice(0, 8), 16) % SLOTS;
}
