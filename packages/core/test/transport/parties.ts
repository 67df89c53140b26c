import { randomBytes } from 'node:crypto';
import {
  Acceptor,
  type BondCredentials,
  decodeHandshake,
  encodeHandshake,
  type HandshakeMessage,
  Opener,
  type Proven,
  type Random,
  toBootNonce,
  toClusterId,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '../../src/index.ts';
import { nodeHasher as hasher } from '../node-hasher.ts';

export const random: Random = { next: () => 0.5, bytes: (length) => new Uint8Array(randomBytes(length)) };

/** What a party is, where it differs from the ordinary. */
export interface PartyOptions {
  readonly network?: string;
  readonly groups?: readonly string[];
  readonly keys?: readonly number[];
  readonly cluster?: string | null;
  readonly incarnation?: string;
  readonly boot?: string;
  readonly protocol?: { readonly min: number; readonly max: number };
}

/** The credentials of a node: names and ids are given by a digit. */
export function party(id: string, options: PartyOptions = {}): BondCredentials {
  const { network = 'net', groups = ['a'], keys = [1], cluster = null } = options;
  const local = {
    id: toPeerId(id),
    incarnation: toIncarnation((options.incarnation ?? (id === 'n1' ? '1' : '2')).repeat(32)),
    boot: toBootNonce((options.boot ?? '1').repeat(16)),
    cluster: cluster === null ? null : toClusterId(cluster.repeat(32)),
    bootstrapping: false,
    address: `${id}:9000`,
    protocol: options.protocol ?? { min: 1, max: 1 },
  };
  return {
    network: toNetworkId(network),
    groups: () => groups.map((digit) => toGroupId(digit.repeat(64))),
    keys: () => keys.map((key) => new Uint8Array(16).fill(key)),
    local: () => local,
  };
}

const NO_BOND = new Uint8Array(16);
export const NO_BINDING = new Uint8Array(0);

export function opener(credentials: BondCredentials, binding = NO_BINDING): Opener {
  return new Opener({ credentials, hasher, random, binding, approach: () => NO_BOND });
}

export function acceptor(
  credentials: BondCredentials,
  binding = NO_BINDING,
): Acceptor<{ credentials: BondCredentials }> {
  return new Acceptor({ candidates: [{ credentials }], hasher, random, binding, admit: () => {} });
}

/** Sends every message through its bytes, as a transport does. */
export function wire<M extends HandshakeMessage | null>(message: M): NonNullable<M> {
  if (message === null) throw new Error('nothing was said');
  return decodeHandshake(encodeHandshake(message)) as NonNullable<M>;
}

/** Runs a whole handshake. */
export function shake(
  a: ReturnType<typeof opener>,
  b: ReturnType<typeof acceptor>,
): { opener: Proven; acceptor: Proven } {
  const challenge = b.receive(wire(a.start())).reply;
  const prove = a.receive(wire(challenge)).reply;
  const done = b.receive(wire(prove));
  const bonded = a.receive(wire(done.reply));
  if (!done.proven || !bonded.proven) throw new Error('nothing is proven');
  return { opener: bonded.proven, acceptor: done.proven };
}
