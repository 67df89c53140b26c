import type { GroupId } from '../../vocabulary/ids.ts';
import type { Proven } from '../handshake/opener.ts';
import type { Bond, Lane, PeerIdentity, Refusal } from '../transport.ts';
import type { BondLimits } from './limits.ts';
import type { Link } from './link.ts';
import type { LinkPulses } from './link-pulses.ts';
import type { Pulse } from './pulse.ts';
import { RecordKind, recordHead } from './record.ts';

/** What a bond needs of the link session it lives on. */
export interface ChannelHost {
  readonly link: Link;
  readonly limits: BondLimits;
  readonly pulses: Pick<LinkPulses, 'of'>;
  /** Sends the end of this bond and forgets it. */
  endBond(bond: BondChannel, code: Refusal['code'], detail: string): void;
  /** There is reason to doubt that the other side lives. */
  probe(): void;
  /** A message of this bond was refused: it is to be asked whenever a lane has more room. */
  refused(bond: BondChannel): void;
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
  readonly pulse: Pulse;
  readonly #head: Uint8Array;
  #bulkReady: boolean;
  #alive = true;
  /** Bytes of the message that was refused last, or null if its sender was told that there is room. */
  readonly #refused: Record<Lane, number | null> = { control: null, bulk: null };

  constructor(host: ChannelHost, channel: number, proven: Proven, openedHere: boolean) {
    this.host = host;
    this.pulse = host.pulses.of(channel);
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
    if (!this.#hasRoom(lane, bytes.length)) {
      this.#refused[lane] = bytes.length;
      this.host.refused(this);
      return false;
    }
    this.host.link.send(lane, this.#head, bytes);
    return true;
  }

  /** True if a sender waits for room. */
  get waits(): boolean {
    return this.#alive && (this.#refused.control !== null || this.#refused.bulk !== null);
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

  /** A lane has more room. True if it had refused a message before, and could take that now. */
  drained(lane: Lane): boolean {
    const bytes = this.#refused[lane];
    // A message that is too large still is waited for: the lane is drained again once it is empty.
    if (!this.#alive || bytes === null || !this.#hasRoom(lane, bytes)) return false;
    this.#refused[lane] = null;
    return true;
  }

  #hasRoom(lane: Lane, bytes: number): boolean {
    const { link, limits } = this.host;
    const bulk = lane === 'bulk';
    if (bulk && !this.#bulkReady) return false;
    const waiting = link.queued(lane);
    return waiting === 0 || waiting + bytes <= (bulk ? limits.bulkQueueBytes : limits.controlQueueBytes);
  }
}
