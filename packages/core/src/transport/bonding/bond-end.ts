import { ByteReader } from '../../codec/byte-reader.ts';
import { ByteWriter } from '../../codec/byte-writer.ts';
import { readRefusal, writeRefusal } from '../handshake/message-codec.ts';
import type { Refusal } from '../transport.ts';

/** The body of the frame that ends a bond. */
export function encodeEnd(code: Refusal['code'], detail: string): Uint8Array {
  const writer = new ByteWriter(64);
  writeRefusal(writer, code, detail);
  return writer.finish();
}

/** @throws DecodeError if the bytes are not a code and a detail. */
export function decodeEnd(body: Uint8Array): { code: Refusal['code']; detail: string } {
  const reader = new ByteReader(body);
  const end = readRefusal(reader);
  reader.end();
  return end;
}
