import {
  type ClusterId,
  deriveGroupId,
  type GroupId,
  type Hasher,
  isAddress,
  MAX_ADDRESS_BYTES,
  type NetworkId,
  type PeerId,
  SmaltiError,
  toClusterId,
  toGroupId,
  toPeerId,
} from '@smalti/core';
import type { JoinOptions } from './api.ts';

const MIN_KEY_BYTES = 16;
const MAX_KEYS = 8;

/** The ids that a group may be known by here: the one that was named, and those that its keys give, in their order. */
export function groupsOf<C, Q, R>(
  join: Pick<JoinOptions<C, Q, R>, 'keys' | 'machine' | 'sync' | 'validators' | 'group'>,
  network: NetworkId,
  hasher: Hasher,
): GroupId[] {
  const { keys, machine, sync, validators = [] } = join;
  const strategies = sync.map((strategy) => strategy.signature);
  if (keys.length === 0 || keys.length > MAX_KEYS) {
    throw new SmaltiError('BAD_OPTION', `keys has ${keys.length} keys, and must have 1 to ${MAX_KEYS}`);
  }
  const derived = keys.map((key) => {
    if (key.length < MIN_KEY_BYTES) {
      const text = `a group key has ${key.length} bytes, and must have at least ${MIN_KEY_BYTES}: use random ones`;
      throw new SmaltiError('BAD_OPTION', text, { details: { option: 'keys' } });
    }
    return deriveGroupId(hasher, { network, key, machine: machine.signature, strategies, validators });
  });
  return join.group === undefined ? derived : [...new Set([namedGroup(join.group), ...derived])];
}

function namedGroup(group: GroupId): GroupId {
  try {
    return toGroupId(group);
  } catch (error) {
    throw new SmaltiError('BAD_OPTION', `option group: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws SmaltiError `BAD_OPTION` if it is not a cluster's name. */
export function clusterOf(text: string | undefined): ClusterId | null {
  if (text === undefined) return null;
  try {
    return toClusterId(text);
  } catch (error) {
    throw new SmaltiError('BAD_OPTION', `option cluster: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws SmaltiError `BAD_OPTION` if an id or an address cannot be one. */
export function namedPeers(peers: Readonly<Record<string, string>>): Map<PeerId, string> {
  const named = new Map<PeerId, string>();
  for (const [id, address] of Object.entries(peers)) {
    if (address === '' || !isAddress(address)) {
      throw new SmaltiError(
        'BAD_OPTION',
        `the address of peer ${id} has ${address.length} characters, and must have 1 to ${MAX_ADDRESS_BYTES} bytes`,
      );
    }
    try {
      named.set(toPeerId(id), address);
    } catch (error) {
      throw new SmaltiError('BAD_OPTION', `peers: ${(error as Error).message}`, { cause: error });
    }
  }
  return named;
}

/** Where members of a cluster to join can be dialled. @throws SmaltiError `BAD_OPTION`. */
export function contactsOf<C, Q, R>(
  join: Pick<JoinOptions<C, Q, R>, 'join' | 'bootstrap' | 'preference'>,
): readonly string[] {
  const { join: contacts = [], bootstrap = false, preference = 'normal' } = join;
  const bad = (text: string): never => {
    throw new SmaltiError('BAD_OPTION', text);
  };
  if (!['normal', 'reluctant', 'observer'].includes(preference)) {
    bad(`option preference is ${preference}, and must be normal, reluctant or observer`);
  }
  if (bootstrap && contacts.length > 0) bad('a node either bootstraps a cluster or joins one, not both');
  if (bootstrap && preference === 'observer') bad('an observer cannot bootstrap: it never votes');
  for (const address of contacts) {
    if (address === '' || !isAddress(address)) {
      bad(
        `an address to join at has ${address.length} characters, and must have 1 to ${MAX_ADDRESS_BYTES} bytes`,
      );
    }
  }
  return contacts;
}
