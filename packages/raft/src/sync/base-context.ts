import type {
  AnyStateMachine,
  Clock,
  Cursor,
  GroupId,
  Hasher,
  Logger,
  LogView,
  NetworkId,
  PeerId,
  PeerIdentity,
  Random,
  SnapshotView,
  SyncContext,
  SyncTiming,
} from '@smalti/core';
import { copyOf, LogFacade } from './log-facade.ts';
import { machineFacade } from './machine-facade.ts';
import type { Outbox } from './outbox.ts';
import type { Owner } from './owner.ts';
import type { SyncPort } from './port.ts';
import type { Room } from './room.ts';

/**
 * What every part of a strategy can reach. Each use asks first whether the owner lives. Everything of the host is in
 * private fields, and prototypes are frozen: a strategy has what the contract says and no way further.
 */
export abstract class BaseContext implements SyncContext<AnyStateMachine, unknown> {
  readonly #owner: Owner;
  readonly #port: SyncPort;
  readonly #outbox: Outbox;
  readonly #log: LogFacade;
  readonly #snapshots: SnapshotView | null;
  readonly #machine: Readonly<AnyStateMachine>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #random: Pick<Random, 'next'>;
  readonly #hasher: Hasher;
  readonly #logger: Logger;
  readonly #timing: SyncTiming;
  /** What it showed last, of those bonds: copies that nobody can change are shown again. */
  #bonds: { readonly of: readonly PeerIdentity[] | null; readonly shown: readonly PeerIdentity[] } = {
    of: null,
    shown: [],
  };

  constructor(owner: Owner, { port }: Room, outbox: Outbox, snapshots: SnapshotView | null) {
    this.#owner = owner;
    this.#port = port;
    this.#outbox = outbox;
    this.#log = new LogFacade(port.log, owner);
    this.#snapshots = snapshots;
    this.#machine = machineFacade(port.machine, owner);
    this.#clock = Object.freeze({ now: () => port.clock.now() });
    this.#random = Object.freeze({ next: () => port.random.next() });
    const { hasher } = port;
    const hex = hasher.sha256Hex?.bind(hasher);
    this.#hasher = Object.freeze({
      crc32: (bytes: Uint8Array, seed?: number) => hasher.crc32(bytes, seed),
      sha256: (...parts: readonly Uint8Array[]) => hasher.sha256(...parts),
      ...(hex === undefined ? {} : { sha256Hex: (bytes: Uint8Array) => hex(bytes) }),
      hmacSha256: (key: Uint8Array, ...parts: readonly Uint8Array[]) => hasher.hmacSha256(key, ...parts),
      equal: (a: Uint8Array, b: Uint8Array) => hasher.equal(a, b),
    });
    this.#logger = port.logger.with({ strategy: owner.strategy });
    this.#timing = Object.freeze({
      heartbeatMs: port.timing.heartbeatMs,
      electionMs: port.timing.electionMs,
    });
  }

  static {
    Object.freeze(BaseContext.prototype);
  }

  get machine(): Readonly<AnyStateMachine> {
    this.#owner.check('machine');
    return this.#machine;
  }

  get log(): LogView {
    this.#owner.check('log');
    return this.#log;
  }

  get committed(): Cursor {
    return this.#owner.use('committed', () => copyOf(this.#port.committed()));
  }

  get localId(): PeerId {
    this.#owner.check('localId');
    return this.#port.localId;
  }

  get groupId(): GroupId {
    this.#owner.check('groupId');
    return this.#port.groupId;
  }

  get networkId(): NetworkId {
    this.#owner.check('networkId');
    return this.#port.networkId;
  }

  get bonds(): readonly PeerIdentity[] {
    return this.#owner.use('bonds', () => {
      const of = this.#port.bonds();
      if (this.#bonds.of !== of) this.#bonds = { of, shown: Object.freeze(of.map(frozenCopy)) };
      return this.#bonds.shown;
    });
  }

  get clock(): Pick<Clock, 'now'> {
    this.#owner.check('clock');
    return this.#clock;
  }

  get random(): Pick<Random, 'next'> {
    this.#owner.check('random');
    return this.#random;
  }

  get hasher(): Hasher {
    this.#owner.check('hasher');
    return this.#hasher;
  }

  get logger(): Logger {
    this.#owner.check('logger');
    return this.#logger;
  }

  get timing(): SyncTiming {
    this.#owner.check('timing');
    return this.#timing;
  }

  get maxMessageBytes(): number {
    this.#owner.check('maxMessageBytes');
    return this.#port.maxMessageBytes;
  }

  get snapshots(): SnapshotView | null {
    this.#owner.check('snapshots');
    return this.#snapshots;
  }

  leader(): PeerId | null {
    return this.#owner.use('leader', () => this.#port.leader());
  }

  sendTo(peer: PeerId, message: unknown): boolean {
    return this.#owner.use('sendTo', () => this.#outbox.send(peer, message));
  }

  broadcast(message: unknown): readonly PeerId[] {
    return this.#owner.use('broadcast', () => this.#outbox.broadcast(message));
  }

  start(work: (signal: AbortSignal) => Promise<unknown>, tag: string): void {
    this.#owner.use('start', () => this.#owner.start(work, tag));
  }

  wakeAfter(ms: number): void {
    this.#owner.use('wakeAfter', () => this.#owner.wakeAfter(ms));
  }
}

function frozenCopy(peer: PeerIdentity): PeerIdentity {
  return Object.freeze({ ...peer, protocol: Object.freeze({ ...peer.protocol }) });
}
