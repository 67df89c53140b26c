import type { Hasher } from '@smalti/core';

/*
 * A segment is an array of sectors of 512 bytes, zero until they are written, and each is written once:
 *     0  u32  low 32 bits of the batch's sequence number
 *     4  u32  0x8000_0000 + number of the sector within its batch: never zero
 *     8       500 bytes of payload
 *   508  u32  CRC-32 of all before, begun with the salt of store and segment
 * Payload bytes are counted through the whole segment, sector after sector: such a count is a "place" here. What lies
 * next to each other in a batch lies next to each other in places.
 */

/** The unit that a disk writes as a whole or not at all. */
export const SECTOR_BYTES = 512;
/** Bytes of payload in a sector. */
export const SECTOR_PAYLOAD = 500;

const PAYLOAD_AT = 8;
const CRC_AT = 508;
const WRITTEN = 0x8000_0000;

/** How many sectors hold that many bytes of payload. */
export function sectorsFor(payloadBytes: number): number {
  return Math.ceil(payloadBytes / SECTOR_PAYLOAD);
}

/** The offset in the file of a place. */
export function offsetOf(place: number): number {
  return Math.floor(place / SECTOR_PAYLOAD) * SECTOR_BYTES + PAYLOAD_AT + (place % SECTOR_PAYLOAD);
}

/** Lays bytes out in sectors. */
export class SectorWriter {
  readonly bytes: Uint8Array;
  #at = PAYLOAD_AT;
  #left = SECTOR_PAYLOAD;

  constructor(payloadBytes: number) {
    this.bytes = new Uint8Array(sectorsFor(payloadBytes) * SECTOR_BYTES);
  }

  write(source: Uint8Array): void {
    let from = 0;
    while (from < source.length) {
      if (this.#left === 0) {
        this.#at += SECTOR_BYTES - SECTOR_PAYLOAD;
        this.#left = SECTOR_PAYLOAD;
      }
      const count = Math.min(this.#left, source.length - from);
      const whole = from === 0 && count === source.length;
      this.bytes.set(whole ? source : source.subarray(from, from + count), this.#at);
      from += count;
      this.#at += count;
      this.#left -= count;
    }
  }

  /** Stamps and sums every sector. Returns the digest of the batch: the CRC of its sectors' CRCs. */
  seal(hasher: Hasher, sequence: number, salt: number): number {
    const { bytes } = this;
    const view = new DataView(bytes.buffer);
    const sums = new Uint8Array((bytes.length / SECTOR_BYTES) * 4);
    const sumsView = new DataView(sums.buffer);
    for (let at = 0, i = 0; at < bytes.length; at += SECTOR_BYTES, i++) {
      view.setUint32(at, sequence >>> 0, true);
      view.setUint32(at + 4, WRITTEN + i, true);
      const sum = hasher.crc32(bytes.subarray(at, at + CRC_AT), salt);
      view.setUint32(at + CRC_AT, sum, true);
      sumsView.setUint32(i * 4, sum, true);
    }
    return hasher.crc32(sums);
  }
}

/** The sectors of a piece of a file. The piece begins and ends at a border of sectors. */
export class SectorReader {
  readonly count: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #hasher: Hasher;
  readonly #salt: number;

  constructor(bytes: Uint8Array, salt: number, hasher: Hasher) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#salt = salt;
    this.#hasher = hasher;
    this.count = Math.floor(bytes.length / SECTOR_BYTES);
  }

  /** True if nothing of the sector was ever written. */
  isBlank(sector: number): boolean {
    const at = sector * SECTOR_BYTES;
    for (let i = 0; i < SECTOR_BYTES; i += 4) if (this.#view.getUint32(at + i, true) !== 0) return false;
    return true;
  }

  /** True if it is blank from that sector on. */
  isBlankFrom(sector: number): boolean {
    for (let i = sector; i < this.count; i++) if (!this.isBlank(i)) return false;
    return true;
  }

  /** True if what was written there is unchanged. */
  isGood(sector: number): boolean {
    const at = sector * SECTOR_BYTES;
    if (this.#view.getUint32(at + 4, true) < WRITTEN) return false;
    return this.sum(sector) === this.#hasher.crc32(this.#bytes.subarray(at, at + CRC_AT), this.#salt);
  }

  sum(sector: number): number {
    return this.#view.getUint32(sector * SECTOR_BYTES + CRC_AT, true);
  }

  /** Low 32 bits of the batch's sequence number. */
  stampOf(sector: number): number {
    return this.#view.getUint32(sector * SECTOR_BYTES, true);
  }

  /** Number of the sector within its batch, or -1 if the stamp is none. */
  numberOf(sector: number): number {
    const word = this.#view.getUint32(sector * SECTOR_BYTES + 4, true);
    return word < WRITTEN ? -1 : word - WRITTEN;
  }

  /** Copies `length` bytes that begin at a place, counted from the beginning of this piece, into `into`. */
  copy(place: number, length: number, into: Uint8Array, at = 0): void {
    let from = place;
    let to = at;
    const end = at + length;
    while (to < end) {
      const count = Math.min(SECTOR_PAYLOAD - (from % SECTOR_PAYLOAD), end - to);
      const offset = offsetOf(from);
      into.set(this.#bytes.subarray(offset, offset + count), to);
      from += count;
      to += count;
    }
  }

  take(place: number, length: number): Uint8Array {
    const taken = new Uint8Array(length);
    this.copy(place, length, taken);
    return taken;
  }
}
