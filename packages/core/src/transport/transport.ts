import type { ErrorCode } from '../errors/smalti-error.ts';
import type { PluginDescriptor } from '../plugin/descriptor.ts';
import type { BootNonce, ClusterId, GroupId, Incarnation, NetworkId, PeerId } from '../vocabulary/ids.ts';

/** Which lane of a link: `control` for consensus, `bulk` for sync alone, so that a transfer never delays a heartbeat. */
export type Lane = 'control' | 'bulk';

/** Who a node is, as it says in the handshake and proves with the group key. */
export interface PeerIdentity {
  readonly id: PeerId;
  readonly incarnation: Incarnation;
  readonly boot: BootNonce;
  /** The cluster it belongs to, or null while it is blank. */
  readonly cluster: ClusterId | null;
  /** True if it was started to bootstrap and is not born yet. */
  readonly bootstrapping: boolean;
  /** Where it says it can be dialled; empty if nowhere. */
  readonly address: string;
  /** The group protocol versions it speaks, inclusive. */
  readonly protocol: { readonly min: number; readonly max: number };
}

/** What a group needs to be bonded, asked anew at each handshake, because birth and key rotation change it. */
export interface BondCredentials {
  readonly network: NetworkId;
  /**
   * The ids under which this node knows the group: first the one it has, then the ones it would derive from its
   * other accepted keys. An acceptor that is born answers with its first; a blank node takes the acceptor's.
   */
  groups(): readonly GroupId[];
  /** Accepted keys, 16 bytes or longer each, at most 8, the preferred one first. */
  keys(): readonly Uint8Array[];
  local(): PeerIdentity;
}

/** Why a bond was refused. Each has a meaning for an operator; `detail` says what to do. */
export interface Refusal {
  readonly code: Extract<
    ErrorCode,
    | 'BAD_HANDSHAKE'
    | 'UNKNOWN_GROUP'
    | 'BAD_PROOF'
    | 'HANDSHAKE_TIMEOUT'
    | 'ALREADY_BONDED'
    | 'WRONG_CLUSTER'
    | 'WRONG_NETWORK'
    | 'VERSION_MISMATCH'
    | 'TOO_MANY'
    | 'FRAME_TOO_LARGE'
    | 'BAD_MESSAGE'
    | 'LINK_LOST'
    | 'DEPARTED'
  >;
  readonly detail: string;
  /** The address that was dialled, or the socket's. */
  readonly address: string;
  /** Who it claimed to be, if it came that far. Not proven. */
  readonly claimed: PeerId | null;
}

/**
 * Tells the other side of a bond again and again that nothing has changed, in one frame with all other bonds between the
 * two nodes. It takes two: the one side beats, the other confirms. What a pulse means is theirs to agree on, by
 * messages on the bond's control lane, with which pulses and their answers are in order.
 *
 * Both sides do so until a time, and have to renew it: so that no group passes for alive because its process is.
 */
export interface BondPulse {
  /** From now on pulses name this bond, about every so many milliseconds, until that time of the clock. */
  beat(everyMs: number, untilMs: number): void;
  /** Pulses name this bond no more. */
  still(): void;
  /** Pulses of the other side that name this bond are heard, and confirmed to it, until that time of the clock. */
  confirm(untilMs: number): void;
  /** They are objected to. */
  object(): void;
  /** When the last pulse of the other side came that named this bond and was confirmed; else minus infinity. */
  readonly heardAt: number;
  /** When the other side last confirmed a pulse of ours that named this bond; else minus infinity. */
  readonly answeredAt: number;
}

/**
 * One group's authenticated channel to one other node. Messages of one lane arrive whole, unchanged, at most once and
 * in order, until the bond ends; nothing is promised between lanes.
 */
export interface Bond {
  /** Who is there, proven. */
  readonly peer: PeerIdentity;
  /** The group that both sides agreed on. */
  readonly group: GroupId;
  /** The group protocol version to speak: the highest that both know. */
  readonly protocol: number;
  /**
   * Sends, if there is room. False means that the lane's bound was reached or the bond has ended, and that the
   * message was dropped: consensus copes, bulk senders wait for `writable`. Never throws, never calls back within.
   * The bytes must not change afterwards.
   */
  send(lane: Lane, bytes: Uint8Array): boolean;
  /** Bytes that wait in that lane. */
  queued(lane: Lane): number;
  /** Where the transport can tell of many bonds at once. */
  readonly pulse?: BondPulse | undefined;
  /** Ends the bond. The other side is told why, if it still listens. */
  close(reason: Refusal['code'], detail: string): void;
}

/** What a group hears of its bonds. Calls never overlap and never come within a call to the transport. */
export interface BondEvents {
  /** A bond exists. There is at most one with the same (id, incarnation) at a time. */
  bonded(bond: Bond): void;
  /** A whole message came. The bytes belong to the receiver. */
  message(bond: Bond, lane: Lane, bytes: Uint8Array): void;
  /** A lane that had refused a message has room again. */
  writable(bond: Bond, lane: Lane): void;
  /** The other side objected to a pulse that named this bond, which beats no more. */
  objected?(bond: Bond): void;
  /** A bond ended, after its last message. */
  unbonded(bond: Bond, reason: Refusal): void;
  /** A bond did not come to be. For logs and status; the transport goes on trying where it dials. */
  refused(refusal: Refusal): void;
}

/** One group's door to a transport. */
export interface TransportGroup {
  readonly bonds: readonly Bond[];
  /**
   * Keeps a bond to whoever is at that address, dialling again with back-off and jitter whenever there is none.
   * Dialling oneself, or a node that is bonded already, is noticed and ends quietly. Idempotent.
   */
  dial(address: string): void;
  /** Stops dialling that address. A bond that exists stays. */
  undial(address: string): void;
  /** Departs politely from every peer and stops. No event comes after it. */
  close(): void;
}

/**
 * Carries messages between nodes. A link is what two nodes share; a bond is one group's channel on it, with its own
 * proof of the group's key. Nothing of a peer is believed before its proof, and what it can cost before that is
 * bounded in bytes, time and sockets.
 */
export interface Transport {
  readonly descriptor: PluginDescriptor;
  /** Where others can dial this node; empty if it does not listen. */
  readonly address: string;
  /** The largest message that a bond carries, in bytes. */
  readonly maxMessageBytes: number;
  /** Opens a group's door. Called once for each group. @throws RangeError if its keys or ids are not as they must be. */
  attach(credentials: BondCredentials, events: BondEvents): TransportGroup;
  /** Ends all bonds and links, and stops listening. */
  close(): Promise<void>;
}
