import type { Cursor, PeerId } from '@smalti/core';
import type { CallOptions, Role } from './api.ts';

/** The end of the log, of what is known here to be committed, or of what is applied here. */
export type Position = 'log' | 'committed' | 'applied';

/** An index, or a run of them of which the last one counts: what `executeMany` and `feedMany` give is one. */
export type Reached = number | { readonly first: number; readonly last: number };

/**
 * Promises of what will be, and streams of what changes. Promises reject with `GROUP_CLOSED` or `STOPPED` when the group
 * ends on this node, with `ABORTED` by their signal, and with `TIMEOUT` if `timeoutMs` is given and has passed.
 *
 * Streams end with the group, and by their signal. They listen from the first `next` on and keep the newest value alone:
 * a slow reader skips the others. `timeoutMs` is for each `next`, which rejects with `TIMEOUT` then.
 *
 * A `timeoutMs` that cannot be is `BAD_OPTION`: promises reject with it, and what gives a stream throws it.
 */
export interface When {
  /** Any node leads. */
  leaderElected(options?: CallOptions): Promise<PeerId>;
  /** The next change of leader (also to none, as null). */
  leaderChanged(options?: CallOptions): Promise<PeerId | null>;
  leaderIs(id: PeerId, options?: CallOptions): Promise<void>;
  isLeader(options?: CallOptions): Promise<void>;
  isFollower(options?: CallOptions): Promise<void>;
  /** This node leads, or hears a leader and holds what that leader's log held when it last spoke. */
  online(options?: CallOptions): Promise<void>;
  offline(options?: CallOptions): Promise<void>;
  /** The log's, the commit's or the applied position reaches an index, or the end of a run. */
  reaches(position: Position, index: Reached, options?: CallOptions): Promise<Cursor>;
  /** The next change of a position. `log` alone can go back. */
  changed(position: Position, options?: CallOptions): Promise<Cursor>;
  /** The next change of a position that is an advance. */
  advanced(position: Position, options?: CallOptions): Promise<Cursor>;
  /** The next time that the log's end goes back. */
  reverted(options?: CallOptions): Promise<Cursor>;

  /** The leader, or null while none is known: the present one, and each that is another. */
  leaders(options?: CallOptions): AsyncIterable<PeerId | null>;
  /** This node's role: the present one, and each that is another. */
  roles(options?: CallOptions): AsyncIterable<Role>;
  /** Whether this node is online, as {@link When.online} says: what it is now, and each change. */
  onlineChanges(options?: CallOptions): AsyncIterable<boolean>;
  /** Each change of a position. `log` alone can go back. */
  changes(position: Position, options?: CallOptions): AsyncIterable<Cursor>;
  /** Each change of a position that is an advance. */
  advances(position: Position, options?: CallOptions): AsyncIterable<Cursor>;
  /** Each time that the log's end goes back. */
  reverts(options?: CallOptions): AsyncIterable<Cursor>;
}
