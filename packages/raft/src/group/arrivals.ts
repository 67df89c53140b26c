import type { Bond, BondEvents, Index, Lane, Logger, MemberKey, Refusal, Term } from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import type { Input } from '../engine/io.ts';
import type { Message } from '../engine/messages.ts';
import type { Belonging } from './belonging.ts';
import type { Born } from './birth.ts';
import { type BondTable, bondedOf, keyOfBond } from './bond-table.ts';
import type { ReportBody } from './checkpoints/reports.ts';
import type { GroupNews } from './group-event.ts';
import type { Intake } from './intake.ts';
import type { Membership } from './members/membership.ts';
import { messageOf } from './message-codec.ts';
import type { PeerWire } from './peer-wire.ts';
import type { Standing } from './standing.ts';
import type { SyncDesk } from './sync-desk.ts';

/** The parts of a group that what arrives is for. */
export interface ArrivalParts {
  readonly bonds: BondTable;
  readonly wire: PeerWire;
  readonly intake: Intake;
  readonly standing: Standing;
  readonly belonging: Belonging;
  readonly sync: Pick<SyncDesk<never, never, never>, 'bonded' | 'unbonded' | 'writable' | 'received'>;
  readonly membership: Pick<Membership, 'bonded' | 'received'>;
  readonly logger: Logger;
  readonly maxForwardBytes: number;
  /** The member at work here, or null while this node is blank. */
  replica(): {
    readonly born: Born;
    readonly shell: { step(input: Input): void };
    bonded(peer: MemberKey): void;
    unbonded(peer: MemberKey): void;
    reported(from: MemberKey, report: ReportBody): void;
    receive(from: MemberKey, message: Message, bonded: () => boolean): void;
  } | null;
  over(): boolean;
  tell(news: GroupNews): void;
  /** What could not be sent or asked is tried again. */
  release(): void;
  wake(): void;
}

/** Peers come and go, and what they say reaches whom it is for. */
export class Arrivals implements BondEvents {
  readonly #parts: ArrivalParts;

  constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  bonded(bond: Bond): void {
    const { bonds, standing, intake, logger, sync, belonging } = this.#parts;
    const key = bonds.add(bond);
    // The end of an older bond that this one replaces may never be told.
    if (key === standing.followed) intake.leaderLost();
    this.#parts.membership.bonded(key);
    intake.rebonded(key);
    logger.info(`bonded with ${bond.peer.id}`, { peer: key, boot: bond.peer.boot });
    const { id: peer, incarnation, address } = bond.peer;
    this.#parts.tell({ type: 'bonded', peer, incarnation, address });
    sync.bonded(bond);
    belonging.tell(bond);
    belonging.check();
    const replica = this.#parts.replica();
    replica?.shell.step(bondedOf(bond));
    replica?.bonded(key);
    this.#parts.release();
  }

  objected(bond: Bond): void {
    const peer = keyOfBond(bond);
    if (this.#parts.over() || this.#parts.bonds.get(peer) !== bond) return;
    this.#parts.replica()?.shell.step({ type: 'objected', peer });
    this.#parts.wake();
  }

  unbonded(bond: Bond, reason: Refusal): void {
    const { bonds, standing, intake, logger, sync, belonging } = this.#parts;
    if (!bonds.remove(bond)) return;
    const key = keyOfBond(bond);
    logger.info(`the bond with ${bond.peer.id} ended: ${reason.detail}`, { code: reason.code });
    const { id: peer, incarnation } = bond.peer;
    this.#parts.tell({ type: 'unbonded', peer, incarnation, code: reason.code, reason: reason.detail });
    sync.unbonded(bond);
    if (key === standing.followed) intake.leaderLost();
    const replica = this.#parts.replica();
    replica?.shell.step({ type: 'unbonded', peer: key });
    replica?.unbonded(key);
    belonging.check();
    this.#parts.wake();
  }

  writable(bond: Bond, lane: Lane): void {
    if (lane === 'bulk') this.#parts.sync.writable(bond);
    this.#parts.wake();
  }

  refused(refusal: Refusal): void {
    this.#parts.bonds.refused(refusal);
    this.#parts.tell({ type: 'refused', refusal });
  }

  message(bond: Bond, lane: Lane, bytes: Uint8Array): void {
    const { wire, belonging } = this.#parts;
    if (this.#parts.over()) return;
    const body = wire.open(bond, bytes);
    // Transfers have a lane of their own, and nothing else is on it.
    if (body === null || (lane === 'bulk') !== (body.type === 'sync')) return;
    if (body.type === 'birth') belonging.received(bond, body.entry);
    else if (this.#parts.replica() !== null) this.#take(bond, body);
  }

  #take(bond: Bond, body: Exclude<GroupBody, { type: 'birth' }>): void {
    const { intake, sync, membership, wire, maxForwardBytes } = this.#parts;
    const replica = this.#parts.replica();
    const from = keyOfBond(bond);
    if (body.type === 'forward') {
      // What an older bond brings late would come after what was sent again over this one.
      if (this.#parts.bonds.get(from) !== bond) return;
      intake.receive(from, body.term as Term, body.id, body.envelopes, maxForwardBytes);
    } else if (body.type === 'forward-reply') {
      intake.answered(from, body.term as Term, body.id, body.first as Index);
    } else if (body.type === 'sync' || body.type === 'sync-offers') {
      sync.received(bond, body);
    } else if (body.type === 'checkpoint-report') {
      // What an older bond brings late may be of another program.
      if (this.#parts.bonds.get(from) === bond) replica?.reported(from, body);
    } else if (body.type === 'member-request' || body.type === 'member-reply') {
      try {
        membership.received(from, body);
      } catch (error) {
        wire.nonsense(bond, error);
      }
    } else if (replica !== null) {
      try {
        const message = messageOf(body, replica.born.framer);
        replica.receive(from, message, () => this.#parts.bonds.get(from) === bond);
      } catch (error) {
        wire.nonsense(bond, error);
      }
    }
    this.#parts.wake();
  }
}
