import { textCodec } from './codec.ts';

const DIGITS = '0123456789abcdef';
const CODES = textCodec.encode(DIGITS);

/** Digits of what has the length of a hash, as most of what is written as hex has. */
const ofHash = new Uint8Array(64);

/** Lower-case hex of the bytes. */
export function toHex(bytes: Uint8Array): string {
  const digits = 2 * bytes.length === ofHash.length ? ofHash : new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    digits[2 * i] = CODES[byte >> 4] as number;
    digits[2 * i + 1] = CODES[byte & 15] as number;
  }
  // Decoded at once: text that is put together digit by digit takes several times as much memory, for as long as it is kept.
  return textCodec.decode(digits);
}

/** Of the characters up to `f`; -1 for those that are none. */
const VALUES = Int8Array.from({ length: 103 }, (_, code) => DIGITS.indexOf(String.fromCharCode(code)));

/** The bytes of lower-case hex. @throws RangeError if it is not an even number of lower-case hex digits. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new RangeError('not lower-case hex');
  const bytes = new Uint8Array(text.length / 2);
  // Every part of a checkpoint comes through here, so that nothing is cut out of the text.
  for (let i = 0; i < bytes.length; i++) {
    const high = VALUES[text.charCodeAt(2 * i)] ?? -1;
    const low = VALUES[text.charCodeAt(2 * i + 1)] ?? -1;
    if (high < 0 || low < 0) throw new RangeError('not lower-case hex');
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}
