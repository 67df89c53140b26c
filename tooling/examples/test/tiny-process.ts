import { serveLogStore } from '@smalti/compliance/child-process';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { openTinyStore } from '../src/tiny-store.ts';

serveLogStore(async (directory, node) => {
  return await openTinyStore(await openDisk(directory), nodePlatform().random, node);
});
