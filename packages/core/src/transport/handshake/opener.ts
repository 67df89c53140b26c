import type { Hasher } from '../../ports/hasher.ts';
import type { Random } from '../../ports/random.ts';
import type { GroupId } from '../../vocabulary/ids.ts';
import { BondRefused } from '../refusals.ts';
import type { BondCredentials, PeerIdentity } from '../transport.ts';
import { commonProtocol, groupsOf, keysOf, refuseForeign, refuseOneself } from './checks.ts';
import { type Challenge, type HandshakeMessage, NONCE_BYTES, type Open, type Prove } from './messages.ts';
import { bondIdOf, proofOf, secretOf } from './transcript.ts';

/** What a finished handshake has proven. */
export interface Proven {
  readonly peer: PeerIdentity;
  readonly group: GroupId;
  /** The group protocol version to speak. */
  readonly protocol: number;
  /** The name of the bond, the same on both sides, no secret. */
  readonly bondId: Uint8Array;
  /** 32 bytes that only the two sides know. */
  readonly secret: Uint8Array;
}

/** What a side answers, and what it knows by then. */
export interface HandshakeStep {
  readonly reply: HandshakeMessage | null;
  readonly proven: Proven | null;
}

/** What an opener needs. */
export interface OpenerParts {
  readonly credentials: BondCredentials;
  readonly hasher: Hasher;
  readonly random: Random;
  /** Bytes that only the two ends of the channel know, or empty. */
  readonly binding: Uint8Array;
  /**
   * Called once, when the other side has said who it is and has not proven it. Gives `Prove.previous`, or throws
   * BondRefused, e.g. because there is a bond with it already.
   */
  approach(peer: PeerIdentity, bondId: Uint8Array): Uint8Array;
}

/**
 * The side that dials. `start`, then each message to `receive`; a throw ends the handshake, and its code is what the
 * other side is told.
 */
export class Opener {
  readonly #parts: OpenerParts;
  readonly #local: PeerIdentity;
  readonly #open: Open;
  #challenge: Challenge | null = null;
  #previous: Uint8Array | null = null;
  #over = false;

  constructor(parts: OpenerParts) {
    const { credentials } = parts;
    this.#parts = parts;
    this.#local = credentials.local();
    this.#open = {
      kind: 'open',
      network: credentials.network,
      groups: groupsOf(credentials),
      identity: this.#local,
      nonce: parts.random.bytes(NONCE_BYTES),
    };
  }

  /** Who the other side says it is, as soon as it says so. */
  get claimed(): PeerIdentity | null {
    return this.#challenge?.identity ?? null;
  }

  /** The name that the bond will have, as soon as it is known. */
  get bondId(): Uint8Array | null {
    return this.#challenge && bondIdOf(this.#parts.hasher, this.#open, this.#challenge);
  }

  /** True once this side has proven itself and waits for the other's proof. */
  get proving(): boolean {
    return this.#previous !== null && !this.#over;
  }

  /** The first message. */
  start(): Open {
    return this.#open;
  }

  /**
   * Takes the next message of the other side.
   *
   * @throws BondRefused if the handshake ends here; also when the other side refused.
   */
  receive(message: HandshakeMessage): HandshakeStep {
    try {
      if (message.kind === 'refuse')
        throw new BondRefused(message.code, message.detail, { quiet: message.quiet });
      if (!this.#over && message.kind === 'challenge' && this.#challenge === null) {
        return { reply: this.#answer(message), proven: null };
      }
      if (!this.#over && message.kind === 'bonded' && this.#challenge && this.#previous) {
        const proven = this.#verify(message.proof, this.#challenge, this.#previous);
        this.#over = true;
        return { reply: null, proven };
      }
      throw new BondRefused(
        'BAD_HANDSHAKE',
        `"${message.kind}" came where it has no place: this is a bug of the other side, or someone interferes`,
      );
    } catch (error) {
      this.#over = true;
      throw error;
    }
  }

  #answer(challenge: Challenge): Prove {
    const { hasher, credentials, binding } = this.#parts;
    const peer = challenge.identity;
    this.#challenge = challenge;
    refuseOneself(this.#local, peer);
    this.#checkGroup(challenge);
    refuseForeign(this.#local, peer);
    commonProtocol(this.#local, peer);
    const previous = this.#parts.approach(peer, bondIdOf(hasher, this.#open, challenge));
    const conversation = { open: this.#open, challenge, previous, binding };
    this.#previous = previous;
    const proofs = keysOf(credentials).map((key) => proofOf(hasher, 'opener', key, conversation));
    return { kind: 'prove', previous, proofs };
  }

  #checkGroup({ group, identity }: Challenge): void {
    const own = this.#open.groups;
    const born = this.#local.cluster !== null;
    // A blank node takes the id of the born one on trust until the proof, which covers it.
    const fits = born ? group === own[0] : identity.cluster !== null || own.includes(group);
    if (fits) return;
    throw new BondRefused(
      'UNKNOWN_GROUP',
      `the node at the other end answers for group ${group.slice(0, 16)}…, which is not the one that was asked for: ` +
        'check that both were started with the same group key, machine and strategies',
    );
  }

  #verify(proof: Uint8Array, challenge: Challenge, previous: Uint8Array): Proven {
    const { hasher, credentials, binding } = this.#parts;
    const conversation = { open: this.#open, challenge, previous, binding };
    const key = keysOf(credentials).find((each) =>
      hasher.equal(proof, proofOf(hasher, 'acceptor', each, conversation)),
    );
    if (!key) {
      throw new BondRefused(
        'BAD_PROOF',
        'the node at the other end did not prove that it knows the group key: someone else answers at that ' +
          'address, or the keys differ; use one group key on all nodes, or accept both while it is changed',
      );
    }
    return {
      peer: challenge.identity,
      group: challenge.group,
      protocol: commonProtocol(this.#local, challenge.identity),
      bondId: bondIdOf(hasher, this.#open, challenge),
      secret: secretOf(hasher, key, conversation),
    };
  }
}
