/** Runs lists of items, each list once, as long as there are runs left. */
export class ShrinkRuns<Item> {
  readonly #run: (items: readonly Item[]) => Promise<boolean>;
  readonly #limit: number;
  readonly #results = new Map<string, boolean>();
  readonly #numbers = new Map<Item, number>();
  #count = 0;
  #usedUp = false;

  constructor(run: (items: readonly Item[]) => Promise<boolean>, limit: number) {
    this.#run = run;
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  /** Whether a run was asked for that was no longer possible. */
  get usedUp(): boolean {
    return this.#usedUp;
  }

  /** Whether the items fail. When the runs are used up, what was not run before is taken to pass. */
  async fails(items: readonly Item[]): Promise<boolean> {
    const key = items.map((item) => this.#numberOf(item)).join();
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    if (this.#count >= this.#limit) {
      this.#usedUp = true;
      return false;
    }
    this.#count++;
    const failed = await this.#run(items);
    this.#results.set(key, failed);
    return failed;
  }

  #numberOf(item: Item): number {
    const number = this.#numbers.get(item) ?? this.#numbers.size;
    this.#numbers.set(item, number);
    return number;
  }
}
