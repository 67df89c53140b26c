/** What grows as it is written to, and gives a copy of what was written. A writer of protobufjs is one. */
export interface ReusableWriter {
  /** What was written, copied. */
  finish(): Uint8Array;
  /** Forgets what was written, and keeps the memory. */
  reset(): unknown;
}

/** A writer with more memory than this is not kept, in bytes. */
const KEPT_BYTES = 2 * 1024 * 1024;

/**
 * Encodes message after message with one writer. A new writer for each grows by doubling, so that a message costs
 * several times its length in memory outside the heap: the garbage collector counts it, and runs over the whole heap
 * for it.
 *
 * @param create makes a writer.
 * @returns what encodes, given what to write.
 */
export function reusedWriter<W extends ReusableWriter>(
  create: () => W,
): (write: (writer: W) => unknown) => Uint8Array {
  let kept: W | null = null;
  return (write) => {
    const writer = kept ?? create();
    // One that is left in the middle of a message, by an error, is never used again.
    kept = null;
    write(writer);
    const bytes = writer.finish();
    writer.reset();
    if (bytes.length <= KEPT_BYTES) kept = writer;
    return bytes;
  };
}
