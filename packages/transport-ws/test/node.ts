import {
  type Bond,
  type BondCredentials,
  type BondEvents,
  type Lane,
  type Refusal,
  type Transport,
  type TransportGroup,
  toBootNonce,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { nodePlatform } from '@smalti/platform-node';
import { onTestFinished } from 'vitest';
import { type WsTransportOptions, wsTransport } from '../src/index.ts';

const waiting = new Set<() => void>();

/** Tells the waits of a test that something happened. */
export function happened(): void {
  for (const look of [...waiting]) look();
}

/** Waits until it holds, looking after each event. */
export function until(what: string, holds: () => boolean, deadlineMs = 8000): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      waiting.delete(look);
      settle();
    };
    const look = (): void => {
      if (holds()) end(resolve);
    };
    const timer = setTimeout(
      () => end(() => reject(new Error(`not within ${deadlineMs} ms: ${what}`))),
      deadlineMs,
    );
    waiting.add(look);
    look();
  });
}

/** Credentials of the one group of these tests. */
export function credentials(
  name: string,
  address: string,
  options: { key?: number; boot?: number } = {},
): BondCredentials {
  const local = {
    id: toPeerId(name),
    incarnation: toIncarnation(Buffer.from(name.padEnd(16)).toString('hex')),
    boot: toBootNonce(String(options.boot ?? 1).padStart(16, '0')),
    cluster: null,
    bootstrapping: false,
    address,
    protocol: { min: 1, max: 1 },
  };
  return {
    network: toNetworkId('test'),
    groups: () => [toGroupId('ab'.repeat(32))],
    keys: () => [new Uint8Array(32).fill(options.key ?? 1)],
    local: () => local,
  };
}

/** A node with one group, which notes what happens. It is closed when the test ends. */
export class Node implements BondEvents {
  readonly name: string;
  readonly transport: Transport;
  readonly group: TransportGroup;
  readonly messages: { bond: Bond; lane: Lane; bytes: Uint8Array }[] = [];
  readonly writables: Lane[] = [];
  readonly ended: Refusal[] = [];
  readonly refusals: Refusal[] = [];

  private constructor(name: string, transport: Transport, options: { key?: number; boot?: number }) {
    this.name = name;
    this.transport = transport;
    this.group = transport.attach(credentials(name, transport.address, options), this);
  }

  static async start(
    name: string,
    options: Partial<WsTransportOptions> & { key?: number; boot?: number } = {},
  ): Promise<Node> {
    const { key, boot, ...rest } = options;
    const transport = await wsTransport({ listen: '127.0.0.1:0', ...nodePlatform(), ...rest });
    onTestFinished(() => transport.close());
    return new Node(name, transport, {
      ...(key === undefined ? {} : { key }),
      ...(boot === undefined ? {} : { boot }),
    });
  }

  get address(): string {
    return this.transport.address;
  }

  get port(): number {
    return Number(this.address.split(':').at(-1));
  }

  get peers(): string[] {
    return this.group.bonds.map(({ peer }) => peer.id as string).sort();
  }

  codes(): string[] {
    return this.refusals.map(({ code }) => code);
  }

  bonded(): void {
    happened();
  }

  message(bond: Bond, lane: Lane, bytes: Uint8Array): void {
    this.messages.push({ bond, lane, bytes });
    happened();
  }

  writable(_bond: Bond, lane: Lane): void {
    this.writables.push(lane);
    happened();
  }

  unbonded(_bond: Bond, reason: Refusal): void {
    this.ended.push(reason);
    happened();
  }

  refused(refusal: Refusal): void {
    this.refusals.push(refusal);
    happened();
  }
}

/** Makes a bond between two nodes. */
export async function bond(a: Node, b: Node): Promise<void> {
  a.group.dial(b.address);
  await until('a bond', () => a.peers.includes(b.name) && b.peers.includes(a.name));
}
