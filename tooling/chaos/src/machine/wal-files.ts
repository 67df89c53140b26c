import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
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
      const sectors = Math.floor(statSync(path).size / SECTOR_BYTES);
      return { name, path, end: endOf(readFileSync(path)), sectors };
    });
}

function endOf(bytes: Buffer): number {
  let at = bytes.length;
  const zeros = Buffer.alloc(64 * 1024);
  while (at > 0) {
    const from = Math.max(0, at - zeros.length);
    if (!bytes.subarray(from, at).equals(zeros.subarray(0, at - from))) break;
    at = from;
  }
  while (at > 0 && bytes[at - 1] === 0) at--;
  return Math.ceil(at / SECTOR_BYTES);
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

export function readBytes(file: WalFile, at: number, length: number): Buffer {
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

function withFile(file: WalFile, mode: string, work: (handle: number) => void): void {
  const handle = openSync(file.path, mode);
  try {
    work(handle);
  } finally {
    closeSync(handle);
  }
}
