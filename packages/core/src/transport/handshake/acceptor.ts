import type { Hasher } from '../../ports/hasher.ts';
import type { Random } from '../../ports/random.ts';
import type { GroupId } from '../../vocabulary/ids.ts';
import { BondRefused } from '../refusals.ts';
import type { BondCredentials, PeerIdentity } from '../transport.ts';
import { chooseGroup, commonProtocol, groupsOf, keysOf, refuseForeign, refuseOneself } from './checks.ts';
import { type Challenge, type HandshakeMessage, NONCE_BYTES, type Open, type Prove } from './messages.ts';
import type { HandshakeStep, Proven } from './opener.ts';
import { bondIdOf, proofOf, secretOf } from './transcript.ts';

/** What an acceptor needs. `C` is how the caller knows its groups. */
export interface AcceptorParts<C extends { readonly credentials: BondCredentials }> {
  /** The groups that are open here, in the order in which they were opened. */
  readonly candidates: Iterable<C>;
  readonly hasher: Hasher;
  readonly random: Random;
  /** Bytes that only the two ends of the channel know, or empty. */
  readonly binding: Uint8Array;
  /**
   * Called once, when the other side has proven itself and before anything is proven to it. Throws BondRefused to
   * refuse it, e.g. because there is a bond with it that lives. `previous` is what it says in `Prove.previous`.
   */
  admit(candidate: C, proven: Proven, previous: Uint8Array): void;
}

/** What is known once the challenge is out. */
interface Challenged<C> {
  readonly open: Open;
  readonly challenge: Challenge;
  readonly local: PeerIdentity;
  readonly candidate: C;
}

/** The side that was dialled. Each message goes to `receive`; a throw ends the handshake. */
export class Acceptor<C extends { readonly credentials: BondCredentials }> {
  readonly #parts: AcceptorParts<C>;
  #state: Challenged<C> | null = null;
  #claimed: PeerIdentity | null = null;
  #candidate: C | null = null;
  #over = false;

  constructor(parts: AcceptorParts<C>) {
    this.#parts = parts;
  }

  /** Who the other side says it is, as soon as it says so. */
  get claimed(): PeerIdentity | null {
    return this.#claimed;
  }

  /** The group that is meant, as soon as it is known. */
  get candidate(): C | null {
    return this.#candidate;
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
      if (!this.#over && message.kind === 'open' && this.#state === null) {
        return { reply: this.#challenge(message), proven: null };
      }
      if (!this.#over && message.kind === 'prove' && this.#state !== null) {
        const step = this.#verify(message, this.#state);
        this.#over = true;
        return step;
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

  #challenge(open: Open): Challenge {
    const { candidate, group } = this.#find(open);
    this.#candidate = candidate;
    this.#claimed = open.identity;
    const local = candidate.credentials.local();
    refuseOneself(local, open.identity);
    refuseForeign(local, open.identity);
    commonProtocol(local, open.identity);
    if (group === null)
      throw unknownGroup(open, 'both belong to the same cluster and know it by different ids');
    const nonce = this.#parts.random.bytes(NONCE_BYTES);
    const challenge: Challenge = { kind: 'challenge', group, identity: local, nonce };
    this.#state = { open, challenge, local, candidate };
    return challenge;
  }

  #find(open: Open): { candidate: C; group: GroupId | null } {
    this.#claimed = open.identity;
    const others = new Set<string>();
    let ofNetwork = false;
    for (const candidate of this.#parts.candidates) {
      const { credentials } = candidate;
      if (credentials.network !== open.network) {
        others.add(credentials.network);
        continue;
      }
      ofNetwork = true;
      if (!haveCommon(credentials.groups(), open.groups)) continue;
      return { candidate, group: chooseGroup(groupsOf(credentials), credentials.local(), open) };
    }
    if (others.size > 0 && !ofNetwork) {
      const advice = 'give both the same network name, or correct the address';
      throw new BondRefused(
        'WRONG_NETWORK',
        `a node of network "${open.network}" dialled, and this node is of "${[...others].join('", "')}": ${advice}`,
        { told: `this node is not of network "${open.network}": ${advice}` },
      );
    }
    throw unknownGroup(open, 'no group that is open here has an id in common with it');
  }

  #verify(prove: Prove, { open, challenge, local, candidate }: Challenged<C>): HandshakeStep {
    const { hasher, binding } = this.#parts;
    const conversation = { open, challenge, previous: prove.previous, binding };
    const key = keysOf(candidate.credentials).find((each) => {
      const expected = proofOf(hasher, 'opener', each, conversation);
      // Every proof is compared, so that the time does not tell which one fitted.
      return prove.proofs.map((proof) => hasher.equal(proof, expected)).includes(true);
    });
    if (!key) {
      throw new BondRefused(
        'BAD_PROOF',
        `${open.identity.id} did not prove that it knows the group key: use one group key on all nodes, or let both ` +
          'accept both keys while it is changed',
        {
          told: 'the proof fits none of the keys accepted here: use one group key on all nodes, or let both accept both keys while it is changed',
        },
      );
    }
    const proven: Proven = {
      peer: open.identity,
      group: challenge.group,
      protocol: commonProtocol(local, open.identity),
      bondId: bondIdOf(hasher, open, challenge),
      secret: secretOf(hasher, key, conversation),
    };
    this.#parts.admit(candidate, proven, prove.previous);
    return { reply: { kind: 'bonded', proof: proofOf(hasher, 'acceptor', key, conversation) }, proven };
  }
}

/** There may be thousands of groups here, and each of a peer that starts has them all looked through. */
function haveCommon(own: readonly GroupId[], asked: readonly GroupId[]): boolean {
  for (const group of own) if (asked.includes(group)) return true;
  return false;
}

function unknownGroup(open: Open, why: string): BondRefused {
  const asked = open.groups.map((group) => `${group.slice(0, 16)}…`).join(', ');
  const advice =
    'start both with the same group key, state machine and strategies, or wait until the group is open there';
  return new BondRefused(
    'UNKNOWN_GROUP',
    `${open.identity.id} asked for group ${asked}, and ${why}: ${advice}`,
    {
      told: `this group is not known here: ${advice}`,
    },
  );
}
