const DIGITS = '0123456789abcdef';

/** Lower-case hex of the bytes. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  return text;
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
