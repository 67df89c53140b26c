import type { Cursor, PartName } from '@smalti/core';

/** How long what a session needs is kept for it without a word of it, in milliseconds: the default of snapshot sync. */
const LEASE_MS = 60_000;

/** A checkpoint that a node keeps for a session of a peer, and the log after it. */
export interface Lease {
  readonly peer: string;
  readonly nonce: number;
  readonly at: Cursor;
  readonly root: PartName;
  readonly until: number;
}

/** What each node has been asked to keep for sessions of its peers, and has to. */
export class Leases {
  readonly #of = new Map<string, Map<string, Lease>>();

  of(node: string, now: number): readonly Lease[] {
    return [...(this.#of.get(node)?.values() ?? [])].filter(({ until }) => until > now);
  }

  /** @param has the node has that checkpoint. */
  asked(node: string, lease: Omit<Lease, 'until'>, has: boolean, now: number): void {
    const held = this.#of.get(node) ?? new Map<string, Lease>();
    this.#of.set(node, held);
    const before = held.get(lease.peer);
    const goesOn = before?.nonce === lease.nonce && before.root === lease.root && before.until > now;
    if (has || goesOn) held.set(lease.peer, { ...lease, until: now + LEASE_MS });
    else held.delete(lease.peer);
  }

  released(node: string, { peer, nonce, root }: Pick<Lease, 'peer' | 'nonce' | 'root'>): void {
    const held = this.#of.get(node);
    const before = held?.get(peer);
    if (before?.nonce === nonce && before.root === root) held?.delete(peer);
  }

  ended(node: string): void {
    this.#of.delete(node);
  }
}
