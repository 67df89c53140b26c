import {
  type Bond,
  type ClusterId,
  DecodeError,
  type Framer,
  fromHex,
  type Hasher,
  type MemberKey,
} from '@smalti/core';
import { decodeGroupMessage, encodeGroupMessage, type GroupBody } from '@smalti/wire';
import type { Message } from '../engine/messages.ts';
import type { BondTable } from './bond-table.ts';
import { bodyOf } from './message-codec.ts';

/** A number that tells clusters apart at a glance: never 0, which is a blank node's. */
export function clusterTag(cluster: ClusterId, hasher: Hasher): number {
  return hasher.crc32(fromHex(cluster)) || 1;
}

/** The group's messages on their way to bonds and from them. */
export class PeerWire {
  readonly #bonds: BondTable;
  #tag = 0;
  #encoded: { readonly message: Message; readonly bytes: Uint8Array } | null = null;

  constructor(bonds: BondTable) {
    this.#bonds = bonds;
  }

  /** From now on this node speaks as a member of that cluster. */
  born(framer: Framer, hasher: Hasher): void {
    this.#tag = clusterTag(framer.cluster, hasher);
  }

  /** False if there is no bond, or no room: then nothing was sent. */
  send(to: MemberKey, body: GroupBody): boolean {
    const bond = this.#bonds.get(to);
    return bond?.send('control', encodeGroupMessage(this.#tag, body)) ?? false;
  }

  /** False if there is no room. */
  sendControl(bond: Bond, body: GroupBody): boolean {
    return bond.send('control', encodeGroupMessage(this.#tag, body));
  }

  /** The same, on the lane of transfers, which delays no consensus. */
  sendBulk(bond: Bond, body: GroupBody): boolean {
    return bond.send('bulk', encodeGroupMessage(this.#tag, body));
  }

  /** The same message object is encoded once, to however many it goes in a row. */
  sendMessage(to: MemberKey, message: Message): void {
    const bond = this.#bonds.get(to);
    if (bond === undefined) return;
    if (this.#encoded?.message !== message) {
      this.#encoded = { message, bytes: encodeGroupMessage(this.#tag, bodyOf(message)) };
    }
    bond.send('control', this.#encoded.bytes);
  }

  /**
   * What a peer says; null if it cannot be meant for us. A bond on which nonsense or another cluster's message came
   * is ended, with the reason.
   */
  open(bond: Bond, bytes: Uint8Array): GroupBody | null {
    try {
      const { cluster, body } = decodeGroupMessage(bytes);
      if (cluster === this.#tag || body.type === 'birth') return body;
      // One of us is not born yet: nothing but a birth makes sense between us.
      if (cluster === 0 || this.#tag === 0) return null;
      bond.close(
        'WRONG_CLUSTER',
        `${bond.peer.id} speaks for another cluster: check its data directory and its peers`,
      );
    } catch (error) {
      this.nonsense(bond, error);
    }
    return null;
  }

  /** @throws what is not a {@link DecodeError}. */
  nonsense(bond: Bond, error: unknown): void {
    if (!(error instanceof DecodeError)) throw error;
    bond.close('BAD_MESSAGE', `${bond.peer.id} sent what is not a message of this group: ${error.message}`);
  }
}
