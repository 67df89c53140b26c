import { closeSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The unit of a segment: a sector that was never written is all zeros. */
export const SECTOR_BYTES = 512;
/** Of a sector: the number of the sector in its batch, with the highest bit set. */
const STAMP_AT = 4;
const WRITTEN = 0x8000_0000;
/** Of the first sector of a batch: how many sectors it has. */
const COUNT_AT = 12;

/** A segment of a log on disk, looked at while its node is down. */
export interface WalFile {
  readonly name: string;
  readonly path: string;
  /** The sector after the last one in which there is anything; 0 if there is nothing. */
  readonly end: number;
  /** Of the whole file. */
  readonly sectors: number;
}

/** The segments in a directory, oldest first. */
export function walFiles(directory: string): WalFile[] {
  return readdirSync(directory)
    .filter((name) => /^wal-\d{10}\.log$/.test(name))
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const { size } = statSync(path);
      return { name, path, end: endOf(path, size), sectors: Math.floor(size / SECTOR_BYTES) };
    });
}

const PIECE_BYTES = 64 * 1024;
const BLANK = Buffer.alloc(PIECE_BYTES);

/** Looked for from the end on: most segments are full, or nearly. */
function endOf(path: string, size: number): number {
  for (let to = size; to > 0; ) {
    const from = Math.max(0, to - PIECE_BYTES);
    const piece = readBytes({ path }, from, to - from);
    if (!piece.equals(BLANK.subarray(0, piece.length))) {
      let at = piece.length;
      while (piece[at - 1] === 0) at--;
      return Math.ceil((from + at) / SECTOR_BYTES);
    }
    to = from;
  }
  return 0;
}

/** True if something was written to a segment after the first: that one is closed, then. */
export function hasClosedSegment(directory: string): boolean {
  const [, ...later] = readdirSync(directory)
    .filter((name) => /^wal-\d{10}\.log$/.test(name))
    .sort();
  return later.some((name) => {
    const path = join(directory, name);
    return (
      statSync(path).size >= SECTOR_BYTES && readBytes({ path }, 0, SECTOR_BYTES).some((byte) => byte !== 0)
    );
  });
}

/** The segment that was written last, and the one after it, if that is there already. */
export function newest(files: readonly WalFile[]): { readonly last: WalFile; readonly next: WalFile | null } {
  const at = files.findLastIndex(({ end }) => end > 0);
  const last = files[at];
  if (last === undefined) throw new Error('nothing was ever written to the log');
  return { last, next: files[at + 1] ?? null };
}

/** The first sector of the batch that ends the segment, or null if that batch is torn already. */
export function lastBatch(file: WalFile): number | null {
  const word = (sector: number, at: number): number =>
    readBytes(file, sector * SECTOR_BYTES + at, 4).readUInt32LE();
  const number = word(file.end - 1, STAMP_AT) - WRITTEN;
  const first = file.end - 1 - number;
  if (number < 0 || first < 0) return null;
  return word(first, STAMP_AT) === WRITTEN && word(first, COUNT_AT) === number + 1 ? first : null;
}

export function readBytes(file: Pick<WalFile, 'path'>, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  withFile(file, 'r', (handle) => readSync(handle, bytes, 0, length, at));
  return bytes;
}

export function writeBytes(file: WalFile, at: number, bytes: Uint8Array): void {
  withFile(file, 'r+', (handle) => writeSync(handle, bytes, 0, bytes.length, at));
}

/** Turns one bit of a byte over. Doing it again undoes it. */
export function flipBit(file: WalFile, at: number, bit: number): void {
  const [byte = 0] = readBytes(file, at, 1);
  writeBytes(file, at, Uint8Array.of(byte ^ (1 << bit)));
}

function withFile(file: Pick<WalFile, 'path'>, mode: string, work: (handle: number) => void): void {
  const handle = openSync(file.path, mode);
  try {
    work(handle);
  } finally {
    closeSync(handle);
  }
}
