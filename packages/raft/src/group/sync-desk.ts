import {
  type Bond,
  type Cursor,
  type EntryDraft,
  EntryKind,
  type GroupId,
  type Index,
  type PeerId,
  type PeerIdentity,
  type SmaltiError,
} from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import type { SyncPort } from '../sync/port.ts';
import { SyncHost } from '../sync/sync-host.ts';
import type { SyncStatus } from '../sync/sync-status.ts';
import type { BondTable } from './bond-table.ts';
import { logViewOf } from './log-view.ts';
import type { PeerWire } from './peer-wire.ts';
import type { Replica } from './replica.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { SessionDoors } from './session-doors.ts';
import type { SessionEvent } from './shell-port.ts';
import type { Standing } from './standing.ts';

/** Bytes of a sync message's envelope, at most. */
const ENVELOPE_BYTES = 256;

/** What a desk needs of its group. */
export interface SyncDeskPort {
  readonly bonds: BondTable;
  readonly wire: PeerWire;
  readonly standing: Pick<Standing, 'position' | 'leader' | 'lastLeader'>;
  leads(): boolean;
  /** The state of this node is not what a majority has. */
  diverged(): boolean;
  /** The envelope of a command that nobody waits for. */
  stray(command: Uint8Array): Uint8Array;
  wake(): void;
  /** Final: the store of checkpoints has failed. */
  fault(error: SmaltiError): void;
}

/**
 * Between a group and the host of its strategies: what happens in the midst of a step is told at the turn's end, so that
 * no strategy ever runs within one.
 */
export class SyncDesk<Command, Query, Result> {
  readonly #options: RuntimeOptions<Command, Query, Result>;
  readonly #port: SyncDeskPort;
  #host: SyncHost | null = null;
  #doors: SessionDoors | null = null;
  #replica: Replica<Command, Query, Result> | null = null;
  #events: SessionEvent[] = [];
  #drafts: EntryDraft[] = [];
  #told: Index = 0 as Index;
  /** Strategies ask in every turn, and bonds change seldom. */
  #sorted: { readonly of: readonly PeerIdentity[]; readonly bonds: readonly PeerIdentity[] } = {
    of: [],
    bonds: [],
  };

  constructor(options: RuntimeOptions<Command, Query, Result>, port: SyncDeskPort) {
    this.#options = options;
    this.#port = port;
  }

  /** The node is a member: its strategies begin. @throws what a strategy's `createProvider` throws. */
  begin(replica: Replica<Command, Query, Result>): void {
    this.#replica = replica;
    this.#doors = new SessionDoors(replica.shell, replica.installer);
    this.#host = new SyncHost(this.#options.sync, this.#hostPort(replica, replica.born.genesis.group));
    for (const bond of this.#bonds()) this.#host.bonded(bond.id);
  }

  bonded(bond: Bond): void {
    this.#host?.bonded(bond.peer.id);
  }

  unbonded(bond: Bond): void {
    // Another incarnation under the same id may be there still.
    if (this.#bondOf(bond.peer.id) === undefined) this.#host?.unbonded(bond.peer.id);
  }

  writable(bond: Bond): void {
    this.#host?.writable(bond.peer.id);
  }

  received(bond: Bond, body: Extract<GroupBody, { type: 'sync' | 'sync-offers' }>): void {
    if (body.type === 'sync') this.#host?.received(bond.peer.id, body);
    else this.#host?.offered(bond.peer.id, body.offers, body.ask);
  }

  /** Told in the midst of a step. */
  session(event: SessionEvent): void {
    this.#events.push(event);
    this.#port.wake();
  }

  fed(payload: Uint8Array, at: Cursor): void {
    this.#host?.fed(payload, at);
  }

  /** At the end of a turn. */
  turn(): void {
    const host = this.#host;
    if (host === null) return;
    for (const event of this.#events.splice(0)) this.#tell(host, event);
    this.#doors?.settle();
    const committed = this.#port.standing.position('committed');
    if (committed.index > this.#told) {
      this.#told = committed.index;
      host.committed(committed);
    }
    host.turn();
    const drafts = this.#drafts.splice(0);
    if (drafts.length > 0 && this.#port.leads()) this.#replica?.shell.propose(drafts);
  }

  /** Up to where the strategies can do without the log; null if none of them says. */
  safeToPrune(): Index | null {
    return this.#host?.safeToPrune() ?? null;
  }

  status(): SyncStatus | null {
    return this.#host?.status() ?? null;
  }

  close(): void {
    this.#host?.close();
    this.#host = null;
  }

  #tell(host: SyncHost, event: SessionEvent): void {
    switch (event.type) {
      case 'session-opened': {
        const door = this.#doors?.open(event.epoch);
        if (door !== undefined && door !== null) host.openSession(door, event.ceiling, event.entries);
        return;
      }
      case 'session-moved':
        host.sessionMoved();
        return;
      case 'session-buffered':
        host.buffered(event.position, event.count, event.bytes);
        return;
      case 'session-over':
        host.sessionOver(event.epoch, event.why);
        return;
    }
  }

  #hostPort(replica: Replica<Command, Query, Result>, groupId: GroupId): SyncPort {
    const { machine, log, platform, network, identity, timing, transport } = this.#options;
    const { standing, leads, diverged, wake, fault } = this.#port;
    return {
      machine,
      machineVersion: () => replica.applier.version.now,
      log: logViewOf(log),
      snapshots: this.#options.checkpoints?.store ?? null,
      framer: replica.born.framer,
      localId: identity.node,
      groupId,
      networkId: network,
      clock: platform.clock,
      scheduler: platform.scheduler,
      random: platform.random,
      hasher: platform.hasher,
      logger: platform.logger,
      timing: { heartbeatMs: timing.heartbeatMs, electionMs: timing.electionMinMs },
      maxMessageBytes: transport.maxMessageBytes - ENVELOPE_BYTES,
      committed: () => standing.position('committed'),
      leader: () => standing.leader ?? standing.lastLeader,
      leads,
      diverged,
      bonds: () => this.#bonds(),
      send: (to, envelope) => {
        const bond = this.#bondOf(to);
        return bond !== undefined && this.#port.wire.sendBulk(bond, { type: 'sync', ...envelope });
      },
      offer: (to, offers, ask) => {
        const bond = this.#bondOf(to);
        if (bond !== undefined) this.#port.wire.sendControl(bond, { type: 'sync-offers', offers, ask });
      },
      propose: (drafts) => {
        if (!leads()) return false;
        this.#drafts.push(...drafts);
        wake();
        return true;
      },
      commandDraft: (command) => {
        const payload = this.#port.stray(machine.commands.encode(command as Command));
        return { kind: EntryKind.command, payload };
      },
      wake,
      fault,
    };
  }

  #bonds(): readonly PeerIdentity[] {
    const { peers } = this.#port.bonds;
    if (this.#sorted.of !== peers) {
      const byId = new Map(peers.map((peer) => [peer.id, peer]));
      this.#sorted = { of: peers, bonds: [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
    }
    return this.#sorted.bonds;
  }

  #bondOf(id: PeerId): Bond | undefined {
    return this.#port.bonds.entries().findLast(([, bond]) => bond.peer.id === id)?.[1];
  }
}
