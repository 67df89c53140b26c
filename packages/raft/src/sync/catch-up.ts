import type { Cursor, Entry, Index, PeerId, SmaltiError, Timer } from '@smalti/core';
import { MAX_PAUSE_MS } from './bounds.ts';
import type { AnyStateSync, Dialect } from './dialect.ts';
import { refused } from './errors.ts';
import { HostedSession, type SessionEnding } from './hosted-session.ts';
import { copyOf } from './log-facade.ts';
import type { SessionDoor, SessionEnd } from './port.ts';
import type { Room } from './room.ts';
import type { SyncCounters, SyncStatus } from './sync-status.ts';

/** A strategy that sessions are made of. */
export interface Way {
  readonly strategy: AnyStateSync;
  readonly dialect: Dialect;
}

/** One time that this node lacks what its leader does not have at hand. */
interface Episode {
  readonly door: SessionDoor;
  /** As the leader opened it: what it sent begins right after that. */
  readonly position: Cursor;
  readonly leaderCommit: Index;
  entries: readonly Entry[];
}

/**
 * Catching up on this node: one episode at a time, and in it one session at a time, of the strategies in their order.
 * When all have failed there is a pause, which doubles until something is verified, and they are tried again.
 */
export class CatchUp {
  readonly #room: Room;
  readonly #ways: readonly Way[];
  readonly #stallMs: number;
  readonly #counters: SyncCounters;
  #episode: Episode | null = null;
  #session: HostedSession | null = null;
  /** Which strategy is next, and whether it is its time. */
  #next = 0;
  #due = false;
  #pauseMs: number;
  #pause: Timer | null = null;
  #leader: PeerId | null = null;
  #failure: SyncStatus['failure'] = null;

  constructor(room: Room, ways: readonly Way[], stallMs: number, counters: SyncCounters) {
    this.#room = room;
    this.#ways = ways;
    this.#stallMs = stallMs;
    this.#counters = counters;
    this.#pauseMs = room.port.timing.electionMs;
  }

  get status(): Pick<SyncStatus, 'session' | 'failure'> {
    return { session: this.#session?.status ?? null, failure: this.#failure };
  }

  get hasWork(): boolean {
    return this.#due || (this.#session?.hasWork ?? false);
  }

  open(door: SessionDoor, leaderCommit: Index, entries: readonly Entry[]): void {
    this.close();
    this.#failure = null;
    this.#leader = this.#room.port.leader() ?? this.#leader;
    // Copies: the engine keeps these entries and appends them itself.
    const shown = Object.freeze(entries.map((entry) => Object.freeze({ ...entry })));
    this.#episode = { door, position: copyOf(door.position), leaderCommit, entries: shown };
    this.#begin();
  }

  /** The engine says that it is over. */
  over(epoch: number, why: SessionEnd): void {
    if (this.#episode?.door.epoch !== epoch) return;
    const { logger } = this.#room.port;
    if (this.#session !== null) {
      logger.info(`the session of ${this.#session.strategy} is over: ${why}`, { epoch, why });
    }
    this.close();
    if (why !== 'disk-full') this.#failure = null;
  }

  close(): void {
    const session = this.#session;
    this.#episode = null;
    this.#session = null;
    this.#due = false;
    this.#pause?.cancel();
    this.#pause = null;
    session?.stop();
  }

  poke(): void {
    this.#session?.poke();
  }

  receive(strategy: string, message: unknown, sender: PeerId, bytes: number): void {
    if (this.#session?.strategy !== strategy) return;
    if (!this.#session.receive(message, sender, bytes)) this.#counters.dropped += 1;
  }

  unreadable(strategy: string, sender: PeerId): void {
    if (this.#session?.strategy === strategy) this.#session.unreadable(sender);
  }

  buffered(position: Cursor, count: number, bytes: number): void {
    this.#counters.buffered += count;
    this.#session?.buffered(position, count, bytes);
  }

  /** Runs the session. If it fails the next strategy's begins at once. */
  turn(): void {
    for (let tries = 0; tries <= this.#ways.length; tries++) {
      if (this.#session === null && this.#due) this.#attempt();
      const session = this.#session;
      if (session === null) {
        if (this.#due) continue;
        return;
      }
      session.run();
      if (this.#session === session) return;
    }
  }

  #begin(): void {
    this.#next = 0;
    this.#due = this.#ways.length > 0;
    if (this.#due) this.#room.wake();
  }

  #attempt(): void {
    this.#due = false;
    const episode = this.#episode;
    const way = this.#ways[this.#next];
    if (episode === null || way === undefined) return;
    this.#next += 1;
    this.#counters.sessions += 1;
    const { door } = episode;
    const position = copyOf(door.position);
    if (position.index !== episode.position.index) episode.entries = [];
    const session: HostedSession = new HostedSession(way.dialect, door, this.#room, {
      stallMs: this.#stallMs,
      counters: this.#counters,
      leader: () => this.#lastLeader(),
      progressed: () => {
        this.#pauseMs = this.#room.port.timing.electionMs;
      },
      ended: (ending) => {
        if (this.#session === session) this.#ended(episode, way.dialect.name, ending);
      },
    });
    this.#session = session;
    const { logger } = this.#room.port;
    logger.info(`a session of ${way.dialect.name} begins`, { epoch: door.epoch, position: position.index });
    session.begin(
      way.strategy,
      position,
      Math.max(episode.leaderCommit, door.ceiling) as Index,
      episode.entries,
    );
  }

  #ended({ door }: Episode, strategy: string, ending: SessionEnding): void {
    const { logger } = this.#room.port;
    this.#session = null;
    if ('done' in ending) {
      this.#counters.done += 1;
      this.close();
      this.#failure = null;
      this.#pauseMs = this.#room.port.timing.electionMs;
      logger.info(`the session of ${strategy} is done`, { epoch: door.epoch, at: ending.done.index });
      return;
    }
    this.#counters.failed += 1;
    const { failed } = ending;
    if (this.#next < this.#ways.length) {
      this.#due = true;
      logger.warn(`${failed.message}: the next strategy is tried`, { code: failed.code, ...failed.details });
      this.#room.wake();
      return;
    }
    this.#exhausted(failed, strategy);
  }

  #exhausted(failed: SmaltiError, strategy: string): void {
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, 2 * pause);
    this.#failure = { code: failed.code, message: failed.message, strategy };
    this.#room.port.logger.warn(
      `this node cannot catch up: ${failed.message}: every strategy was tried, again in ${pause} ms`,
      { code: failed.code, ...failed.details },
    );
    this.#pause = this.#room.port.clock.setTimer(pause, () => {
      this.#pause = null;
      this.#begin();
    });
  }

  #lastLeader(): PeerId {
    this.#leader = this.#room.port.leader() ?? this.#leader;
    if (this.#leader === null) throw refused(this.#session?.strategy ?? 'sync', 'no leader was heard yet');
    return this.#leader;
  }
}
