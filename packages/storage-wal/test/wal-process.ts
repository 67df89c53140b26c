import { serveLogStore } from '@smalti/compliance/child-process';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { openWal } from '../src/index.ts';

// A process with a log on the real disk.
serveLogStore(async (directory, node) => {
  const disk = await openDisk(directory);
  return await openWal({ ...nodePlatform(), disk, node, options: { segmentBytes: 64 * 1024 } });
});
