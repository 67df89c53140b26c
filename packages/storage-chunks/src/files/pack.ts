import type { DiskFile } from '@smalti/core';

/** A file of parts that is open. */
export interface Pack {
  readonly number: number;
  readonly file: DiskFile;
  /** Where the next batch goes. */
  end: number;
  /** Up to where the file has real blocks. */
  allocated: number;
  /** Parts that are in the index with a place in it. */
  parts: number;
  /** Reads under way: the file is closed after them. */
  reading: number;
  /** True once it was removed from the store. */
  removed: boolean;
}

/** The name of a pack. */
export function packPath(number: number): string {
  return `pack-${String(number).padStart(10, '0')}`;
}

/** The number in the name of a pack, or null if it is none. */
export function packNumber(name: string): number | null {
  const [, digits] = /^pack-(\d{10})$/.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}
