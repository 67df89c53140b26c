import type { Clock, Hasher, Logger, Random, Scheduler } from '@smalti/core';
import { type BondLimits, DEFAULT_BOND_LIMITS } from '@smalti/core';

/** The bounds of a WebSocket transport. */
export interface WsLimits extends BondLimits {
  /** Bytes that a connection may bring before a bond on it is proven. */
  readonly strangerBytes: number;
  /** Connections without a proven bond from one remote address. */
  readonly maxStrangersPerAddress: number;
  /** Connections without a proven bond, all together. */
  readonly maxStrangers: number;
  /** Milliseconds that a link which ends has to bring out what was sent. */
  readonly closeMs: number;
}

/** What holds where nothing else was asked for. */
export const DEFAULT_WS_LIMITS: WsLimits = Object.freeze({
  ...DEFAULT_BOND_LIMITS,
  strangerBytes: 16 * 1024,
  maxStrangersPerAddress: 32,
  maxStrangers: 256,
  closeMs: 1000,
});

/** TLS for both directions: PEM texts. */
export interface WsTlsOptions {
  /** The certificate of this node, with its chain. */
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
  /** Whom to trust instead of the system's authorities. */
  readonly ca?: string | Uint8Array;
  /** True if those who dial here must show a certificate too. Default false: the group key proves membership. */
  readonly requestCert?: boolean;
  /** The name to expect in the certificates of others, where it is not the host that is dialled. */
  readonly servername?: string;
}

/** What a WebSocket transport is made with. */
export interface WsTransportOptions {
  /** `host:port` to listen at; port 0 takes a free one; null listens nowhere and only dials. */
  readonly listen: string | null;
  /** `host:port` at which others reach this node, where that is not what it listens at. */
  readonly advertise?: string;
  /** Without it, only the begin of a bond is proven: whoever is in between can read and change what follows. */
  readonly tls?: WsTlsOptions;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly logger: Logger;
  readonly limits?: Partial<WsLimits>;
}
