import type { PeerId } from '@smalti/core';
import type { Dialect } from './dialect.ts';
import type { PeerVersions } from './peer-versions.ts';
import type { SyncPort } from './port.ts';

/** Sends the messages of one strategy, each in the version that its receiver speaks. */
export class Outbox {
  readonly #port: SyncPort;
  readonly #peers: PeerVersions;
  readonly #dialect: Dialect;

  constructor(port: SyncPort, peers: PeerVersions, dialect: Dialect) {
    this.#port = port;
    this.#peers = peers;
    this.#dialect = dialect;
  }

  /** @throws RangeError if the message is too long; what the strategy's codec throws. */
  send(peer: PeerId, message: unknown): boolean {
    return this.#send(peer, message, new Map());
  }

  broadcast(message: unknown): readonly PeerId[] {
    const encoded = new Map<number, Uint8Array>();
    return this.#port
      .bonds()
      .map(({ id }) => id)
      .filter((peer) => this.#send(peer, message, encoded));
  }

  #send(peer: PeerId, message: unknown, encoded: Map<number, Uint8Array>): boolean {
    const version = this.#peers.common(peer, this.#dialect.offer);
    if (version === null) return false;
    const bytes = encoded.get(version) ?? this.#encode(version, message);
    encoded.set(version, bytes);
    return this.#port.send(peer, { strategy: this.#dialect.name, version, bytes });
  }

  #encode(version: number, message: unknown): Uint8Array {
    const bytes = this.#dialect.codec(version)?.encode(message);
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError(`${this.#dialect.name}: the codec of version ${version} gave no bytes`);
    }
    const most = this.#port.maxMessageBytes;
    if (bytes.length > most) {
      throw new RangeError(
        `${this.#dialect.name}: a message of ${bytes.length} bytes, at most ${most} are sent`,
      );
    }
    return bytes;
  }
}
