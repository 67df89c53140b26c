import {
  deriveGroupId,
  type GroupId,
  type Hasher,
  type NetworkId,
  SmaltiError,
  type SnapshotStore,
  type Transport,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { openDisk } from '@smalti/platform-node';
import { createNode, type Platform, type SmaltiNode } from '@smalti/raft';
import { openWal } from '@smalti/storage-wal';
import { wsTransport } from '@smalti/transport-ws';
import type { NodeSettings } from '../cli/index.ts';
import { KvMachine } from '../machine/index.ts';
import { openCheckpoints } from './open-checkpoints.ts';
import { strategies } from './strategies.ts';

/** @throws SmaltiError `ADDRESS_IN_USE` or `BAD_OPTION`, naming the flag. */
export async function openTransport(settings: NodeSettings, platform: Platform): Promise<Transport> {
  const { id, listen, peers } = settings;
  const advertise = settings.advertise ?? peers[id] ?? listen;
  try {
    return await wsTransport({ ...platform, listen, advertise });
  } catch (error) {
    if (!(error instanceof SmaltiError)) throw error;
    throw new SmaltiError(error.code, `--listen ${listen}: ${error.message}`, { cause: error });
  }
}

/** A node, and the checkpoints of its group. */
export interface OpenNode {
  readonly node: SmaltiNode;
  /** The group that is joined closes them. */
  readonly checkpoints: SnapshotStore;
}

/**
 * Opens the directory, and makes the node that lives in it. The node closes the transport.
 *
 * @throws SmaltiError `STORAGE_*`.
 */
export async function openNode(
  settings: NodeSettings,
  keys: readonly Uint8Array[],
  transport: Transport,
  platform: Platform,
): Promise<OpenNode> {
  const { data, keyFile } = settings;
  const disk = await openDisk(data);
  const network = toNetworkId(settings.network);
  const derived = groupsOf(network, keys, platform.hasher);
  const named = settings.group === null ? derived : [settings.group, ...derived];
  const accept = (groups: readonly GroupId[]): void => {
    if (groups.length === 0 || named.some((group) => groups.includes(group))) return;
    throw new SmaltiError(
      'STORAGE_FOREIGN',
      `--data ${data}: holds the log of another group (${short(groups[0])}) than the key in ` +
        `${keyFile} and the network ${network} name (${short(named[0])}): ` +
        'use the key that the group was born with, name the group with --group if that key was given up, or take an ' +
        'empty directory',
      { details: { data, groups, named } },
    );
  };
  const store = await openWal({ ...platform, disk, node: toPeerId(settings.id), accept });
  const node = createNode({ network, platform, store, transport });
  const group = named.find((id) => store.groups.includes(id)) ?? (named[0] as GroupId);
  try {
    return { node, checkpoints: await openCheckpoints(data, store.identity, group, platform) };
  } catch (error) {
    await node.close().catch(() => {});
    throw error;
  }
}

/** The ids that a group of this server has by its keys, in their order. */
export function groupsOf(network: NetworkId, keys: readonly Uint8Array[], hasher: Hasher): GroupId[] {
  return keys.map((key) =>
    deriveGroupId(hasher, {
      network,
      key,
      machine: new KvMachine().signature,
      strategies: strategies().map((strategy) => strategy.signature),
      validators: [],
    }),
  );
}

function short(group: string | undefined): string {
  return `${group?.slice(0, 12) ?? ''}…`;
}
