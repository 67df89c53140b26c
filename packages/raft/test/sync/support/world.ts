import {
  type AnyStateMachine,
  type Cursor,
  type EntryDraft,
  EntryKind,
  type LogFields,
  type Logger,
  noopMachine,
  type PeerId,
  type PeerIdentity,
  type SmaltiError,
  toBootNonce,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { Simulation, simHasher } from '@smalti/simulator';
import type { AnyStateSync } from '../../../src/sync/dialect.ts';
import type { SyncEnvelope, SyncOffer, SyncPort } from '../../../src/sync/port.ts';
import { SyncHost, type SyncHostOptions } from '../../../src/sync/sync-host.ts';
import { FakeDoor, FakeLog, framer } from './door.ts';

export const peer = (name: string): PeerId => toPeerId(name);

function identity(id: PeerId): PeerIdentity {
  return {
    id,
    incarnation: toIncarnation('0'.repeat(32)),
    boot: toBootNonce('0'.repeat(16)),
    cluster: framer.cluster,
    bootstrapping: false,
    address: '',
    protocol: { min: 1, max: 1 },
  };
}

export interface WorldOptions extends SyncHostOptions {
  readonly machine?: AnyStateMachine;
  /** The terms of the local log. */
  readonly log?: readonly number[];
  /** Done to the port before the host is made. */
  readonly tune?: (port: { -readonly [K in keyof SyncPort]: SyncPort[K] }) => void;
}

/** A group around one host, in virtual time: a test plays the engine, the peers and the disk. */
export class World {
  readonly sim = new Simulation({ seed: 5 });
  readonly log: FakeLog;
  readonly host: SyncHost;
  readonly lines: { readonly level: string; readonly text: string; readonly fields: LogFields }[] = [];
  readonly sent: { readonly to: PeerId; readonly envelope: SyncEnvelope }[] = [];
  readonly offers: { readonly to: PeerId; readonly offers: readonly SyncOffer[]; readonly ask: boolean }[] =
    [];
  readonly proposed: EntryDraft[] = [];
  readonly faults: SmaltiError[] = [];
  committed: Cursor;
  leads = false;
  diverged = false;
  leader: PeerId | null = peer('n2');
  /** False: the bulk lanes are full. */
  room = true;
  turns = 0;
  #bonds: PeerId[] = [];
  #turnDue = false;
  /** The newest session's. */
  epoch = 0;
  door: FakeDoor | null = null;

  constructor(strategies: readonly AnyStateSync[], options: WorldOptions = {}) {
    const { clock, scheduler, random } = this.sim.node('n1').ports;
    this.log = new FakeLog(options.log ?? [1, 1]);
    this.committed = this.log.last;
    const port: SyncPort = {
      machine: options.machine ?? noopMachine(),
      log: this.log,
      snapshots: null,
      machineVersion: () => 3,
      framer,
      localId: peer('n1'),
      groupId: toGroupId('d'.repeat(64)),
      networkId: toNetworkId('net'),
      clock,
      scheduler,
      random,
      hasher: simHasher,
      logger: this.#logger({}),
      timing: { heartbeatMs: 20, electionMs: 100 },
      maxMessageBytes: 1_000,
      committed: () => this.committed,
      leader: () => this.leader,
      leads: () => this.leads,
      diverged: () => this.diverged,
      bonds: () => this.#bonds.map(identity),
      send: (to, envelope) => {
        if (!this.room || !this.#bonds.includes(to)) return false;
        this.sent.push({ to, envelope });
        return true;
      },
      offer: (to, offers, ask) => this.offers.push({ to, offers, ask }),
      propose: (drafts) => {
        if (this.leads) this.proposed.push(...drafts);
        return this.leads;
      },
      commandDraft: (command) => ({ kind: EntryKind.command, payload: new Uint8Array([Number(command)]) }),
      wake: () => this.#wake(),
      fault: (error) => this.faults.push(error),
    };
    options.tune?.(port);
    this.host = new SyncHost(strategies, port, options);
  }

  /** Lets everything that is due now happen, promises included, or so many milliseconds pass. */
  async run(ms = 0): Promise<void> {
    await this.sim.run(this.sim.now + ms);
  }

  /** One turn, and nothing else. */
  turn(): void {
    this.#turnDue = false;
    this.turns += 1;
    this.host.turn();
  }

  bond(name: string, offers?: readonly SyncOffer[]): PeerId {
    const id = peer(name);
    this.#bonds = [...this.#bonds.filter((other) => other !== id), id].sort();
    this.host.bonded(id);
    if (offers !== undefined) this.host.offered(id, offers, false);
    return id;
  }

  unbond(name: string): void {
    this.#bonds = this.#bonds.filter((other) => other !== name);
    this.host.unbonded(peer(name));
  }

  /** The engine opens a session: what is committed has these terms, and position is to be reached. */
  open(terms: readonly number[] = [1, 1, 1, 2, 2, 2], position = terms.length): FakeDoor {
    this.epoch += 1;
    const door = new FakeDoor(this.epoch, this.log, terms, position);
    this.door = door;
    this.host.openSession(door, door.ceiling, []);
    return door;
  }

  texts(level: string): readonly string[] {
    return this.lines.filter((line) => line.level === level).map(({ text }) => text);
  }

  #wake(): void {
    if (this.#turnDue) return;
    this.#turnDue = true;
    this.sim.node('n1').ports.scheduler.endOfTurn(() => {
      if (this.#turnDue) this.turn();
    });
  }

  #logger(fields: LogFields): Logger {
    const line =
      (level: string) =>
      (text: string, more: LogFields = {}): void => {
        this.lines.push({ level, text, fields: { ...fields, ...more } });
      };
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      with: (more) => this.#logger({ ...fields, ...more }),
    };
  }
}

/** The code of what a call throws. */
export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String((error as { code?: unknown }).code ?? (error as Error).name);
  }
  return 'nothing';
}

/** The message of what a call throws. */
export function textOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
