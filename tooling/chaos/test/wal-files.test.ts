import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  flipBit,
  hasClosedSegment,
  lastBatch,
  newest,
  SECTOR_BYTES,
  walFiles,
} from '../src/machine/wal-files.ts';

const SECTORS = 300;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'smalti-chaos-wal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A segment with batches of so many sectors, as far as their stamps and counts go. */
function segment(number: number, batches: readonly number[], torn = 0): void {
  const bytes = Buffer.alloc(SECTORS * SECTOR_BYTES);
  let sector = 0;
  for (const count of batches) {
    bytes.writeUInt32LE(count, sector * SECTOR_BYTES + 12);
    for (let i = 0; i < count; i++) bytes.writeUInt32LE(0x8000_0000 + i, sector++ * SECTOR_BYTES + 4);
  }
  bytes.fill(0, (sector - torn) * SECTOR_BYTES);
  writeFileSync(join(directory, `wal-000000000${number}.log`), bytes);
}

describe('the segments of a log', () => {
  it('end where nothing was written any more', () => {
    segment(1, [2, 296]);
    segment(2, [1, 2]);
    segment(4, []);
    writeFileSync(join(directory, 'hard-state'), 'x');
    const files = walFiles(directory);
    expect(files.map(({ name, end, sectors }) => [name, end, sectors])).toEqual([
      ['wal-0000000001.log', 298, SECTORS],
      ['wal-0000000002.log', 3, SECTORS],
      ['wal-0000000004.log', 0, SECTORS],
    ]);
    const { last, next } = newest(files);
    expect([last.name, next?.name]).toEqual(['wal-0000000002.log', 'wal-0000000004.log']);
    expect(lastBatch(last)).toBe(1);
  });

  it('end with a batch, or with one that is torn', () => {
    segment(1, [2, 4], 1);
    expect(lastBatch(newest(walFiles(directory)).last)).toBeNull();
  });

  it('are closed when the next one is begun, not when it is there', () => {
    segment(1, [2]);
    expect(hasClosedSegment(directory)).toBe(false);
    segment(2, []);
    expect(hasClosedSegment(directory)).toBe(false);
    segment(2, [1]);
    expect(hasClosedSegment(directory)).toBe(true);
  });

  it('have one bit more or less after a flip, and are as before after a second', () => {
    segment(1, [2]);
    const [file] = walFiles(directory);
    if (file === undefined) throw new Error('there is one');
    const before = readFileSync(file.path);
    flipBit(file, 700, 3);
    const after = readFileSync(file.path);
    expect(after[700]).toBe((before[700] ?? 0) ^ 8);
    after[700] = before[700] ?? 0;
    expect(after.equals(before)).toBe(true);
    flipBit(file, 700, 3);
    expect(readFileSync(file.path).equals(before)).toBe(true);
  });
});
