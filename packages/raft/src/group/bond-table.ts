import { type Bond, type MemberKey, memberKey, type PeerIdentity, type Refusal } from '@smalti/core';
import type { Input } from '../engine/io.ts';

/** How many refusals are remembered for `status`. */
const REFUSALS = 16;

/** The bonds of a group, by who is counted, and what was refused lately. */
export class BondTable {
  readonly #bonds = new Map<MemberKey, Bond>();
  #refusals: Refusal[] = [];
  /** In the order of bonding; another array after each change. */
  #peers: readonly PeerIdentity[] | null = null;

  add(bond: Bond): MemberKey {
    const key = keyOfBond(bond);
    this.#bonds.set(key, bond);
    this.#peers = null;
    return key;
  }

  /** False if another bond has taken its place. */
  remove(bond: Bond): boolean {
    const key = keyOfBond(bond);
    if (this.#bonds.get(key) !== bond) return false;
    this.#peers = null;
    return this.#bonds.delete(key);
  }

  get(key: MemberKey): Bond | undefined {
    return this.#bonds.get(key);
  }

  entries(): [MemberKey, Bond][] {
    return [...this.#bonds];
  }

  /** Tells an engine of all there are. */
  tell(step: (input: Input) => void): void {
    for (const bond of this.#bonds.values()) step(bondedOf(bond));
  }

  get peers(): readonly PeerIdentity[] {
    this.#peers ??= [...this.#bonds.values()].map((bond) => bond.peer);
    return this.#peers;
  }

  refused(refusal: Refusal): void {
    this.#refusals = [...this.#refusals.slice(1 - REFUSALS), refusal];
  }

  get refusals(): readonly Refusal[] {
    return this.#refusals;
  }
}

/** What an engine is told of a bond. */
export function bondedOf(bond: Bond): Input {
  const { boot } = bond.peer;
  return { type: 'bonded', peer: keyOfBond(bond), boot, pulses: bond.pulse !== undefined };
}

export function keyOfBond(bond: Bond): MemberKey {
  return memberKey(bond.peer.id, bond.peer.incarnation);
}
