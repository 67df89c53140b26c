import type { ApplyContext, Codec, StateMachine } from '@smalti/core';

/** Takes a lease of a name for so many milliseconds. */
export interface Lease {
  readonly name: string;
  readonly ms: number;
}

function json<T>(): Codec<T> {
  return {
    encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as T,
  };
}

/** Leases that end by group time, and everything that was told to it, for tests to look at. */
export class LeaseMachine implements StateMachine<Lease, string, boolean> {
  readonly descriptor = {
    name: 'leases',
    version: '1.0.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature = 'test/leases/1';
  readonly commands = json<Lease>();
  readonly results = json<boolean>();
  readonly queries = json<string>();
  readonly history: { readonly index: number; readonly time: number; readonly held: string }[] = [];
  readonly #ends = new Map<string, number>();
  ticks = 0;
  /** What the next call to this method does instead. */
  sabotage: { readonly method: 'tick' | 'nextDeadline'; readonly run: () => number } | null = null;

  /** True if the lease was free. */
  apply({ name, ms }: Lease, context: ApplyContext): boolean {
    this.#moveTo(context);
    const free = !this.#ends.has(name);
    this.#ends.set(name, context.time + ms);
    return free;
  }

  tick(context: ApplyContext): void {
    if (this.sabotage?.method === 'tick') this.sabotage.run();
    this.ticks++;
    this.#moveTo(context);
  }

  nextDeadline(): number | null {
    if (this.sabotage?.method === 'nextDeadline') return this.sabotage.run();
    return this.#ends.size === 0 ? null : Math.min(...this.#ends.values());
  }

  /** True if the lease is held. */
  query(name: string): boolean {
    return this.#ends.has(name);
  }

  #moveTo({ at, time }: ApplyContext): void {
    for (const [name, end] of this.#ends) if (end <= time) this.#ends.delete(name);
    this.history.push({ index: at.index, time, held: [...this.#ends.keys()].sort().join() });
  }
}
