import {
  type Cursor,
  type Index,
  isSnapshotStateMachine,
  type PeerId,
  type Settled,
  SmaltiError,
  type Snapshot,
  type SyncProvider,
} from '@smalti/core';
import type { AnyStateSync, Dialect } from './dialect.ts';
import { reasonOf } from './errors.ts';
import { Outbox } from './outbox.ts';
import { isPromise, Owner, THREW } from './owner.ts';
import type { SyncEnvelope } from './port.ts';
import { ProviderContext } from './provider-context.ts';
import type { Room } from './room.ts';

/** Where messages go that a provider does not take. */
export interface ProviderSurroundings {
  handedBack(message: unknown, sender: PeerId, bytes: number): void;
  unreadable(sender: PeerId): void;
  /** A message was dropped. */
  dropped(): void;
}

const OPTIONAL = ['poll', 'completed', 'committed', 'marker', 'safeToPrunePrefix', 'close'] as const;
type Optional = (typeof OPTIONAL)[number];

/** The provider of one strategy on this node, and every call to it. What it throws is told by name, and that is all. */
export class HostedProvider {
  readonly owner: Owner;
  readonly #room: Room;
  readonly #dialect: Dialect;
  readonly #surroundings: ProviderSurroundings;
  readonly #context: ProviderContext;
  readonly #provider: SyncProvider<never, unknown>;
  /** Which of the methods that may be left out it has. Looked up once: looking is a call of the strategy too. */
  readonly #has: ReadonlySet<Optional>;
  #committed: Cursor | null = null;
  /** Markers that could not be told at once. */
  #markers = 0;
  #snapshot: Snapshot | null = null;

