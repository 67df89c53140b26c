import type { Chooser } from './crash-choice.ts';

/** The unit that a disk writes as a whole, in bytes. */
export const SECTOR_BYTES = 512;
/** The unit in which space is given to files, in bytes. */
export const BLOCK_BYTES = 4096;

/** A content that a sector has had since the last sync that covered it. */
interface Version {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** It was zeroed by a truncate: on the disk it goes with that change of length, not by itself. */
  readonly cut: boolean;
  /** A sync of it failed: later syncs succeed without it, as on Linux. */
  orphan: boolean;
}

/** A length that the file has had since the last sync that covered it. */
interface LengthChange {
  readonly id: number;
  readonly length: number;
  orphan: boolean;
}

const ZEROS = new Uint8Array(SECTOR_BYTES);

/**
 * The content of one file: what is durable, and every unsynced change since, sector by sector. Synchronous and
 * without faults; contents are never changed in place, so that clones share them.
 */
export class SectorFile {
  #durable = new Map<number, Uint8Array>();
  #unsynced = new Map<number, Version[]>();
  #durableLength = 0;
  #lengths: LengthChange[] = [];
  #blocks = new Set<number>();
  #lastChange = 0;

  get length(): number {
    return this.#lengths.at(-1)?.length ?? this.#durableLength;
  }

  /** Bytes of the blocks that the file occupies. */
  get occupied(): number {
    return this.#blocks.size * BLOCK_BYTES;
  }

