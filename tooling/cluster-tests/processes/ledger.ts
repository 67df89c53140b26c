/** A key that one writer alone sets, to growing numbers. */
export class OwnKey {
  readonly name: string;
  /** The last number that was acknowledged; 0 for none. */
  acked = 0;
  sent = 0;
  /** Numbers whose outcome nobody knows. */
  readonly unknown = new Set<number>();
  /** Numbers that were refused: they must never be seen. */
  readonly refused = new Set<number>();

  constructor(name: string) {
    this.name = name;
  }

  /** Why the group may not hold that number now, or null if it may. Numbers of a key never go back. */
  fault(seen: number | null, atLeast = this.acked): string | null {
    const number = seen ?? 0;
    if (number < atLeast) return `${this.name} is ${seen}, and ${atLeast} was acknowledged: lost`;
    if (this.refused.has(number)) return `${this.name} is ${seen}, which was refused`;
    if (number > this.sent) return `${this.name} is ${seen}, which nobody sent`;
    return null;
  }
}

interface Increment {
  readonly began: number;
  readonly ended: number;
  readonly reply: number;
}

let ledgers = 0;

/** All that clients know of what they wrote. Each ledger has keys of its own, so that a cluster can have several. */
export class Ledger {
  readonly #tag = `${process.pid}-${++ledgers}`;
  /** The counter that all writers count up. */
  readonly counter = `counter-${this.#tag}`;
  readonly keys: OwnKey[] = [];
  /** What no history allows, seen while it ran. */
  readonly faults: string[] = [];
  readonly #increments: Increment[] = [];
  #unknownIncrements = 0;
  #watches: { readonly began: number; left: number; readonly resolve: (at: number) => void }[] = [];
  acknowledged = 0;
  refused = 0;
  unknown = 0;

  key(name: string): OwnKey {
    const key = new OwnKey(`${name}-${this.#tag}`);
    this.keys.push(key);
    return key;
  }

  /** Resolves with the time at which that many writes were acknowledged that began after that time. */
  acknowledgedSince(began: number, count = 1): Promise<number> {
    return new Promise((resolve) => this.#watches.push({ began, left: count, resolve }));
  }

  done(began: number): void {
    this.acknowledged++;
    const now = performance.now();
    for (const watch of this.#watches) {
      if (began >= watch.began && --watch.left === 0) watch.resolve(now);
    }
    this.#watches = this.#watches.filter(({ left }) => left > 0);
  }

  incremented(began: number, reply: number): void {
    this.#increments.push({ began, ended: performance.now(), reply });
    this.done(began);
  }

  unknownIncrement(): void {
    this.#unknownIncrements++;
    this.unknown++;
  }

  /** What the group holds now, against what it acknowledged. Gives what is wrong. */
  audit(values: ReadonlyMap<string, string | null>): string[] {
    const faults = [...this.faults];
    for (const key of this.keys) {
      const value = values.get(key.name) ?? null;
      const fault = key.fault(value === null ? null : numberIn(value));
      if (fault !== null) faults.push(fault);
    }
    return [...faults, ...this.#auditCounter(Number(values.get(this.counter) ?? 0))];
  }

  /** Every number was given once, later calls got higher ones, and none was lost or counted twice. */
  #auditCounter(counter: number): string[] {
    const faults: string[] = [];
    const count = this.#increments.length;
    if (counter < count) faults.push(`the counter is ${counter}, and ${count} were acknowledged: lost`);
    const most = count + this.#unknownIncrements;
    if (counter > most) faults.push(`the counter is ${counter}, and at most ${most} were counted: twice`);
    const replies = new Set(this.#increments.map(({ reply }) => reply));
    if (replies.size < count) faults.push(`${count - replies.size} numbers of the counter were given twice`);
    const byBegin = [...this.#increments].sort((a, b) => a.began - b.began);
    const byEnd = [...this.#increments].sort((a, b) => a.ended - b.ended);
    let highest = 0;
    let next = 0;
    for (const each of byBegin) {
      for (
        let before = byEnd[next];
        before !== undefined && before.ended < each.began;
        before = byEnd[++next]
      ) {
        highest = Math.max(highest, before.reply);
      }
      if (each.reply <= highest) faults.push(`the counter gave ${each.reply} after ${highest}`);
      if (each.reply > counter) faults.push(`the counter is ${counter}, and gave ${each.reply}`);
    }
    return faults;
  }
}

/** Values are a number and something to fill sectors with. */
export function valueFor(number: number): string {
  return `${number}:${'x'.repeat((number * 37) % 400)}`;
}

/** @throws Error if it is no value of ours. */
export function numberIn(value: string): number {
  const number = Number(value.split(':')[0]);
  if (valueFor(number) !== value) throw new Error(`not a value that was written: ${value.slice(0, 60)}`);
  return number;
}
