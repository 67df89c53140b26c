import type { Bond, BondEvents, Lane, Transport, TransportGroup } from '@smalti/core';
import { decodeGroupMessage, type GroupBody } from '@smalti/wire';
import type { Truth } from '../observe/truth.ts';
import type { Disorder } from './disorder.ts';

/** What an observed transport reports to, besides `truth`. */
export interface TransportWatch {
  readonly truth: Truth;
  alive(): boolean;
  /** Before a message leaves: true if the process ends here. */
  leaving(): boolean;
  readonly disorder: Disorder;
}

/** What engines say to each other: made to bear any order, and any number of arrivals. */
const HARDY: ReadonlySet<GroupBody['type']> = new Set<GroupBody['type']>([
  'append',
  'append-reply',
  'heartbeat',
  'heartbeat-reply',
  'pre-vote',
  'pre-vote-reply',
  'vote',
  'vote-reply',
]);

/** The transport of a node, with everything that leaves it told to `truth`. */
export function observedTransport(transport: Transport, node: string, watch: TransportWatch): Transport {
  return {
    descriptor: transport.descriptor,
    address: transport.address,
    maxMessageBytes: transport.maxMessageBytes,
    attach: (credentials, events): TransportGroup => {
      const bonds = new Map<Bond, ObservedBond>();
      const group = transport.attach(credentials, observedEvents(events, node, bonds, watch));
      return {
        get bonds() {
          return group.bonds.map((bond) => bonds.get(bond) ?? bond);
        },
        dial: (address) => group.dial(address),
        undial: (address) => group.undial(address),
        close: () => group.close(),
      };
    },
    close: () => transport.close(),
  };
}

function observedEvents(
  events: BondEvents,
  node: string,
  bonds: Map<Bond, ObservedBond>,
  watch: TransportWatch,
): BondEvents {
  const known = (bond: Bond): ObservedBond => {
    const seen = bonds.get(bond) ?? new ObservedBond(bond, node, watch);
    bonds.set(bond, seen);
    return seen;
  };
  return {
    bonded: (bond) => events.bonded(known(bond)),
    message: (bond, lane, bytes) => {
      const observed = known(bond);
      const deliver = (copy: Uint8Array): void => {
        if (bonds.has(bond)) events.message(observed, lane, copy);
      };
      if (lane === 'control' && watch.disorder.active) watch.disorder.arrived(node, bytes, deliver);
      else deliver(bytes);
    },
    writable: (bond, lane) => events.writable(known(bond), lane),
    objected: (bond) => events.objected?.(known(bond)),
    unbonded: (bond, reason) => {
      const observed = known(bond);
      bonds.delete(bond);
      events.unbonded(observed, reason);
    },
    refused: (refusal) => events.refused(refusal),
  };
}

/** True if a message may arrive twice, or after one that was sent later. */
export function isHardy(bytes: Uint8Array): boolean {
  return HARDY.has(decodeGroupMessage(bytes).body.type);
}

class ObservedBond implements Bond {
  readonly peer: Bond['peer'];
  readonly group: Bond['group'];
  readonly protocol: Bond['protocol'];
  readonly pulse: Bond['pulse'];
  readonly #bond: Bond;
  readonly #node: string;
  readonly #watch: TransportWatch;

  constructor(bond: Bond, node: string, watch: TransportWatch) {
    this.peer = bond.peer;
    this.group = bond.group;
    this.protocol = bond.protocol;
    this.pulse = bond.pulse;
    this.#bond = bond;
    this.#node = node;
    this.#watch = watch;
  }

  send(lane: Lane, bytes: Uint8Array): boolean {
    if (!this.#watch.alive() || this.#watch.leaving()) return false;
    const sent = this.#bond.send(lane, bytes);
    if (!sent) return false;
    const { body } = decodeGroupMessage(bytes);
    const queued = this.#bond.queued(lane);
    this.#watch.truth.sent({ from: this.#node, to: this.peer.id, lane, body, bytes: bytes.length, queued });
    return true;
  }

  queued(lane: Lane): number {
    return this.#bond.queued(lane);
  }

  close(reason: Parameters<Bond['close']>[0], detail: string): void {
    this.#bond.close(reason, detail);
  }
}