  /** The change that was made last: what a sync that is submitted now covers. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /** Bytes of blocks that a write there would have to get. */
  lacking(offset: number, length: number): number {
    let missing = 0;
    for (let block = Math.floor(offset / BLOCK_BYTES); block * BLOCK_BYTES < offset + length; block++) {
      if (!this.#blocks.has(block)) missing += BLOCK_BYTES;
    }
    return missing;
  }

  /** Writes bytes; `keeps` says for each sector whether it is written, for writes that fail halfway. */
  write(offset: number, bytes: Uint8Array, keeps: () => boolean = () => true): void {
    const id = ++this.#lastChange;
    const end = offset + bytes.length;
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) {
      if (!keeps()) continue;
      const start = sector * SECTOR_BYTES;
      const content = this.#sector(sector).slice();
      const from = Math.max(start, offset);
      content.set(bytes.subarray(from - offset, Math.min(start + SECTOR_BYTES, end) - offset), from - start);
      this.#push(sector, { id, bytes: content, cut: false, orphan: false });
    }
    this.#occupy(offset, bytes.length);
    if (end > this.length) this.#lengths.push({ id, length: end, orphan: false });
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.length);
    const bytes = new Uint8Array(Math.max(0, end - offset));
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) {
      const content = this.#written(sector);
      // Most of a file that was allocated ahead was never written, and is zero as it is.
      if (content === undefined) continue;
      const start = sector * SECTOR_BYTES;
      const from = Math.max(start, offset);
      const to = Math.min(start + SECTOR_BYTES, end);
      bytes.set(content.subarray(from - start, to - start), from - offset);
    }
    return bytes;
  }

  /** Occupies every block below `length`, and grows the file to it; a longer file stays as long as it is. */
  allocate(length: number): void {
    const id = ++this.#lastChange;
    this.#occupy(0, length);
    if (length > this.length) this.#lengths.push({ id, length, orphan: false });
  }

  truncate(length: number): void {
    const id = ++this.#lastChange;
    if (length < this.length) {
      for (const sector of new Set([...this.#durable.keys(), ...this.#unsynced.keys()])) {
        const start = sector * SECTOR_BYTES;
        if (start + SECTOR_BYTES <= length) continue;
        const content = this.#sector(sector).slice();
        content.fill(0, Math.max(0, length - start));
        this.#push(sector, { id, bytes: content, cut: true, orphan: false });
      }
      this.#free(length);
    }
    this.#lengths.push({ id, length, orphan: false });
  }

  /** A sync that succeeded: the changes up to that one are durable. */
  commit(upTo: number): void {
    const covered = (change: { id: number; orphan: boolean }): boolean => change.id <= upTo && !change.orphan;
    for (const [sector, versions] of this.#unsynced) {
      const last = versions.findLastIndex(covered);
      if (last < 0) continue;
      this.#setDurable(sector, (versions[last] as Version).bytes);
      if (last === versions.length - 1) this.#unsynced.delete(sector);
      else versions.splice(0, last + 1);
    }
    const last = this.#lengths.findLastIndex(covered);
    if (last >= 0) {
      this.#durableLength = (this.#lengths[last] as LengthChange).length;
      this.#lengths.splice(0, last + 1);
    }
  }

  /** A sync that failed: the changes up to that one are in the cache, and no later sync covers them. */
  forsake(upTo: number): void {
    for (const change of [...this.#lengths, ...[...this.#unsynced.values()].flat()]) {
      if (change.id <= upTo) change.orphan = true;
    }
  }

  /** A loss of power: for the length and for each sector one of the contents since the last sync remains. */
  crash(path: string, choose: Chooser): void {
    const { length, id: cutsKept } = this.#chooseLength(path, choose);
    for (const [sector, versions] of this.#unsynced) {
      const base = versions.findLastIndex(({ cut, id }) => cut && id <= cutsKept);
      const candidates = [
        versions[base]?.bytes ?? this.#durable.get(sector) ?? ZEROS,
        ...versions.filter(({ cut }, at) => at > base && !cut).map(({ bytes }) => bytes),
      ];
      const offset = sector * SECTOR_BYTES;
      const chosen =
        candidates.length === 1 ? 0 : choose({ kind: 'sector', path, offset }, candidates.length);
      let content = candidates[chosen] as Uint8Array;
      const before = candidates[chosen - 1];
      const tear = before === undefined ? 0 : choose({ kind: 'tear', path, offset }, SECTOR_BYTES);
      if (before !== undefined && tear > 0) {
        content = content.slice();
        content.set(before.subarray(tear), tear);
      }
      this.#setDurable(sector, content);
    }
    this.#unsynced.clear();
    this.#lengths = [];
    this.#durableLength = length;
    for (const [sector, content] of this.#durable) {
      const kept = length - sector * SECTOR_BYTES;
      if (kept <= 0) this.#durable.delete(sector);
      else if (kept < SECTOR_BYTES) this.#setDurable(sector, content.slice().fill(0, kept));
    }
    this.#free(length);
  }

  /** Flips bits of one byte, in the cache and on the disk alike. */
  corrupt(offset: number, xor: number): void {
    const sector = Math.floor(offset / SECTOR_BYTES);
    const flip = (bytes: Uint8Array): Uint8Array => {
      const flipped = bytes.slice();
      flipped[offset % SECTOR_BYTES] = (flipped[offset % SECTOR_BYTES] as number) ^ xor;
      return flipped;
    };
    this.#setDurable(sector, flip(this.#durable.get(sector) ?? ZEROS));
    const versions = this.#unsynced.get(sector);
    if (versions !== undefined) {
      this.#unsynced.set(
        sector,
        versions.map((version) => ({ ...version, bytes: flip(version.bytes) })),
      );
    }
  }

  clone(): SectorFile {
    const copy = new SectorFile();
    copy.#durable = new Map(this.#durable);
    for (const [sector, versions] of this.#unsynced) {
      copy.#unsynced.set(
        sector,
        versions.map((version) => ({ ...version })),
      );
    }
    copy.#durableLength = this.#durableLength;
    copy.#lengths = this.#lengths.map((change) => ({ ...change }));
    copy.#blocks = new Set(this.#blocks);
    copy.#lastChange = this.#lastChange;
    return copy;
  }

  /** A file system keeps changes of lengths in order, so what remains is the state after one of them. */
  #chooseLength(path: string, choose: Chooser): { length: number; id: number } {
    const before = { length: this.#durableLength, id: 0 };
    if (this.#lengths.length === 0) return { ...before, id: Number.POSITIVE_INFINITY };
    const kept = choose({ kind: 'length', path }, this.#lengths.length + 1);
    return this.#lengths[kept - 1] ?? before;
  }

  #sector(sector: number): Uint8Array {
    return this.#written(sector) ?? ZEROS;
  }

  /** Its content, or undefined if it was never written. */
  #written(sector: number): Uint8Array | undefined {
    return this.#unsynced.get(sector)?.at(-1)?.bytes ?? this.#durable.get(sector);
  }

  #push(sector: number, version: Version): void {
    const versions = this.#unsynced.get(sector);
    if (versions === undefined) this.#unsynced.set(sector, [version]);
    else versions.push(version);
  }

  #setDurable(sector: number, bytes: Uint8Array): void {
    this.#durable.set(sector, bytes);
  }

  #occupy(offset: number, length: number): void {
    for (let block = Math.floor(offset / BLOCK_BYTES); block * BLOCK_BYTES < offset + length; block++) {
      this.#blocks.add(block);
    }
  }

  #free(length: number): void {
    for (const block of this.#blocks) if (block * BLOCK_BYTES >= length) this.#blocks.delete(block);
  }
}
