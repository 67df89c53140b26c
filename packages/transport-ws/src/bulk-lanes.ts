import type { Socket } from 'node:net';
import { DecodeError, type Hasher, toHex } from '@smalti/core';
import type { WebSocket } from 'ws';
import { type Admission, remoteOf, type TurnedAway } from './admission.ts';
import { BulkDial, type BulkDialParts } from './bulk-dial.ts';
import { MessageKind } from './messages.ts';
import { decodeTicket, encodeTicket, ticketId, ticketProof } from './ticket.ts';
import type { WsLink } from './ws-link.ts';
import { bindingOf } from './ws-settings.ts';

/**
 * Ties bulk connections to their links. A bulk connection begins with a ticket: the name of a secret that the two
 * sides of a living bond share, and a proof that one knows it.
 */
export class BulkLanes {
  readonly #hasher: Hasher;
  readonly #parts: BulkDialParts;
  readonly #secrets = new Map<WsLink, Map<number, Uint8Array>>();
  /** By the name of the secret, for those who were dialled. */
  readonly #expected = new Map<string, { link: WsLink; secret: Uint8Array }>();
  /** Links that were dialled here and have to get a bulk connection. */
  readonly #wanted = new Set<WsLink>();
  readonly #begun = new Map<WsLink, BulkDial>();

  constructor(hasher: Hasher, parts: BulkDialParts) {
    this.#hasher = hasher;
    this.#parts = parts;
  }

  proven(link: WsLink, channel: number, secret: Uint8Array): void {
    const secrets = this.#secrets.get(link) ?? new Map<number, Uint8Array>();
    this.#secrets.set(link, secrets.set(channel, secret));
    if (!link.dialled) this.#expected.set(this.#name(secret), { link, secret });
    else if (this.#wanted.has(link)) this.open(link);
  }

  forgotten(link: WsLink, channel: number): void {
    const secrets = this.#secrets.get(link);
    const secret = secrets?.get(channel);
    if (!secret) return;
    secrets?.delete(channel);
    if (!link.dialled) this.#expected.delete(this.#name(secret));
  }

  ended(link: WsLink): void {
    for (const channel of [...(this.#secrets.get(link)?.keys() ?? [])]) this.forgotten(link, channel);
    this.#secrets.delete(link);
    this.#begun.get(link)?.stop();
    this.#begun.delete(link);
    this.#wanted.delete(link);
  }

  /** Dials the bulk connection of a link that this side dialled, as soon as there is a bond to show for it. */
  open(link: WsLink): void {
    this.#wanted.add(link);
    if (!link.open || this.#begun.has(link) || this.#newest(link) === undefined) return;
    const dial = new BulkDial(this.#parts, link.address, (ws, socket) => {
      this.#begun.delete(link);
      const secret = this.#newest(link);
      if (!secret || !link.open) {
        ws.on('error', () => {});
        ws.terminate();
        return;
      }
      this.#wanted.delete(link);
      const proof = ticketProof(this.#hasher, secret, bindingOf(socket));
      ws.send(encodeTicket({ id: ticketId(this.#hasher, secret), proof }));
      link.attach('bulk', ws, socket);
    });
    this.#begun.set(link, dial);
  }

  /** A bulk connection came in: its first message must be a ticket. */
  came(ws: WebSocket, socket: Socket, admission: Admission, turnedAway: TurnedAway): void {
    const binding = bindingOf(socket);
    ws.on('error', () => ws.terminate());
    ws.once('message', (data, isBinary) => {
      const link = isBinary ? this.#check(data as Buffer, binding) : null;
      if (!link) {
        ws.close(1008, 'BAD_PROOF');
        const detail =
          'a bulk connection belongs to no link here, or has no proof for it: it was not opened by a member';
        turnedAway('BAD_PROOF', detail, remoteOf(socket));
        return;
      }
      admission.trust(socket);
      link.attach('bulk', ws, socket);
    });
  }

  #check(message: Uint8Array, binding: Uint8Array): WsLink | null {
    if (message[0] !== MessageKind.ticket) return null;
    try {
      const { id, proof } = decodeTicket(message);
      const expected = this.#expected.get(toHex(id));
      if (!expected || expected.link.hasBulk) return null;
      const right = ticketProof(this.#hasher, expected.secret, binding);
      return this.#hasher.equal(proof, right) ? expected.link : null;
    } catch (error) {
      if (error instanceof DecodeError) return null;
      throw error;
    }
  }

  #newest(link: WsLink): Uint8Array | undefined {
    return [...(this.#secrets.get(link)?.values() ?? [])].at(-1);
  }

  #name(secret: Uint8Array): string {
    return toHex(ticketId(this.#hasher, secret));
  }
}
