import type { CheckpointOptions, Limits, Timing } from '@smalti/raft';
import type { SnapshotSyncOptions } from '@smalti/snapshot-sync';
import type { Counts } from './counted-sync.ts';
import type { Held } from './loop-watch.ts';
import type { Memory } from './memory.ts';
import type { Latencies } from './write-load.ts';

/** How a node of a benchmark is started, as JSON. */
export interface PeerOptions {
  readonly id: string;
  readonly port: number;
  readonly directory: string;
  readonly peers: Readonly<Record<string, string>>;
  readonly bootstrap: boolean;
  readonly join: readonly string[];
  readonly checkpoints: Omit<CheckpointOptions, 'store'>;
  readonly sync: SnapshotSyncOptions;
  readonly limits: Partial<Limits>;
  readonly timing: Partial<Timing>;
  /** Whether its members are changed by the group itself. */
  readonly autopilot: boolean;
}

/** Of the session that catches up, as it reported last. */
export interface SessionView {
  readonly strategy: string;
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly peers: readonly string[];
}

export interface PeerStatus {
  readonly role: string;
  readonly voter: boolean;
  readonly leader: string | null;
  readonly applied: number;
  readonly committed: number;
  readonly first: number;
  readonly last: number;
  readonly logBytes: number;
  /** What the process has computed since it began, in milliseconds. */
  readonly cpuMs: number;
  /** Keys of the state. */
  readonly keys: number;
  /** Checkpoints that are agreed on and here. */
  readonly kept: readonly { readonly index: number; readonly bytes: number }[];
  readonly cutting: boolean;
  readonly session: SessionView | null;
  readonly failure: string | null;
  readonly trouble: string | null;
  readonly sources: Readonly<Record<string, number>>;
  readonly counts: Counts;
}

/** What a node can be asked for; answers come as messages. */
export interface PeerCalls {
  status(): PeerStatus;
  applied(): number;
  /** On a leader. Resolves when all is applied. */
  fill(first: number, count: number, step: number, valueBytes: number, version: number): void;
  /** Commits a command that changes nothing. */
  touch(): void;
  /** Takes a checkpoint; gives its index. */
  take(): number;
  transfer(): void;
  promote(id: string): void;
  /** Writes a second that a leader commits, with so many under way. */
  top(ms: number, inFlight: number, keys: number): number;
  /** Begins to write so much a second, over so many of the state's keys. */
  load(perSecond: number, keys: number): void;
  /** What those writes took since it was asked last. */
  latencies(): Latencies;
  endLoad(): void;
  /** How long the event loop was held up since it was asked last. The first time nothing is known. */
  loop(): Held;
  /** See {@link memoryAfter}. */
  memory(collections: number, all?: boolean): Memory;
  /** The most of `external` since it was asked last, looked at every few milliseconds from then on. */
  mostExternal(): number;
  end(): void;
}
