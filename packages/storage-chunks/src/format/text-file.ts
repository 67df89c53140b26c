import { type Hasher, textCodec } from '@smalti/core';

// Small files are text, so that an operator can read them, and end with a CRC-32 of what is before it.

/** The lines, and their sum. */
export function encodeText(lines: readonly string[], hasher: Hasher): Uint8Array {
  const text = `${lines.join('\n')}\n`;
  return textCodec.encode(`${text}crc ${sumOf(text, hasher)}\n`);
}

/** The lines, or null if the bytes are damaged. */
export function decodeText(bytes: Uint8Array, hasher: Hasher): readonly string[] | null {
  let text: string;
  try {
    text = textCodec.decode(bytes);
  } catch {
    return null;
  }
  const [, body, sum] = /^([\s\S]*\n)crc ([0-9a-f]{8})\n$/.exec(text) ?? [];
  if (body === undefined || sum !== sumOf(body, hasher)) return null;
  return body.slice(0, -1).split('\n');
}

function sumOf(text: string, hasher: Hasher): string {
  return hasher.crc32(textCodec.encode(text)).toString(16).padStart(8, '0');
}
