import type { Mutant } from './mutant.ts';

/** Bugs of the log storage. */
export const disks: readonly Mutant[] = [
  {
    id: 'done-before-sync',
    of: 'H23',
    what: 'A write completes before it was synced',
    file: 'packages/core/src/steps/disk-steps.ts',
    find: '  return call((done) => file.writeAndSync(offset, bytes, done));',
    replace: '  return call((done) => file.writeAt(offset, bytes, done));',
  },
  {
    id: 'last-batch-not-settled',
    of: 'H23',
    what: 'A start builds on what a failed sync left in the page cache',
    file: 'packages/storage-wal/src/recovery/recover.ts',
    find: '  yield* writeAndSync(segment.file, offset, bytes);\n}',
    replace:
      '  yield (resume) => segment.file.sync((error) => resume(error, undefined));\n  if (bytes.length < 0) yield* writeAndSync(segment.file, offset, bytes);\n}',
  },
  {
    id: 'doubt-not-noted',
    of: 'H42',
    what: 'A damaged last batch is cut without a doubt',
    file: 'packages/storage-wal/src/recovery/recover.ts',
    find: "  return new Set(tail.kind === 'doubtful' ? (tail.groups ?? all) : []);",
    replace: "  return new Set(tail.kind === 'doubtful' && all.length < 0 ? (tail.groups ?? all) : []);",
  },
  {
    id: 'damage-cut-as-torn',
    of: 'H42',
    what: 'Whatever is damaged is cut, though later batches show that it was synced',
    file: 'packages/storage-wal/src/recovery/tail.ts',
    find: "  if (later !== null) return { kind: 'corrupt', sector: later };",
    replace: "  if (later !== null) return { kind: 'unsynced' };",
  },
  {
    id: 'torn-sectors-believed',
    of: 'H42',
    what: 'Sectors are believed without their checksums',
    file: 'packages/storage-wal/src/format/sector.ts',
    find: '    return this.sum(sector) === this.#hasher.crc32(this.#bytes.subarray(at, at + CRC_AT), this.#salt);',
    replace: '    return this.sum(sector) !== this.#hasher.crc32(this.#bytes.subarray(at, at), this.#salt);',
  },
  {
    id: 'name-not-synced',
    of: 'H23',
    what: 'A new segment is written before its name is on the disk',
    file: 'packages/storage-wal/src/files/segment-files.ts',
    find: '    yield* syncDirectory(env.disk);\n  } catch (error) {',
    replace: '  } catch (error) {',
  },
];
