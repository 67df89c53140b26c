/** The name of a node, chosen by its operator: 1 to 64 characters of `A-Z a-z 0-9 . _ -`, e.g. `n1`. */
export type PeerId = string & { readonly __brand: 'PeerId' };

/** The name of a network: nodes of different networks never bond. 1 to 64 characters, as a {@link PeerId}. */
export type NetworkId = string & { readonly __brand: 'NetworkId' };

/** What a group is: 64 hex digits, derived at birth (see `deriveGroupId`) and kept in entry 1. */
export type GroupId = string & { readonly __brand: 'GroupId' };

/** A random name, minted when a group is born: 32 hex digits. Two births never share it. */
export type ClusterId = string & { readonly __brand: 'ClusterId' };

/**
 * A random name that each data directory mints once and never changes: 32 hex digits. Who counts is
 * (id, incarnation): a node that lost its disk comes back under its old id as a new incarnation, and is not
 * counted for what the old one promised.
 */
export type Incarnation = string & { readonly __brand: 'Incarnation' };

/** A random name of one start of a process: 16 hex digits. It tells a restart from a reconnection. */
export type BootNonce = string & { readonly __brand: 'BootNonce' };

/** (id, incarnation) in one word, `n1@0f…`: the name under which consensus counts a node. */
export type MemberKey = string & { readonly __brand: 'MemberKey' };

const NAME = /^[A-Za-z0-9._-]{1,64}$/;

function hex(digits: number): RegExp {
  return new RegExp(`^[0-9a-f]{${digits}}$`);
}
const HEX64 = hex(64);
const HEX32 = hex(32);
const HEX16 = hex(16);

function checked(value: string, form: RegExp, what: string, rule: string): string {
  if (!form.test(value)) {
    throw new RangeError(`${what} must be ${rule}, and ${JSON.stringify(value.slice(0, 80))} is not`);
  }
  return value;
}

/** @throws RangeError if the text is not 1 to 64 characters of `A-Z a-z 0-9 . _ -`. */
export function toPeerId(text: string): PeerId {
  return checked(text, NAME, 'a node id', '1 to 64 characters of A-Z a-z 0-9 . _ -') as PeerId;
}

/** @throws RangeError if the text is not 1 to 64 characters of `A-Z a-z 0-9 . _ -`. */
export function toNetworkId(text: string): NetworkId {
  return checked(text, NAME, 'a network id', '1 to 64 characters of A-Z a-z 0-9 . _ -') as NetworkId;
}

/** @throws RangeError if the text is not 64 lower-case hex digits. */
export function toGroupId(text: string): GroupId {
  return checked(text, HEX64, 'a group id', '64 hex digits') as GroupId;
}

/** @throws RangeError if the text is not 32 lower-case hex digits. */
export function toClusterId(text: string): ClusterId {
  return checked(text, HEX32, 'a cluster id', '32 hex digits') as ClusterId;
}

/** @throws RangeError if the text is not 32 lower-case hex digits. */
export function toIncarnation(text: string): Incarnation {
  return checked(text, HEX32, 'an incarnation', '32 hex digits') as Incarnation;
}

/** @throws RangeError if the text is not 16 lower-case hex digits. */
export function toBootNonce(text: string): BootNonce {
  return checked(text, HEX16, 'a boot nonce', '16 hex digits') as BootNonce;
}

/** The name under which consensus counts this node. */
export function memberKey(id: PeerId, incarnation: Incarnation): MemberKey {
  return `${id}@${incarnation}` as MemberKey;
}

/** The node id within a member key. */
export function memberId(key: MemberKey): PeerId {
  return key.slice(0, key.indexOf('@')) as PeerId;
}

/** The incarnation within a member key. */
export function memberIncarnation(key: MemberKey): Incarnation {
  return key.slice(key.indexOf('@') + 1) as Incarnation;
}