  /** @throws what `createProvider` throws; SmaltiError `PLUGIN_MISMATCH` if it gives no provider. */
  constructor(strategy: AnyStateSync, dialect: Dialect, room: Room, surroundings: ProviderSurroundings) {
    this.#room = room;
    this.#dialect = dialect;
    this.#surroundings = surroundings;
    this.owner = new Owner(dialect.name, 'provider', room, {
      poll: () => this.#poll(),
      completed: (tag, outcome) => this.#completed(tag, outcome),
      threw: (method, error) => this.#threw(method, error),
    });
    this.#context = new ProviderContext(this.owner, room, new Outbox(room.port, room.peers, dialect));
    try {
      this.#provider = room.gate.call(() => strategy.createProvider(this.#context));
      if (isPromise(this.#provider) || typeof this.#provider?.receive !== 'function') {
        const text = `${dialect.name}: createProvider gave no provider`;
        throw new SmaltiError('PLUGIN_MISMATCH', text, { details: { strategy: dialect.name } });
      }
      this.#has = new Set(OPTIONAL.filter((method) => this.#provider[method] !== undefined));
    } catch (error) {
      this.owner.end();
      throw error;
    }
  }

  get offer(): Dialect['offer'] {
    return this.#dialect.offer;
  }

  /** A message of a peer, in one of this strategy's versions. */
  receive(sender: PeerId, { version, bytes }: SyncEnvelope): void {
    const kept = this.owner.postMessage(() => this.#receive(sender, version, bytes), bytes.length);
    if (kept) return;
    this.#drop(`full ${sender}`, `a message of ${sender} was dropped: too many wait for their turn`, sender);
  }

  committed(at: Cursor): void {
    if (!this.#has.has('committed')) return;
    const waits = this.#committed !== null;
    this.#committed = at;
    if (waits) return;
    this.owner.post(() => {
      const newest = this.#committed;
      this.#committed = null;
      if (newest !== null) this.#call('committed', () => this.#provider.committed?.(newest, this.#cx));
    });
  }

  /** An entry that this strategy fed was applied just now. The bytes are the provider's to keep. */
  marker(bytes: Uint8Array, at: Cursor): void {
    if (!this.#has.has('marker') || this.owner.over) return;
    const snapshot = this.#capture();
    if (!this.#room.gate.held && this.#markers === 0) {
      this.#tellMarker(bytes, at, snapshot);
      this.owner.poke();
      return;
    }
    this.#markers += 1;
    this.owner.post(() => {
      this.#markers -= 1;
      this.#tellMarker(bytes, at, snapshot);
    });
  }

  /** The provider's word, null to abstain. */
  safeToPrune(): Index | null {
    if (!this.#has.has('safeToPrunePrefix')) return null;
    const word = this.#call('safeToPrunePrefix', () => this.#provider.safeToPrunePrefix?.(this.#cx) ?? null);
    this.owner.poke();
    if (word === null) return null;
    if (word !== THREW && Number.isSafeInteger(word) && word >= 0) return word;
    if (word !== THREW) this.#threw('safeToPrunePrefix', new TypeError(`it gave ${String(word)}`));
    return 0 as Index;
  }

  close(): void {
    if (this.owner.over) return;
    this.owner.end();
    this.#room.gate.whenFree(() => {
      this.#release();
      if (this.#has.has('close')) this.#call('close', () => this.#provider.close?.());
    });
  }

  get #cx(): never {
    // Contexts are made for any machine; a provider's own types are not known here.
    return this.#context as never;
  }

  #receive(sender: PeerId, version: number, bytes: Uint8Array): void {
    let message: unknown;
    try {
      message = this.#room.gate.call(() => this.#dialect.codec(version)?.decode(bytes));
    } catch (error) {
      const why = `a message of ${sender} is not readable: ${reasonOf(error)}`;
      this.#drop(`unreadable ${sender}`, why, sender);
      this.#surroundings.unreadable(sender);
      return;
    }
    const taken: unknown = this.#call('receive', () => this.#provider.receive(message, sender, this.#cx));
    if (taken === false) this.#surroundings.handedBack(message, sender, bytes.length);
    else if (taken !== true && taken !== THREW) {
      this.#threw('receive', new TypeError(`it gave ${typeof taken}, neither true nor false`));
    }
  }

  #poll(): boolean {
    if (!this.#has.has('poll')) return false;
    const answer: unknown = this.#call('poll', () => this.#provider.poll?.(this.#cx));
    if (answer === 'again') return true;
    if (answer !== 'pending' && answer !== THREW) {
      this.#threw('poll', new TypeError('it gave neither pending nor again'));
    }
    return false;
  }

  #completed(tag: string, outcome: Settled): void {
    if (!this.#has.has('completed')) return;
    this.#call('completed', () => this.#provider.completed?.(tag, outcome, this.#cx));
  }

  #capture(): Snapshot | null {
    const { machine, machineVersion } = this.#room.port;
    if (!isSnapshotStateMachine(machine)) return null;
    try {
      return machine.createSnapshot(machineVersion());
    } catch (error) {
      this.#note('snapshot', `the machine cannot be captured: ${reasonOf(error)}`);
      return null;
    }
  }

  #tellMarker(bytes: Uint8Array, at: Cursor, snapshot: Snapshot | null): void {
    this.#release();
    this.#snapshot = snapshot;
    this.#call('marker', () => this.#provider.marker?.(bytes, at, snapshot, this.#cx));
  }

  #release(): void {
    const snapshot = this.#snapshot;
    this.#snapshot = null;
    if (snapshot === null) return;
    try {
      snapshot.release();
    } catch (error) {
      this.#note('snapshot', `a snapshot of the machine cannot be released: ${reasonOf(error)}`);
    }
  }

  #call<T>(method: string, work: () => T): T | typeof THREW {
    return this.owner.call(method, work);
  }

  #threw(method: string, error: unknown): void {
    this.#note(method, `${method} of its provider threw: ${reasonOf(error)}`);
  }

  #drop(key: string, text: string, peer: PeerId): void {
    this.#surroundings.dropped();
    this.#note(key, text, peer);
  }

  #note(key: string, text: string, peer?: PeerId): void {
    const { name } = this.#dialect;
    const fields = peer === undefined ? { strategy: name } : { strategy: name, peer };
    this.#room.notes.warn(`${name} ${key}`, `${name}: ${text}`, fields);
  }
}
