import { join } from 'node:path';
import type { GroupId, SnapshotStore, StoreIdentity } from '@smalti/core';
import { openDisk } from '@smalti/platform-node';
import type { Platform } from '@smalti/raft';
import { openChunks } from '@smalti/storage-chunks';
import { makeDirectory } from './data-directory.ts';
import { CHECKPOINTS } from './restored-directory.ts';

/**
 * Opens the checkpoints of a node's group, in the node's directory. The group closes them.
 *
 * @throws SmaltiError `STORAGE_*`.
 */
export async function openCheckpoints(
  data: string,
  identity: StoreIdentity,
  group: GroupId,
  platform: Platform,
): Promise<SnapshotStore> {
  const directory = join(data, CHECKPOINTS);
  await makeDirectory(directory);
  const { node, incarnation } = identity;
  return await openChunks({
    ...platform,
    disk: await openDisk(directory),
    owner: { node, incarnation, group },
  });
}
