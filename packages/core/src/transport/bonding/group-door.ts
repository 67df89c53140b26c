import type { MemberKey } from '../../vocabulary/ids.ts';
import { groupsOf, keysOf } from '../handshake/checks.ts';
import type { Bond, BondCredentials, BondEvents, Refusal, TransportGroup } from '../transport.ts';
import type { BondChannel } from './bond-channel.ts';
import { BondTable, keyOfPeer } from './bond-table.ts';
import { Dial } from './dial.ts';
import { EventLine } from './event-line.ts';
import type { Switchboard } from './switchboard.ts';

/** A {@link TransportGroup}: one group's bonds and dials on a {@link Switchboard}. */
export class GroupDoor implements TransportGroup {
  readonly credentials: BondCredentials;
  readonly table: BondTable;
  readonly line: EventLine;
  readonly #board: Switchboard;
  readonly #dials = new Map<string, Dial>();
  #closed = false;

  constructor(board: Switchboard, credentials: BondCredentials, events: BondEvents) {
    // What would be wrong at every handshake is said here, to who made the mistake.
    keysOf(credentials);
    groupsOf(credentials);
    this.#board = board;
    this.credentials = credentials;
    this.table = new BondTable(board.parts.clock, board.parts.limits.probeMs);
    this.line = new EventLine(board.parts.scheduler, events);
  }

  get network(): string {
    return this.credentials.network;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get bonds(): readonly Bond[] {
    return this.table.bonds;
  }

  dial(address: string): void {
    if (this.#closed || this.#dials.has(address)) return;
    const { clock, random, limits } = this.#board.parts;
    const attempt = (dial: Dial): void => this.#board.open(this, dial);
    const dial = new Dial({ address, clock, random, limits, attempt });
    this.#dials.set(address, dial);
    // Not within this call: a transport that knows at once that nobody is there must not answer within it.
    this.#board.parts.scheduler.endOfTurn(() => dial.start());
  }

  undial(address: string): void {
    this.#dials.get(address)?.stop();
    this.#dials.delete(address);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.line.stop();
    for (const dial of this.#dials.values()) dial.stop();
    this.#dials.clear();
    for (const bond of [...this.table.bonds]) bond.close('DEPARTED', 'the node leaves the group, or stops');
    this.#board.left(this);
  }

  /** A handshake has succeeded. */
  bonded(bond: BondChannel): void {
    const replaced = this.table.add(bond);
    replaced?.close('LINK_LOST', 'a newer connection of the same process has taken its place');
    if (!this.#closed) this.line.bonded(bond);
  }

  /** A bond has ended, here or there. */
  unbonded(bond: BondChannel, reason: Refusal): void {
    this.table.remove(bond);
    this.line.unbonded(bond, reason);
    const key: MemberKey = keyOfPeer(bond.peer);
    if (this.table.get(key)) return;
    for (const dial of this.#dials.values()) dial.bondEnded(key);
  }
}
