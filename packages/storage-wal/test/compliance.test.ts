import { failuresOf, logStoreSuite, registerCases, simulatedLogStore } from '@smalti/compliance';
import type { Disk, DiskCallback, DiskFile } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { openWal, type WalOptions } from '../src/index.ts';

const SIZES: Readonly<Record<string, WalOptions>> = {
  'with small segments': { segmentBytes: 8192, maxBatchBytes: 4096 },
  'with segments of 256 KiB': { segmentBytes: 256 * 1024 },
};

for (const [name, options] of Object.entries(SIZES)) {
  const open = simulatedLogStore({ open: (ports, node) => openWal({ ...ports, node, options }) });
  registerCases({ describe, it }, `the suite of log stores, ${name}`, logStoreSuite(open));
}

const torn = simulatedLogStore({
  open: (ports, node) => openWal({ ...ports, node, options: { segmentBytes: 8192 } }),
  tornSectors: true,
});
registerCases({ describe, it }, 'the suite of log stores, on a disk that tears sectors', logStoreSuite(torn));

describe('a planted bug', () => {
  it('is found by the suite: a disk that only says that it synced', async () => {
    const lying = simulatedLogStore({
      open: (ports, node) => openWal({ ...ports, node, options: { segmentBytes: 8192 } }),
      disk: { ignoreSync: true },
    });
    await expectFound(logStoreSuite(lying, { seeds: 3 }));
  });

  it('is found by the suite: a log that tells before it synced', async () => {
    const hasty = simulatedLogStore({
      open: (ports, node) =>
        openWal({ ...ports, disk: withoutSync(ports.disk), node, options: { segmentBytes: 8192 } }),
    });
    await expectFound(logStoreSuite(hasty, { seeds: 3 }));
  });
});

/** Runs the cases about crashes; what it finds is typed, and is a loss. */
async function expectFound(cases: ReturnType<typeof logStoreSuite>): Promise<void> {
  const failures = await failuresOf(cases.filter(({ requires }) => requires.includes('crash')));
  expect(failures.length).toBeGreaterThan(0);
}

/** Writes batches, and does not wait until they are synced. */
function withoutSync(disk: Disk): Disk {
  return {
    location: disk.location,
    open: (path, mode, done) =>
      disk.open(path, mode, (error, file) => done(error, error === null ? new Hasty(file) : file)),
    makeDirectory: (path, done) => disk.makeDirectory(path, done),
    list: (path, done) => disk.list(path, done),
    rename: (from, to, done) => disk.rename(from, to, done),
    unlink: (path, done) => disk.unlink(path, done),
    syncDirectory: (path, done) => disk.syncDirectory(path, done),
    lock: (path, done) => disk.lock(path, done),
  };
}

class Hasty implements DiskFile {
  readonly #file: DiskFile;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  get path(): string {
    return this.#file.path;
  }

  writeAt(offset: number, bytes: Uint8Array, done: DiskCallback): void {
    this.#file.writeAt(offset, bytes, done);
  }

  writeAndSync(offset: number, bytes: Uint8Array, done: DiskCallback): void {
    this.#file.writeAt(offset, bytes, done);
  }

  readAt(offset: number, length: number, done: DiskCallback<Uint8Array>): void {
    this.#file.readAt(offset, length, done);
  }

  sync(done: DiskCallback): void {
    this.#file.sync(done);
  }

  allocate(length: number, done: DiskCallback): void {
    this.#file.allocate(length, done);
  }

  truncate(length: number, done: DiskCallback): void {
    this.#file.truncate(length, done);
  }

  size(done: DiskCallback<number>): void {
    this.#file.size(done);
  }

  close(done: DiskCallback): void {
    this.#file.close(done);
  }
}
