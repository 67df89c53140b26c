import {
  BenchJoiner,
  BenchProvider,
  type JoinerOptions,
  type ProviderPart,
  SyncBench,
  type SyncBenchOptions,
} from '@smalti/sync-bench';
import { type LogReplayOptions, logReplay } from '../src/index.ts';
import type { LogReplayMessage } from '../src/messages.ts';

export type BenchOptions = SyncBenchOptions & JoinerOptions & { readonly options?: LogReplayOptions };

/** A node that fetches entries, and several that serve them. */
export class Bench extends SyncBench<LogReplayMessage> {
  readonly joiner: BenchJoiner<LogReplayMessage>;
  readonly options: LogReplayOptions;

  constructor(options: BenchOptions) {
    super(options);
    // A quiet group, unless a test is about a busy one.
    this.options = { busyBytesPerSecond: 0, ...options.options };
    this.joiner = new BenchJoiner(this, options);
  }

  strategy() {
    return logReplay(this.options);
  }

  /** It has the source up to `last`, committed, pruned before `first`. */
  protected make(name: string, part: ProviderPart = {}): BenchProvider<LogReplayMessage> {
    return new BenchProvider(this, name, part);
  }

  /** Runs until the joiner holds so many entries. */
  runTo(index: number, ms = 60_000): void {
    this.runUntil(() => this.joiner.verified.index >= index, ms);
  }
}
