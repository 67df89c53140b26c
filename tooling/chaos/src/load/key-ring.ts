import type { SimRandom } from '@smalti/simulator';

/** What is done with a key; never two kinds on one, so that every reply is one of the kind. */
export type KeyKind = 'register' | 'list' | 'counter' | 'pair';

export interface Key {
  readonly name: string;
  readonly kind: KeyKind;
  /** Writes so far. No two values that are ever set or appended are equal. */
  uses: number;
  /** Operations whose outcome is not known: each makes the history harder to check. */
  open: number;
  readonly bornAt: number;
}

const KINDS: readonly KeyKind[] = ['register', 'register', 'list', 'counter', 'pair'];
const MOST_OPEN = 4;
const MOST_USES = 300;

/** The keys in use. Each is replaced after a while, so that the history of none becomes long. */
export class KeyRing {
  readonly #random: SimRandom;
  readonly #now: () => number;
  readonly #lifeMs: number;
  readonly #slots: Key[];
  #made = 0;

  /** @param lifeMs about how long a key is used. */
  constructor(random: SimRandom, now: () => number, width: number, lifeMs: number) {
    this.#random = random;
    this.#now = now;
    this.#lifeMs = lifeMs;
    // They begin at different ages, so that they are not replaced all at once.
    this.#slots = Array.from({ length: width }, (_, i) => this.#make(-(i / width) * lifeMs));
  }

  /** How many there were. */
  get made(): number {
    return this.#made;
  }

  /** A key to use now. */
  next(): Key {
    const slot = this.#random.below(this.#slots.length);
    const key = this.#slots[slot] ?? this.#make(0);
    const isSpent = key.open >= MOST_OPEN || key.uses >= MOST_USES;
    if (!isSpent && this.#now() - key.bornAt < this.#lifeMs) return key;
    const fresh = this.#make(0);
    this.#slots[slot] = fresh;
    return fresh;
  }

  #make(ageMs: number): Key {
    const kind = this.#random.pick(KINDS);
    return {
      name: `${kind}-${++this.#made}`,
      kind,
      uses: 0,
      open: 0,
      bornAt: this.#now() + ageMs,
    };
  }
}
