import type { GroupId } from '../../vocabulary/ids.ts';
import type { Proven } from '../handshake/opener.ts';
import type { Bond, Lane, PeerIdentity, Refusal } from '../transport.ts';
import type { BondLimits } from './limits.ts';
import type { Link } from './link.ts';
import { RecordKind, recordHead } from './record.ts';

/** What a bond needs of the link session it lives on. */
export interface ChannelHost {
  readonly link: Link;
  readonly limits: BondLimits;
  /** Sends the end of this bond and forgets it. */
  endBond(bond: BondChannel, code: Refusal['code'], detail: string): void;
  /** There is reason to doubt that the other side lives. */
  probe(): void;
}

/** A {@link Bond}: one channel of a link, after its handshake. */
export class BondChannel implements Bond {
  readonly peer: PeerIdentity;
  readonly group: GroupId;
  readonly protocol: number;
  /** The same on both sides. */
  readonly bondId: Uint8Array;
  readonly channel: number;
  /** True if this side opened it. */
  readonly openedHere: boolean;
  readonly host: ChannelHost;
  readonly #head: Uint8Array;
  #bulkReady: boolean;
  #alive = true;
  #refusedControl = false;
  #refusedBulk = false;

  constructor(host: ChannelHost, channel: number, proven: Proven, openedHere: boolean) {
    this.host = host;
    this.channel = channel;
    this.peer = proven.peer;
    this.group = proven.group;
    this.protocol = proven.protocol;
    this.bondId = proven.bondId;
    this.openedHere = openedHere;
    // Lanes have no order between them: an acceptor's bulk could overtake the message that makes the bond.
    this.#bulkReady = openedHere;
    this.#head = recordHead(RecordKind.data, channel);
  }

  get alive(): boolean {
    return this.#alive;
  }

  send(lane: Lane, bytes: Uint8Array): boolean {
    if (!this.#alive || bytes.length > this.host.limits.maxMessageBytes) return false;
    const { link, limits } = this.host;
    const bulk = lane === 'bulk';
    const waiting = link.queued(lane);
    const bound = bulk ? limits.bulkQueueBytes : limits.controlQueueBytes;
    if ((bulk && !this.#bulkReady) || (waiting > 0 && waiting + bytes.length > bound)) {
      if (bulk) this.#refusedBulk = true;
      else this.#refusedControl = true;
      return false;
    }
    link.send(lane, this.#head, bytes);
    return true;
  }

  queued(lane: Lane): number {
    return this.#alive ? this.host.link.queued(lane) : 0;
  }

  close(reason: Refusal['code'], detail: string): void {
    if (this.#alive) this.host.endBond(this, reason, detail);
  }

  /** The bond is over: it sends nothing any more. */
  retire(): void {
    this.#alive = false;
  }

  /** The opener knows of the bond. True if a sender waits for that. */
  bulkIsReady(): boolean {
    this.#bulkReady = true;
    return this.drained('bulk');
  }

  /** A lane has room. True if it had refused a message before. */
  drained(lane: Lane): boolean {
    if (!this.#alive || (lane === 'bulk' && !this.#bulkReady)) return false;
    const refused = lane === 'bulk' ? this.#refusedBulk : this.#refusedControl;
    if (lane === 'bulk') this.#refusedBulk = false;
    else this.#refusedControl = false;
    return refused;
  }
}
