import { ByteWriter } from '@smalti/core';

/** One with more memory than this is not kept, in bytes: an ordinary batch has a mebibyte. */
const KEPT_BYTES = 2 * 1024 * 1024;

/** All stores of a process share it: there may be thousands, of which few write at a time. */
let kept: ByteWriter | null = null;

/**
 * A writer for a batch, with the memory of the last one if it is free. New memory for each would be outside the heap, and
 * the garbage collector would run over the whole heap for every 64 MiB or so of it.
 */
export function takeWriter(): ByteWriter {
  const writer = kept ?? new ByteWriter();
  kept = null;
  return writer;
}

/** Called when nothing of what was written is needed any more; not after an error, which may have left it under way. */
export function giveWriterBack(writer: ByteWriter): void {
  if (writer.length <= KEPT_BYTES) kept = writer;
}
