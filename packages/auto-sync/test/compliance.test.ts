import { registerCases, type StateSyncFactory, stateSyncSuite } from '@smalti/compliance';
import { logReplay } from '@smalti/log-replay';
import { snapshotSync } from '@smalti/snapshot-sync';
import { describe, it } from 'vitest';
import { autoSync, type ChildMessage } from '../src/index.ts';

const factory: StateSyncFactory<ChildMessage> = {
  abilities: ['tolerant', 'asks-again', 'several', 'spares-leader', 'slow-lines', 'reports', 'checkpoints'],
  create: () =>
    autoSync([
      logReplay({ windowBytes: 64 * 1024, servedBytes: 64 * 1024 }),
      snapshotSync({ windowBytes: 64 * 1024 }),
    ]),
  heldBytes: 256 * 1024,
};

registerCases({ describe, it }, 'auto sync', stateSyncSuite(factory));
