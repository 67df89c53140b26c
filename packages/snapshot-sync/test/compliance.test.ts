import { registerCases, type StateSyncFactory, stateSyncSuite } from '@smalti/compliance';
import { describe, it } from 'vitest';
import { type SnapshotSyncMessage, snapshotSync } from '../src/index.ts';

const factory: StateSyncFactory<SnapshotSyncMessage> = {
  abilities: ['tolerant', 'asks-again', 'several', 'spares-leader', 'slow-lines', 'reports', 'checkpoints'],
  create: () => snapshotSync({ windowBytes: 64 * 1024, servedBytes: 64 * 1024 }),
  heldBytes: 256 * 1024,
};

registerCases({ describe, it }, 'snapshot sync', stateSyncSuite(factory));
