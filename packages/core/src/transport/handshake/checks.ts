import type { GroupId } from '../../vocabulary/ids.ts';
import { BondRefused } from '../refusals.ts';
import type { BondCredentials, PeerIdentity } from '../transport.ts';
import { MAX_GROUP_IDS, MAX_KEYS, MIN_KEY_BYTES, type Open } from './messages.ts';

/** A node in a message, e.g. `n1 at 127.0.0.1:9001`. */
export function showPeer(peer: PeerIdentity): string {
  return peer.address === '' ? peer.id : `${peer.id} at ${peer.address}`;
}

/** One start of a node in a message: its name, its directory and its process. */
export function showProcess(peer: PeerIdentity): string {
  return `${showPeer(peer)} (directory ${peer.incarnation.slice(0, 8)}, process ${peer.boot.slice(0, 8)})`;
}

/** True if both are the same directory under the same name: for consensus, the same node. */
export function sameMember(a: PeerIdentity, b: PeerIdentity): boolean {
  return a.id === b.id && a.incarnation === b.incarnation;
}

/** True if both are the same process. */
export function sameProcess(a: PeerIdentity, b: PeerIdentity): boolean {
  return sameMember(a, b) && a.boot === b.boot;
}

/** The keys of a group, checked. @throws RangeError naming what is wrong: it is the caller's mistake, not a peer's. */
export function keysOf(credentials: BondCredentials): readonly Uint8Array[] {
  const keys = credentials.keys();
  if (keys.length < 1 || keys.length > MAX_KEYS) {
    throw new RangeError(`a group accepts 1 to ${MAX_KEYS} keys, and this one ${keys.length}`);
  }
  for (const key of keys) {
    if (key.length < MIN_KEY_BYTES) {
      throw new RangeError(`a group key has at least ${MIN_KEY_BYTES} bytes, and this one ${key.length}`);
    }
  }
  return keys;
}

/** The ids of a group, each once. @throws RangeError if there is none. */
export function groupsOf(credentials: BondCredentials): readonly GroupId[] {
  const groups = [...new Set(credentials.groups())].slice(0, MAX_GROUP_IDS);
  if (groups.length === 0) throw new RangeError('a group is known by at least one id');
  return groups;
}

/**
 * Refuses a peer that is this node itself, or a copy of it.
 *
 * @throws BondRefused `ALREADY_BONDED`; quietly if this process dialled itself.
 */
export function refuseOneself(local: PeerIdentity, peer: PeerIdentity): void {
  if (!sameMember(local, peer)) return;
  if (local.boot === peer.boot) {
    throw new BondRefused('ALREADY_BONDED', `${showPeer(local)} dialled itself`, { quiet: true });
  }
  throw new BondRefused(
    'ALREADY_BONDED',
    `two processes run with one identity: ${showProcess(local)} and ${showProcess(peer)}: ` +
      'one data directory was copied or is used twice; stop one of them and give it an empty directory',
  );
}

/** Refuses a peer of another cluster. A blank node has none. @throws BondRefused `WRONG_CLUSTER`. */
export function refuseForeign(local: PeerIdentity, peer: PeerIdentity): void {
  if (local.cluster === null || peer.cluster === null || local.cluster === peer.cluster) return;
  throw new BondRefused(
    'WRONG_CLUSTER',
    `${showPeer(peer)} belongs to cluster ${peer.cluster}, and ${showPeer(local)} to ${local.cluster}: ` +
      'correct the address, or give the node that should move an empty data directory',
  );
}

/** The highest group protocol version that both speak. @throws BondRefused `VERSION_MISMATCH` if there is none. */
export function commonProtocol(local: PeerIdentity, peer: PeerIdentity): number {
  const highest = Math.min(local.protocol.max, peer.protocol.max);
  if (highest >= Math.max(local.protocol.min, peer.protocol.min)) return highest;
  throw new BondRefused(
    'VERSION_MISMATCH',
    `${showPeer(peer)} speaks group protocol ${showRange(peer)}, and ${showPeer(local)} ${showRange(local)}: ` +
      'upgrade the older one, by way of a release that speaks both',
  );
}

function showRange(peer: PeerIdentity): string {
  const { min, max } = peer.protocol;
  return min === max ? `${min}` : `${min} to ${max}`;
}

/**
 * The id that both will know the group by, or null if this is not a group they share. Who is born decides; of two
 * blank nodes, the acceptor's order.
 */
export function chooseGroup(own: readonly GroupId[], local: PeerIdentity, open: Open): GroupId | null {
  const common = own.find((group) => open.groups.includes(group));
  if (common === undefined) return null;
  const mine = local.cluster === null ? null : (own[0] ?? null);
  const theirs = open.identity.cluster === null ? null : (open.groups[0] ?? null);
  if (mine !== null && theirs !== null) return mine === theirs ? mine : null;
  return mine ?? theirs ?? common;
}
