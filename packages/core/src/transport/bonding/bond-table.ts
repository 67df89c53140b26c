import type { Clock } from '../../ports/clock.ts';
import { type MemberKey, memberKey } from '../../vocabulary/ids.ts';
import { showProcess } from '../handshake/checks.ts';
import { BOND_ID_BYTES } from '../handshake/messages.ts';
import type { Proven } from '../handshake/opener.ts';
import { BondRefused } from '../refusals.ts';
import type { PeerIdentity } from '../transport.ts';
import type { BondChannel } from './bond-channel.ts';

/** A handshake that this node opened, once the other side has said who it is. */
export interface Attempt {
  readonly peer: PeerIdentity;
  readonly bondId: Uint8Array;
  /** Gives it up, because another one made the bond. */
  abandon(): void;
}

/** An attempt that is under way. */
interface Rival {
  readonly attempt: Attempt;
  readonly since: number;
  /** True once another handshake with the same peer was turned away for it. */
  contested: boolean;
}

const NO_BOND = new Uint8Array(BOND_ID_BYTES);
const MAX_REMEMBERED = 1024;

/** The name under which there is at most one bond at a time. */
export function keyOfPeer(peer: PeerIdentity): MemberKey {
  return memberKey(peer.id, peer.incarnation);
}

/**
 * One group's bonds, and the rules by which there is at most one to each (id, incarnation).
 *
 * A node opens only when it has no bond with whom it reached, and says which bond with it it last saw end. So when a
 * proven opener meets a bond that its acceptor still thinks alive, either the two opened at once, and the dial of the
 * node with the lesser key stays; or that bond has died on the opener's side, and goes. Another process under the
 * same identity is either a restart, whose old bond will soon be known dead, or a copied directory: it has to wait,
 * and the old bond has to show that it lives.
 *
 * Whom an attempt has reached is not proven yet: it may be a stranger under a member's name. So an attempt goes first
 * only for a while, and gives way to who comes a second time. By then an honest one, which needs one more message, is
 * over.
 */
export class BondTable {
  readonly #bonds = new Map<MemberKey, BondChannel>();
  readonly #attempts = new Map<MemberKey, Rival>();
  readonly #ended = new Map<MemberKey, Uint8Array>();
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #list: readonly BondChannel[] = [];

  /** @param patienceMs how long an attempt may keep others waiting. */
  constructor(clock: Clock, patienceMs: number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** In the order in which they were made. */
  get bonds(): readonly BondChannel[] {
    return this.#list;
  }

  get(key: MemberKey): BondChannel | undefined {
    return this.#bonds.get(key);
  }

  /**
   * This node opened, and learns whom it reached. Gives `Prove.previous`.
   *
   * @throws BondRefused `ALREADY_BONDED`.
   */
  approach(attempt: Attempt): Uint8Array {
    const key = keyOfPeer(attempt.peer);
    const bond = this.#bonds.get(key);
    if (bond && bond.peer.boot !== attempt.peer.boot) throw twoProcesses(bond, attempt.peer);
    if (bond || this.#goesFirst(this.#attempts.get(key))) {
      throw new BondRefused('ALREADY_BONDED', `there is a bond with ${attempt.peer.id} already`, {
        quiet: true,
      });
    }
    this.#attempts.get(key)?.attempt.abandon();
    this.#attempts.set(key, { attempt, since: this.#clock.now(), contested: false });
    return this.#ended.get(key) ?? NO_BOND;
  }

  /** The attempt is over, with or without a bond. */
  settled(attempt: Attempt): void {
    const key = keyOfPeer(attempt.peer);
    if (this.#attempts.get(key)?.attempt === attempt) this.#attempts.delete(key);
  }

  /**
   * A peer opened and has proven itself.
   *
   * @throws BondRefused `ALREADY_BONDED` if what there is stays.
   */
  admit(local: PeerIdentity, { peer }: Proven, previous: Uint8Array): void {
    const key = keyOfPeer(peer);
    const bond = this.#bonds.get(key);
    if (bond && bond.peer.boot !== peer.boot) throw twoProcesses(bond, peer);
    const rival = this.#attempts.get(key);
    const gone = bond !== undefined && (!bond.openedHere || sameBytes(bond.bondId, previous));
    const lost =
      rival && (rival.attempt.peer.boot !== peer.boot || sameBytes(rival.attempt.bondId, previous));
    const mineStays = keyOfPeer(local) < key;
    if ((bond && !gone) || (mineStays && !lost && this.#goesFirst(rival))) {
      bond?.host.probe();
      throw new BondRefused(
        'ALREADY_BONDED',
        'both nodes dialled at once, and the other dial made the bond',
        {
          quiet: true,
        },
      );
    }
  }

  /** A bond exists. Gives the one it replaces, which the caller ends. */
  add(bond: BondChannel): BondChannel | undefined {
    const key = keyOfPeer(bond.peer);
    const replaced = this.#bonds.get(key);
    this.#attempts.get(key)?.attempt.abandon();
    this.#attempts.delete(key);
    this.#bonds.delete(key);
    this.#bonds.set(key, bond);
    this.#list = [...this.#bonds.values()];
    return replaced;
  }

  /** A bond has ended. */
  remove(bond: BondChannel): void {
    const key = keyOfPeer(bond.peer);
    this.#ended.delete(key);
    this.#ended.set(key, bond.bondId);
    if (this.#ended.size > MAX_REMEMBERED) this.#ended.delete(this.#ended.keys().next().value as MemberKey);
    if (this.#bonds.get(key) !== bond) return;
    this.#bonds.delete(key);
    this.#list = [...this.#bonds.values()];
  }

  /** True if an attempt keeps another handshake with the same peer waiting. */
  #goesFirst(rival: Rival | undefined): boolean {
    if (!rival) return false;
    if (rival.contested && this.#clock.now() - rival.since >= this.#patienceMs) return false;
    rival.contested = true;
    return true;
  }
}

function twoProcesses(bond: BondChannel, peer: PeerIdentity): BondRefused {
  bond.host.probe();
  return new BondRefused(
    'ALREADY_BONDED',
    `${showProcess(peer)} has the identity of ${showProcess(bond.peer)}, which is bonded: if it was restarted, this ` +
      'passes as soon as the old process is known to be gone; else one data directory was copied or is used twice: ' +
      'stop one of them and give it an empty directory',
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
