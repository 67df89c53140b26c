import { failuresOf, registerCases, simulatedSnapshotStore, snapshotStoreSuite } from '@smalti/compliance';
import { describe, expect, it } from 'vitest';
import { type ChunksOptions, openChunks } from '../src/index.ts';
import { OWNER } from './world.ts';

const SIZES: Readonly<Record<string, ChunksOptions>> = {
  'with small packs': { packBytes: 64 * 1024, batchBytes: 4096 },
  'with packs of 16 MiB': {},
};

for (const [name, options] of Object.entries(SIZES)) {
  const open = simulatedSnapshotStore({
    open: (ports) => openChunks({ ...ports, owner: OWNER, options }),
    tornSectors: name === 'with small packs',
  });
  registerCases({ describe, it }, `the suite of snapshot stores, ${name}`, snapshotStoreSuite(open));
}

describe('a planted lie', () => {
  it.each([{ ignoreSync: true }, { ignoreDirectorySync: true }])(
    'is found by the suite: %o',
    async (disk) => {
      const lying = simulatedSnapshotStore({ open: (ports) => openChunks({ ...ports, owner: OWNER }), disk });
      const cases = snapshotStoreSuite(lying, { seeds: 10 }).filter(({ requires }) =>
        requires.includes('crash'),
      );
      expect((await failuresOf(cases)).length).toBeGreaterThan(0);
    },
  );
});
