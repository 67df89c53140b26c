/**
 * Turns values into bytes and back. `decode(encode(v))` gives a value equal to `v`; encoding is deterministic; a
 * codec of what arrives from outside throws on any bytes it did not make, and never reads past them. Calls are
 * synchronous; what they give may share memory with what they got.
 */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** Bytes as they are. */
export const bytesCodec: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes };

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 of a string. Decoding throws on bytes that are not UTF-8. */
export const textCodec: Codec<string> = {
  encode: (value) => encoder.encode(value),
  decode: (bytes) => strictDecoder.decode(bytes),
};

/** JSON as UTF-8. For values whose JSON text is deterministic (objects are written in the order of their keys). */
export function jsonCodec<T>(): Codec<T> {
  return {
    encode: (value) => encoder.encode(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(strictDecoder.decode(bytes)) as T,
  };
}
