import {
  type Bond,
  type BondCredentials,
  type GroupId,
  type MemberKey,
  type PeerIdentity,
  SmaltiError,
} from '@smalti/core';
import { GROUP_PROTOCOL } from '@smalti/wire';
import { Birth, type Born } from './birth.ts';
import { type BondTable, keyOfBond } from './bond-table.ts';
import type { PeerWire } from './peer-wire.ts';
import { birthIn } from './replica.ts';
import type { RuntimeOptions } from './runtime-options.ts';

/** What is told of a node's belonging to a cluster. */
export interface BelongingPort {
  readonly self: MemberKey;
  readonly bonds: BondTable;
  readonly wire: PeerWire;
  /** The oldest version of the machine that is known here: what a cluster founded here begins with. */
  readonly oldestVersion: number;
  /** It belongs to a cluster: from its log, or as of now. */
  begin(born: Born): void;
  note(level: 'info' | 'warn', text: string): void;
  fail(error: SmaltiError): void;
  /** True if nothing is to begin any more. */
  over(): boolean;
}

/** Whether this node belongs to a cluster, and how it comes to: what it says of itself, and what it tells the blank. */
export class Belonging {
  readonly #options: Omit<RuntimeOptions<never, never, never>, 'machine'>;
  readonly #port: BelongingPort;
  #birth: Birth | null = null;
  #born: Born | null = null;

  constructor(options: Omit<RuntimeOptions<never, never, never>, 'machine'>, port: BelongingPort) {
    this.#options = options;
    this.#port = port;
  }

  /** A node that is to belong to a cluster by name founds none. */
  get #founds(): boolean {
    return this.#options.bootstrap && this.#options.cluster === null;
  }

  get born(): Born | null {
    return this.#born;
  }

  get group(): GroupId {
    return this.#born?.genesis.group ?? (this.#options.groups[0] as GroupId);
  }

  /**
   * Called once, before anybody is bonded.
   *
   * @param restored the birth, if it is known from elsewhere than the log; else null.
   * @throws SmaltiError `STORAGE_CORRUPT` if the log is not a cluster's.
   */
  start(restored: Born | null): void {
    const { log, bootstrap } = this.#options;
    if (log.last.index === 0) {
      this.#birth = this.#await();
      return;
    }
    const born = restored ?? birthIn(this.#options);
    const { cluster } = born.genesis;
    const wanted = this.#options.cluster;
    if (wanted !== null && cluster !== wanted) {
      const text =
        `this node is to belong to cluster ${wanted}, and its data is of cluster ${cluster}: ` +
        'give it its own directory, or the name of its own cluster';
      throw new SmaltiError('STORAGE_FOREIGN', text, { details: { wanted, found: cluster } });
    }
    if (bootstrap) this.#port.note('info', 'was born before: --bootstrap means nothing any more');
    this.#become(born);
  }

  /** A bond came or went. */
  check(): void {
    this.#birth?.check();
  }

  /** Somebody sends entry 1. */
  received(bond: Bond, entry: Uint8Array): void {
    this.#birth?.received(bond.peer.id, bond.group, entry);
  }

  /** A blank node gets entry 1, and decides by itself what to make of it: the cluster may name it, or it wants to join. */
  tell(bond: Bond): void {
    const born = this.#born;
    if (born === null || bond.peer.cluster !== null) return;
    this.#port.wire.send(keyOfBond(bond), { type: 'birth', entry: born.entry.frame });
  }

  credentials(): BondCredentials {
    const { network, keys, identity, boot, transport, groups } = this.#options;
    let known: readonly GroupId[] = [];
    return {
      network,
      keys: () => keys,
      groups: () => {
        // Asked at every handshake of every group: it is made anew only after the birth.
        if (known[0] !== this.group) known = [...new Set([this.group, ...groups])];
        return known;
      },
      local: (): PeerIdentity => ({
        id: identity.node,
        incarnation: identity.incarnation,
        boot,
        cluster: this.#born?.genesis.cluster ?? null,
        bootstrapping: this.#founds && this.#born === null,
        address: transport.address,
        protocol: { min: GROUP_PROTOCOL, max: GROUP_PROTOCOL },
      }),
    };
  }

  #become(born: Born): void {
    this.#birth = null;
    this.#born = born;
    this.#port.wire.born(born.framer, this.#options.platform.hasher);
    this.#port.begin(born);
  }

  #await(): Birth {
    const { log, named, groups, platform, cluster, preference, joins } = this.#options;
    const { self, bonds, oldestVersion: machineVersion, note, fail } = this.#port;
    const { hasher, random, clock } = platform;
    const born = (is: Born): void => {
      if (this.#port.over()) return;
      note('info', `belongs to cluster ${is.genesis.cluster}`);
      this.#become(is);
      for (const [, bond] of bonds.entries()) this.tell(bond);
    };
    const port = {
      self,
      named,
      log,
      groups,
      machineVersion,
      cluster,
      preference,
      joins,
      hasher,
      random,
      clock,
      bonds: () => bonds.peers,
      holds: this.#options.holds,
      over: () => this.#port.over(),
      born,
      note,
      fail,
    };
    return new Birth(port, this.#founds);
  }
}
