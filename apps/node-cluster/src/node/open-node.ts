import { deriveGroupId, SmaltiError, type Transport, toNetworkId, toPeerId } from '@smalti/core';
import { openDisk } from '@smalti/platform-node';
import { createNode, type Platform, type SmaltiNode } from '@smalti/raft';
import { openWal } from '@smalti/storage-wal';
import { wsTransport } from '@smalti/transport-ws';
import type { NodeSettings } from '../cli/index.ts';
import { KvMachine } from '../machine/index.ts';

/** @throws SmaltiError `ADDRESS_IN_USE` or `BAD_OPTION`, naming the flag. */
export async function openTransport(settings: NodeSettings, platform: Platform): Promise<Transport> {
  const { id, listen, peers } = settings;
  const advertise = peers[id] ?? listen;
  try {
    return await wsTransport({ ...platform, listen, advertise });
  } catch (error) {
    if (!(error instanceof SmaltiError)) throw error;
    throw new SmaltiError(error.code, `--listen ${listen}: ${error.message}`, { cause: error });
  }
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
): Promise<SmaltiNode> {
  const disk = await openDisk(settings.data);
  const store = await openWal({ ...platform, disk, node: toPeerId(settings.id) });
  const network = toNetworkId(settings.network);
  const named = keys.map((key) =>
    deriveGroupId(platform.hasher, { network, key, machine: new KvMachine().signature, validators: [] }),
  );
  if (store.groups.length > 0 && !named.some((group) => store.groups.includes(group))) {
    await new Promise<void>((resolve) => store.close(() => resolve()));
    throw new SmaltiError(
      'STORAGE_FOREIGN',
      `--data ${settings.data}: holds the log of another group (${short(store.groups[0])}) than the key in ` +
        `${settings.keyFile} and the network ${settings.network} name (${short(named[0])}): ` +
        'use the key that the group was born with, or an empty directory',
      { details: { data: settings.data, groups: store.groups, named } },
    );
  }
  return createNode({ network, platform, store, transport });
}

function short(group: string | undefined): string {
  return `${group?.slice(0, 12) ?? ''}…`;
}
