import type { SimRandom } from '@smalti/simulator';

/** Keys that are used all the time, and how many are, for a while, beside them. */
const LASTING = 8;
const PASSING = 12;
const PASSING_MS = 4_000;

/**
 * Which keys clients use. Half of the calls go to keys that last. A key on which the outcome of a write is not known is
 * only read from then on: each such write makes it harder to say whether what was seen can be right, and there are
 * enough of them with one key as with many.
 */
export class Keys {
  readonly #random: SimRandom;
  readonly #now: () => number;
  readonly #used = new Set<string>();
  /** How often each key was given up for another. */
  readonly #generations = new Map<string, number>();
  readonly #retired: string[] = [];

  constructor(random: SimRandom, now: () => number) {
    this.#random = random;
    this.#now = now;
  }

  /** Every key that was ever used. */
  get all(): readonly string[] {
    return [...this.#used];
  }

  /** One to write or to read. */
  draw(): string {
    const name = this.#random.chance(0.5) ? this.#lasting() : this.#passing();
    const key = `${name}.${this.#generationOf(name)}`;
    this.#used.add(key);
    return key;
  }

  /** One to read. */
  drawToRead(): string {
    return this.#retired.length > 0 && this.#random.chance(0.15)
      ? this.#random.pick(this.#retired)
      : this.draw();
  }

  /** Nobody knows what became of a write of this key. */
  retire(key: string): void {
    const [name = '', generation] = key.split('.');
    if (Number(generation) !== this.#generationOf(name)) return;
    this.#generations.set(name, this.#generationOf(name) + 1);
    this.#retired.push(key);
    if (this.#retired.length > LASTING) this.#retired.shift();
  }

  #generationOf(name: string): number {
    return this.#generations.get(name) ?? 0;
  }

  #lasting(): string {
    return `lasting-${this.#random.below(LASTING)}`;
  }

  #passing(): string {
    return `passing-${Math.floor(this.#now() / PASSING_MS)}-${this.#random.below(PASSING)}`;
  }
}
