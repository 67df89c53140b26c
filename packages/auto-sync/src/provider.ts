import type {
  Cursor,
  Index,
  PeerId,
  ProviderPoll,
  Settled,
  Snapshot,
  SyncContext,
  SyncProvider,
  SyncProviderContext,
} from '@smalti/core';
import type { AnyStrategy, ChildMessage, Machine } from './child.ts';
import { childContext, tagOf } from './child-context.ts';

type Context = SyncProviderContext<Machine, ChildMessage>;
type AnyProvider = SyncProvider<Machine, unknown>;

/** The providers of all strategies. What one of them throws is thrown when all have had their turn. */
export class AutoSyncProvider implements SyncProvider<Machine, ChildMessage> {
  readonly #providers: readonly AnyProvider[];
  readonly #life = { over: false, installing: false };
  #known: { readonly outer: Context; readonly contexts: readonly never[] } | null = null;

  constructor(strategies: readonly AnyStrategy[], outer: SyncContext<Machine, ChildMessage>) {
    this.#providers = strategies.map((strategy, i) =>
      strategy.createProvider(this.#contexts(outer as Context, strategies.length)[i] as never),
    );
  }

  poll(outer: Context): ProviderPoll {
    const answers = this.#each(outer, (provider, cx) => provider.poll?.(cx) ?? 'pending');
    return answers.includes('again') ? 'again' : 'pending';
  }

  receive({ child, message }: ChildMessage, sender: PeerId, outer: Context): boolean {
    return this.#providers[child]?.receive(message, sender, this.#contexts(outer)[child] as never) ?? false;
  }

  /** The least that any of them says. */
  safeToPrunePrefix(outer: Context): Index | null {
    const words = this.#each(outer, (provider, cx) => provider.safeToPrunePrefix?.(cx) ?? null);
    const said = words.filter((word) => word !== null);
    return said.length === 0 ? null : (Math.min(...said) as Index);
  }

  committed(at: Cursor, outer: Context): void {
    this.#each(outer, (provider, cx) => provider.committed?.(at, cx));
  }

  marker(bytes: Uint8Array, at: Cursor, snapshot: Snapshot | null, outer: Context): void {
    const child = bytes[0] ?? -1;
    this.#providers[child]?.marker?.(bytes.subarray(1), at, snapshot, this.#contexts(outer)[child] as never);
  }

  completed(tag: string, outcome: Settled, outer: Context): void {
    const { child, own } = tagOf(tag);
    this.#providers[child]?.completed?.(own, outcome, this.#contexts(outer)[child] as never);
  }

  close(): void {
    this.#life.over = true;
    for (const provider of this.#providers) provider.close?.();
  }

  #each<T>(outer: Context, work: (provider: AnyProvider, cx: never) => T): T[] {
    const answers: T[] = [];
    const faults: unknown[] = [];
    for (const [i, provider] of this.#providers.entries()) {
      try {
        answers.push(work(provider, this.#contexts(outer)[i] as never));
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults[0];
    return answers;
  }

  #contexts(outer: Context, count = this.#providers.length): readonly never[] {
    if (this.#known?.outer !== outer) {
      const contexts = Array.from({ length: count }, (_, i) => childContext(outer, i, this.#life));
      this.#known = { outer, contexts };
    }
    return this.#known.contexts;
  }
}
