import { type Cursor, type Entry, type Index, type PeerId, SmaltiError } from '@smalti/core';
import { CatchUp } from './catch-up.ts';
import { type AnyStateSync, checkStrategies, Dialect, isStrategyName } from './dialect.ts';
import { reasonOf } from './errors.ts';
import { decodeFed } from './fed-payload.ts';
import { Gate } from './gate.ts';
import { HostedProvider } from './hosted-provider.ts';
import { Notes } from './notes.ts';
import { PeerVersions } from './peer-versions.ts';
import type { SessionDoor, SessionEnd, SyncEnvelope, SyncOffer, SyncPort } from './port.ts';
import type { Room } from './room.ts';
import { SyncCounters, type SyncStatus } from './sync-status.ts';

export interface SyncHostOptions {
  /**
   * Milliseconds without progress after which a session is ended: neither `bytesDone` of its reports has grown, nor
   * was something missing appended. Default 30,000.
   */
  readonly stallMs?: number;
}

/** The default of `stallMs`, in milliseconds. */
export const DEFAULT_STALL_MS = 30_000;

/**
 * Hosts the strategies of one group on one node: a provider of each for as long as the group lives, and sessions, one
 * at a time, while this node lacks committed entries that its leader does not have at hand.
 *
 * Called by the group. Strategies are called in `turn` and nowhere else, but for `createProvider` (in the
 * constructor), `marker` (in `fed`), `safeToPrunePrefix` (in `safeToPrune`) and `close`. Nothing that a strategy
 * throws comes out of here, but for what `createProvider` and `messages` throw.
 */
export class SyncHost {
  readonly #port: SyncPort;
  readonly #gate: Gate;
  readonly #notes: Notes;
  readonly #peers: PeerVersions;
  readonly #counters = new SyncCounters();
  readonly #providers = new Map<string, HostedProvider>();
  readonly #catchUp: CatchUp;
  #turning = false;
  #closed = false;
  #nextTurn = false;

  /**
   * @param strategies in the order in which this node's sessions try them.
   * @throws what `checkStrategies`, `messages` and `createProvider` throw; SmaltiError `BAD_OPTION`. Providers that
   * were made are closed then.
   */
  constructor(strategies: readonly AnyStateSync[], port: SyncPort, options: SyncHostOptions = {}) {
    checkStrategies(strategies);
    const stallMs = options.stallMs ?? DEFAULT_STALL_MS;
    if (!Number.isFinite(stallMs) || stallMs < 1) {
      const text = `option stallMs is ${stallMs}, and must be a number of milliseconds of at least 1`;
      throw new SmaltiError('BAD_OPTION', text, { details: { option: 'stallMs', value: stallMs } });
    }
    this.#port = port;
    this.#gate = new Gate((work) => port.scheduler.endOfTurn(work));
    this.#notes = new Notes(port.clock, port.logger);
    const ways = strategies.map((strategy) => ({ strategy, dialect: new Dialect(strategy) }));
    const offers = Object.freeze(ways.map(({ dialect }) => dialect.offer));
    this.#peers = new PeerVersions(port, this.#notes, offers);
    const room: Room = {
      port,
      gate: this.#gate,
      notes: this.#notes,
      peers: this.#peers,
      wake: () => this.#wake(),
    };
    this.#catchUp = new CatchUp(room, ways, stallMs, this.#counters);
    try {
      for (const { strategy, dialect } of ways) {
        const { name } = dialect;
        const provider = new HostedProvider(strategy, dialect, room, {
          handedBack: (message, sender, bytes) => this.#catchUp.receive(name, message, sender, bytes),
          unreadable: (sender) => this.#catchUp.unreadable(name, sender),
          dropped: () => {
            this.#counters.dropped += 1;
          },
        });
        this.#providers.set(name, provider);
      }
    } catch (error) {
      this.close();
      throw error;
    }
    this.#wake();
  }

