import type { ItemSource } from '../checkpoint/item-source.ts';
import { invariant } from '../errors/invariant.ts';
import type { SnapshotItem } from '../machine/state-machine.ts';
import type { OpenSession, SessionState } from './open-session.ts';
import type { SessionTableHead } from './session-head.ts';
import { headItem, sessionItem } from './session-items.ts';
import type { SessionKey } from './session-key.ts';

/** What a capture is made of. */
export interface SessionCaptureParts {
  readonly head: SessionTableHead;
  /** Sessions that were not changed since the capture are of this era, or of one before. */
  readonly era: number;
  /** Of the table, which goes on changing them. */
  readonly sessions: ReadonlyMap<SessionKey, OpenSession>;
  /** The same by the first byte of their keys. */
  readonly shards: readonly (ReadonlySet<OpenSession> | undefined)[];
  readonly released: (capture: SessionCapture) => void;
}

/**
 * A table of client sessions at one moment, as items of a checkpoint, while the table goes on. Making it costs nothing
 * that grows with the table: a session is copied when it changes for the first time after it, and names are put in
 * order when their items are asked for, one shard after the other.
 */
export class SessionCapture implements ItemSource {
  readonly era: number;
  readonly length: number;
  readonly #parts: SessionCaptureParts;
  /** Of each shard: which of the items its first session is. One more for the end. */
  readonly #starts: readonly number[];
  /** Sessions that have changed since, as they were. */
  readonly #saved: (Map<SessionKey, SessionState> | undefined)[] = [];
  /** The shard whose items were asked for last, and its keys in order. */
  #sorted: { readonly shard: number; readonly keys: readonly SessionKey[] } | null = null;

  constructor(parts: SessionCaptureParts) {
    this.#parts = parts;
    this.era = parts.era;
    const starts = [1];
    for (let i = 0; i < parts.shards.length; i++) {
      starts.push((starts[i] as number) + (parts.shards[i]?.size ?? 0));
    }
    this.#starts = starts;
    this.length = starts.at(-1) as number;
  }

  /** A session of the table is about to change for the first time since the capture. */
  save(shard: number, session: SessionState): void {
    this.#saved[shard] ??= new Map();
    this.#saved[shard].set(session.key, session);
  }

  items(from: number, to: number): readonly SnapshotItem[] {
    const items = from === 0 && to > 0 ? [headItem(this.#parts.head)] : [];
    for (let shard = 0; shard + 1 < this.#starts.length; shard++) {
      const [start, end] = [this.#starts[shard] as number, this.#starts[shard + 1] as number];
      if (end <= from || start === end) continue;
      if (start >= to) break;
      const keys = this.#keysOf(shard, end - start);
      const some = keys.slice(Math.max(0, from - start), to - start);
      for (const key of some) items.push(sessionItem(this.#session(shard, key)));
    }
    return items;
  }

  /** Lets go of it. Called once. */
  release(): void {
    this.#parts.released(this);
  }

  #keysOf(shard: number, count: number): readonly SessionKey[] {
    if (this.#sorted?.shard === shard) return this.#sorted.keys;
    const keys = [...(this.#saved[shard]?.keys() ?? [])];
    for (const session of this.#parts.shards[shard] ?? []) {
      if (session.era <= this.era) keys.push(session.key);
    }
    invariant(keys.length === count, `a captured shard has ${keys.length} sessions of ${count}`);
    keys.sort();
    this.#sorted = { shard, keys };
    return keys;
  }

  #session(shard: number, key: SessionKey): SessionState {
    const session = this.#saved[shard]?.get(key) ?? this.#parts.sessions.get(key);
    invariant(session !== undefined, 'a session that was captured is there');
    return session;
  }
}
