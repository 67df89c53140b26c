const DIGITS = '0123456789abcdef';

/** What each digit is as a character. */
const CHARACTERS = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));
const decoder = new TextDecoder();
/** As long as a hash: most of what is shown in hex. */
const OF_A_HASH = new Uint8Array(64);

/** Lower-case hex of the bytes. */
export function toHex(bytes: Uint8Array): string {
  const length = 2 * bytes.length;
  const text = length === OF_A_HASH.length ? OF_A_HASH : new Uint8Array(length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    text[2 * i] = CHARACTERS[byte >> 4] as number;
    text[2 * i + 1] = CHARACTERS[byte & 15] as number;
  }
  // Not put together of pieces: an engine would keep the pieces until the text is used as a key, for each part again.
  return decoder.decode(text);
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
