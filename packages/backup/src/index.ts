export { type ArchivedPart, ArchiveReader } from './archive-reader.ts';
export { type NewCheckpoint, type Restoring, restoreArchive, type Target } from './restore-archive.ts';
export { type ByteSource, partsOf, type ReadOptions } from './source.ts';
export { type VerifiedArchive, verifyArchive } from './verify-archive.ts';
export { type ArchiveContent, type PartSource, writeArchive } from './write-archive.ts';
