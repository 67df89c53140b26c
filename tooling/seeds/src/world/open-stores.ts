import {
  deriveGroupId,
  type LogStore,
  type NetworkId,
  type SmaltiError,
  type SnapshotStore,
  toPeerId,
} from '@smalti/core';
import type { Platform } from '@smalti/raft';
import { openChunks } from '@smalti/storage-chunks';
import { openWal } from '@smalti/storage-wal';
import { folderDisk, makeFolder } from './folder-disk.ts';
import { KV_SIGNATURE } from './kv-machine.ts';
import { SEGMENT_BYTES, type Settings } from './settings.ts';

/** The folder of the checkpoints on the disk of each node, beside its log. */
const FOLDER = 'checkpoints';

/** What a process opens before it takes part. */
export interface Stores {
  readonly log: LogStore;
  /** Null if none are made. */
  readonly checkpoints: SnapshotStore | null;
}

/** Of the group. */
export interface Place {
  readonly network: NetworkId;
  readonly key: Uint8Array;
  readonly strategies: readonly string[];
}

type Ports = Omit<Platform, 'logger' | 'meter'> & { readonly disk: Parameters<typeof openWal>[0]['disk'] };
type Done = (error: SmaltiError | null, stores: Stores | null) => void;

/** Opens the log and the checkpoints of a node. Never calls back if the process ends meanwhile. */
export function openStores(node: string, ports: Ports, settings: Settings, place: Place, done: Done): void {
  const options = { segmentBytes: SEGMENT_BYTES, maxBatchBytes: settings.maxBatchBytes };
  openWal({ ...ports, node: toPeerId(node), options }, (error, log) => {
    if (log === null) {
      done(error as SmaltiError, null);
      return;
    }
    const { checkpoints: kept } = settings;
    if (kept === undefined) {
      done(null, { log, checkpoints: null });
      return;
    }
    const { network, key, strategies } = place;
    const group = deriveGroupId(ports.hasher, { network, key, machine: KV_SIGNATURE, strategies });
    // A folder that cannot be made cannot be opened either, and then it is said why.
    makeFolder(ports.disk, FOLDER, () => {
      const given = {
        ...ports,
        disk: folderDisk(ports.disk, FOLDER),
        owner: { ...log.identity, group },
        options: kept.smallPacks.includes(node) ? SMALL_PACKS : {},
      };
      openChunks(given, (failed, checkpoints) => {
        if (checkpoints === null) done(failed as SmaltiError, null);
        else done(null, { log, checkpoints });
      });
    });
  });
}

/** So that a run has many, and collects. */
const SMALL_PACKS = { packBytes: 64 * 1024, batchBytes: 4096, collectAfterMs: 200 };
