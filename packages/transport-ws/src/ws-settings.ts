import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { LARGEST_HANDSHAKE_BYTES } from '@smalti/core';
import type { ClientOptions, ServerOptions } from 'ws';

/** Where each lane is asked for. The number is the version of the link's framing. */
export const PATHS = Object.freeze({ control: '/smalti/1/control', bulk: '/smalti/1/bulk' });

/** Bytes of a message around a frame of the largest size. */
const OVERHEAD = 64;
const EXPORTER_LABEL = 'EXPORTER-smalti-bond';

/** What both sides of every WebSocket here are made with. Compression would leak, and cost more than it saves. */
export function commonSettings(maxMessageBytes: number): ServerOptions & ClientOptions {
  return {
    perMessageDeflate: false,
    maxPayload: Math.max(maxMessageBytes, LARGEST_HANDSHAKE_BYTES) + OVERHEAD,
    // This transport never sends fragments; a few are let pass, because intermediaries may make some.
    maxFragments: 64,
    skipUTF8Validation: true,
    // Signs of life are frames of the link. A ping of a stranger would be an order to send.
    autoPong: false,
  };
}

/**
 * The mask of what a client sends. Masks protect proxies from scripts in browsers, and there are none here; a mask of
 * zeros is as valid as any, and is not computed on either side.
 */
export function noMask(mask: Buffer): void {
  mask.fill(0);
}

/**
 * Bytes that only the two ends of a TLS connection know; none without TLS. To be asked as soon as the connection
 * stands: one that is gone has none, though what it brought is still being read.
 */
export function bindingOf(socket: Socket): Uint8Array {
  if (!(socket instanceof TLSSocket) || socket.destroyed) return new Uint8Array(0);
  return new Uint8Array(socket.exportKeyingMaterial(32, EXPORTER_LABEL, Buffer.alloc(0)));
}
