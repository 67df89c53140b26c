import { fieldBytes, type Latin1Reader, Latin1Writer, varintBytes } from './latin1-bytes.ts';

/** What it is, a number of keys, and those. */
export function encodeKeys(op: number, keys: readonly string[]): Uint8Array {
  let length = 1 + varintBytes(keys.length);
  for (const key of keys) length += fieldBytes(key);
  const writer = new Latin1Writer(length).u8(op).varint(keys.length);
  for (const key of keys) writer.field(key);
  return writer.finish();
}

/** Keys to the end of the bytes. */
export function decodeKeys(reader: Latin1Reader): string[] {
  const keys: string[] = [];
  // Grows as keys come: what the bytes say of their number is not believed before.
  for (let left = reader.varint(); left > 0; left--) keys.push(reader.field());
  reader.end();
  return keys;
}
