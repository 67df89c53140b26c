import {
  type Bond,
  type BondCredentials,
  type BondEvents,
  type GroupId,
  type Lane,
  type PeerIdentity,
  type Refusal,
  type Transport,
  type TransportGroup,
  toBootNonce,
  toClusterId,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { check } from '../suite/expect.ts';

/** What a member of a group is, where it differs from the ordinary. */
export interface MemberOptions {
  readonly network?: string;
  /** Numbers of groups, the member's own first. Default: 1. */
  readonly groups?: readonly number[];
  /** Numbers of keys, the preferred one first. Default: 1. */
  readonly keys?: readonly number[];
  /** The number of its cluster; default: blank. */
  readonly cluster?: number;
  /** The number of its process; default: 1. */
  readonly boot?: number;
  /** The number of its directory; default: one that belongs to its name. */
  readonly incarnation?: number;
  readonly protocol?: { readonly min: number; readonly max: number };
}

/** Something that came over a bond. */
export interface Received {
  readonly bond: Bond;
  readonly lane: Lane;
  readonly bytes: Uint8Array;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** The id of the group with that number. */
export function groupNumber(number: number): GroupId {
  return toGroupId(hex(number, 64));
}

/** One node's part in one group: it notes everything, and sees to it that events keep their promises. */
export class Member implements BondEvents {
  readonly name: string;
  readonly group: TransportGroup;
  readonly received: Received[] = [];
  readonly ended: { readonly bond: Bond; readonly reason: Refusal }[] = [];
  readonly refusals: Refusal[] = [];
  readonly writables: { readonly bond: Bond; readonly lane: Lane }[] = [];
  readonly made: Bond[] = [];
  readonly local: PeerIdentity;
  readonly #live = new Set<Bond>();
  readonly #changed: () => void;
  #inside = false;
  #calling = false;
  #closed = false;
  /** What was wrong with an event. Reported when the case waits. */
  broken: string | null = null;

  constructor(transport: Transport, name: string, options: MemberOptions, changed: () => void) {
    this.name = name;
    this.#changed = changed;
    const groups = (options.groups ?? [1]).map(groupNumber);
    const keys = (options.keys ?? [1]).map((key) => new Uint8Array(32).fill(key));
    const directory =
      options.incarnation ?? [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
    this.local = {
      id: toPeerId(name),
      incarnation: toIncarnation(hex(directory, 32)),
      boot: toBootNonce(hex(options.boot ?? 1, 16)),
      cluster: options.cluster === undefined ? null : toClusterId(hex(options.cluster, 32)),
      bootstrapping: false,
      address: transport.address,
      protocol: options.protocol ?? { min: 1, max: 1 },
    };
    const credentials: BondCredentials = {
      network: toNetworkId(options.network ?? 'compliance'),
      groups: () => groups,
      keys: () => keys,
      local: () => this.local,
    };
    this.group = transport.attach(credentials, this);
  }

  /** Names of those it has bonds with, sorted. */
  get peers(): string[] {
    return this.group.bonds.map(({ peer }) => peer.id as string).sort();
  }

  /** The bond with a node. @throws ComplianceError if there is none. */
  bond(name: string): Bond {
    const bond = this.group.bonds.find(({ peer }) => peer.id === name);
    check(bond !== undefined, `${this.name} should have a bond with ${name}`);
    return bond;
  }

  /** Calls the transport, and sees to it that no event comes within. */
  call<T>(work: (group: TransportGroup) => T): T {
    this.#calling = true;
    try {
      return work(this.group);
    } finally {
      this.#calling = false;
    }
  }

  dial(...addresses: readonly string[]): this {
    for (const address of addresses) this.call((group) => group.dial(address));
    return this;
  }

  send(name: string, lane: Lane, bytes: Uint8Array): boolean {
    const bond = this.bond(name);
    return this.call(() => bond.send(lane, bytes));
  }

  close(): void {
    this.call((group) => group.close());
    this.#closed = true;
  }

  bonded(bond: Bond): void {
    this.#note(() => {
      const { id, incarnation } = bond.peer;
      for (const other of this.#live) {
        const twice = other.peer.id === id && other.peer.incarnation === incarnation;
        if (twice) this.#wrong(`a second bond with ${id}`);
      }
      this.#live.add(bond);
      this.made.push(bond);
    });
  }

  message(bond: Bond, lane: Lane, bytes: Uint8Array): void {
    this.#note(() => {
      if (!this.#live.has(bond)) this.#wrong(`a message on a bond with ${bond.peer.id} that does not exist`);
      this.received.push({ bond, lane, bytes });
    });
  }

  writable(bond: Bond, lane: Lane): void {
    this.#note(() => this.writables.push({ bond, lane }));
  }

  unbonded(bond: Bond, reason: Refusal): void {
    this.#note(() => {
      if (!this.#live.delete(bond)) this.#wrong(`the end of a bond with ${bond.peer.id} that does not exist`);
      if (this.group.bonds.includes(bond)) this.#wrong('a bond that has ended is still among the bonds');
      if (bond.send('control', new Uint8Array(1))) this.#wrong('a bond that has ended still takes messages');
      this.ended.push({ bond, reason });
    });
  }

  refused(refusal: Refusal): void {
    this.#note(() => this.refusals.push(refusal));
  }

  #note(event: () => void): void {
    if (this.#closed) this.#wrong('an event after the group was closed');
    if (this.#inside) this.#wrong('an event within another one');
    if (this.#calling) this.#wrong('an event within a call to the transport');
    this.#inside = true;
    event();
    this.#inside = false;
    this.#changed();
  }

  #wrong(what: string): void {
    this.broken ??= `${this.name} got ${what}`;
  }
}
