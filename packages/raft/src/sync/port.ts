import type {
  Anchor,
  AnyStateMachine,
  Clock,
  Cursor,
  Entry,
  EntryDraft,
  Framer,
  GroupId,
  Hasher,
  Index,
  Logger,
  LogView,
  NetworkId,
  PeerId,
  PeerIdentity,
  Random,
  Scheduler,
  SmaltiError,
  SnapshotStore,
  SyncTiming,
  Term,
} from '@smalti/core';

/**
 * What the engine lets one session do, under one epoch. Everything that it refuses, it refuses with a reason and
 * without a change. When the session is over every request is refused, whoever still makes it.
 */
export interface SessionDoor {
  /** Names the session: counts the sessions of this node's life in the group. */
  readonly epoch: number;
  readonly position: Cursor;
  readonly ceiling: Index;
  readonly verified: Cursor;
  /** The newest checkpoint that a leader has announced in this episode, or null. */
  readonly anchor: Anchor | null;
  /** True if only an install can end the episode. */
  readonly mustInstall: boolean;
  /** What the engine keeps of what the leader sent meanwhile, with what it costs in memory. */
  readonly keptBytes: number;
  /** The term that leaders gave for the index; undefined where they gave none, and above the ceiling. */
  termAt(index: Index): Term | undefined;
  /**
   * Appends entries whose checksums hold. Returns why not, or null; then `done` is called once, when they are durable,
   * or when they cannot be; not after the session's end.
   */
  append(entries: readonly Entry[], done: (error: SmaltiError | null) => void): string | null;
  /** Applies up to there. Returns why not, or null. */
  setCommitted(at: Cursor): string | null;
  /**
   * Lets a checkpoint whose parts are all in the store replace the state. Returns why not, or null; then `done` is
   * called once, when it has, durably, or when it cannot: with `SYNC_REFUSED` and `details.part` if a part is missing or
   * damaged. Not after the session's end.
   */
  install(anchor: Anchor, done: (error: SmaltiError | null) => void): string | null;
  /** The session is done, if the log ends there, durably, at or beyond the position. Returns why not, or null. */
  finish(at: Cursor): string | null;
}

export type { SessionEnd } from '../engine/io.ts';

/** A message of a strategy on its way between nodes. */
export interface SyncEnvelope {
  readonly strategy: string;
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** A strategy and the versions of its messages that a node speaks, inclusive. */
export interface SyncOffer {
  readonly strategy: string;
  readonly min: number;
  readonly max: number;
}

/** What the host of strategies needs of its group. */
export interface SyncPort {
  readonly machine: AnyStateMachine;
  /** Of the machine, in force at what was applied last. */
  machineVersion(): number;
  readonly log: LogView;
  /** The group's checkpoints on this node, or null if it keeps none. */
  readonly snapshots: SnapshotStore | null;
  /** The state of this node is not what a majority has: nothing that it has cut is given to others. */
  diverged(): boolean;
  readonly framer: Framer;
  readonly localId: PeerId;
  readonly groupId: GroupId;
  readonly networkId: NetworkId;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly logger: Logger;
  readonly timing: SyncTiming;
  /** The longest envelope's `bytes` that a bond carries. */
  readonly maxMessageBytes: number;
  committed(): Cursor;
  /** The leader that was heard last, or null. */
  leader(): PeerId | null;
  leads(): boolean;
  /** Peers with whom there is a bond now, ordered by id. */
  bonds(): readonly PeerIdentity[];
  /** On the bulk lane. False if there is no bond or no room. */
  send(to: PeerId, envelope: SyncEnvelope): boolean;
  /** On the control lane: what this node speaks. With `ask`, the peer is to answer with its own. */
  offer(to: PeerId, offers: readonly SyncOffer[], ask: boolean): void;
  /** Puts entries into the log. False if this node does not lead. */
  propose(drafts: readonly EntryDraft[]): boolean;
  /** Encodes a command of the machine as an entry's draft of this node's own. @throws if the machine's codec refuses. */
  commandDraft(command: unknown): EntryDraft;
  /** Asks for a turn's end: the group's work is due. */
  wake(): void;
  /**
   * Final: the store of checkpoints has failed. Told by the host, whatever the strategy makes of it: no session can do
   * without the store, and only another start of the node may mend it.
   */
  fault(error: SmaltiError): void;
}