  /** A bond begins; the one before with the same peer, if any, has ended. */
  bonded(peer: PeerId): void {
    if (this.#closed) return;
    this.#peers.bonded(peer);
    this.#pokeAll();
  }

  unbonded(peer: PeerId): void {
    if (this.#closed) return;
    this.#peers.unbonded(peer);
    this.#pokeAll();
  }

  /** The bulk lane of the peer, which was full, has room. */
  writable(_peer: PeerId): void {
    if (!this.#closed) this.#pokeAll();
  }

  /** A peer tells which strategies and versions it speaks; with `ask` it wants to be told. */
  offered(sender: PeerId, offers: readonly SyncOffer[], ask: boolean): void {
    if (this.#closed) return;
    this.#peers.offered(sender, offers, ask);
    this.#pokeAll();
  }

  /** A message of a bonded peer. Its bytes belong to the host. */
  received(sender: PeerId, envelope: SyncEnvelope): void {
    if (this.#closed) return;
    const { strategy, version } = envelope;
    const provider = this.#providers.get(strategy);
    if (provider === undefined) {
      const name = isStrategyName(strategy) ? strategy : 'without a proper name';
      this.#drop(sender, sender, `is of the strategy ${name}, which this node does not have`);
      return;
    }
    const { min, max } = provider.offer;
    if (version >= min && version <= max) provider.receive(sender, envelope);
    else
      this.#drop(
        sender,
        `${sender} ${strategy}`,
        `is of ${strategy} ${version}, and this node speaks ${min} to ${max}`,
      );
  }

  /** The commit index has advanced. */
  committed(at: Cursor): void {
    if (this.#closed) return;
    const copy = Object.freeze({ term: at.term, index: at.index });
    for (const provider of this.#providers.values()) provider.committed(copy);
  }

  /** An entry of kind `sync` was applied just now: its payload, and where. The machine is of exactly that position. */
  fed(payload: Uint8Array, at: Cursor): void {
    if (this.#closed) return;
    try {
      const { strategy, bytes } = decodeFed(payload);
      const provider = this.#providers.get(strategy);
      if (provider !== undefined) {
        provider.marker(Uint8Array.from(bytes), Object.freeze({ term: at.term, index: at.index }));
        return;
      }
      const text = `entry ${at.index} is of the strategy ${strategy}, which this node does not have: it is ignored`;
      this.#notes.warn('fed unknown', text, { strategy, index: at.index });
    } catch (error) {
      const text = `entry ${at.index} of a strategy is not readable, and is ignored: ${reasonOf(error)}`;
      this.#notes.warn('fed', text, { index: at.index });
    }
  }

  /** This node lacks committed entries: sessions are tried until one is done, or `sessionOver`. */
  openSession(door: SessionDoor, leaderCommit: Index, entries: readonly Entry[]): void {
    if (!this.#closed) this.#catchUp.open(door, leaderCommit, entries);
  }

  /** The session's position or ceiling has risen. */
  sessionMoved(): void {
    if (!this.#closed) this.#catchUp.poke();
  }

  /** The leader sent entries that the engine keeps for after the session. */
  buffered(position: Cursor, count: number, bytes: number): void {
    if (!this.#closed) this.#catchUp.buffered(Object.freeze({ ...position }), count, bytes);
  }

  /** The session of that epoch is over, by the engine's word. */
  sessionOver(epoch: number, why: SessionEnd): void {
    if (!this.#closed) this.#catchUp.over(epoch, why);
  }

  /** Up to where the log may be pruned for all that strategies say; null for not at all. */
  safeToPrune(): Index | null {
    // Within a call of a strategy no other may be asked.
    if (this.#closed || this.#gate.held) return null;
    const words = [...this.#providers.values()]
      .map((provider) => provider.safeToPrune())
      .filter((word) => word !== null);
    if (words.length === 0) return null;
    return Math.min(...words, this.#port.committed().index) as Index;
  }

  /** The turn's end, once for each `port.wake()`: what is due is told and polled, within bounds. */
  turn(): void {
    if (this.#closed || this.#turning) return;
    if (!this.#gate.held) {
      this.#turning = true;
      for (const { owner } of this.#providers.values()) owner.run();
      this.#catchUp.turn();
      this.#turning = false;
    }
    if (this.#closed || this.#nextTurn || !this.#hasWork()) return;
    this.#nextTurn = true;
    this.#port.scheduler.nextTurn(() => {
      this.#nextTurn = false;
      this.#wake();
    });
  }

  status(): SyncStatus {
    return { ...this.#catchUp.status, totals: this.#counters.totals() };
  }

  /** The group is left. Everything of strategies has ended when this returns, but for a call that is under way. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#catchUp.close();
    for (const provider of this.#providers.values()) provider.close();
  }

  /** What becomes due in a turn is for the next one, so that input and output have their chance between them. */
  #wake(): void {
    if (!this.#closed && !this.#turning) this.#port.wake();
  }

  #hasWork(): boolean {
    return this.#catchUp.hasWork || [...this.#providers.values()].some(({ owner }) => owner.hasWork);
  }

  #pokeAll(): void {
    for (const { owner } of this.#providers.values()) owner.poke();
    this.#catchUp.poke();
  }

  #drop(peer: PeerId, key: string, why: string): void {
    this.#counters.dropped += 1;
    this.#notes.warn(`dropped ${key}`, `a sync message of ${peer} was dropped: it ${why}`, { peer });
  }
}
