import type { Bond, BondCredentials, BondEvents, Lane, Transport, TransportGroup } from '@smalti/core';
import type { Simulation } from '@smalti/simulator';
import { decodeGroupMessage, encodeGroupMessage } from '@smalti/wire';

/** A message of a strategy, on its way from one node to another. */
export interface Passing {
  readonly from: string;
  readonly to: string;
  readonly version: number;
  /** As the strategy's codec has encoded it. */
  readonly bytes: Uint8Array;
  /** Virtual milliseconds. */
  readonly at: number;
}

/** What is carried instead of a message; `lateMs` later than it would be. */
export interface Instead {
  readonly bytes: Uint8Array;
  readonly lateMs?: number;
}

/** Says what is carried instead of a message. Null if it does not concern this one. */
export type Rule = (passing: Passing) => readonly Instead[] | null;

/**
 * Stands between the nodes and their transports, and treats what strategies say to each other as the rules want it.
 * Everything else passes as it is.
 */
export class Tampering {
  /** The first that a message concerns decides. */
  readonly rules = new Set<Rule>();
  /** Everything that strategies wanted to send, in order. */
  readonly said: Passing[] = [];
  /** Bytes of strategies that were really given to a transport, by direction: `n1 n2`. */
  readonly carried = new Map<string, number>();
  /** Messages that rules have changed, held back, or added. */
  tampered = 0;
  readonly #sim: Simulation;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** Adds a rule until what it gives is called. */
  add(rule: Rule): () => void {
    this.rules.add(rule);
    return () => this.rules.delete(rule);
  }

  wrap(transport: Transport, node: string): Transport {
    return {
      descriptor: transport.descriptor,
      address: transport.address,
      maxMessageBytes: transport.maxMessageBytes,
      attach: (credentials, events) => this.#attach(transport, credentials, events, node),
      close: () => transport.close(),
    };
  }

  #attach(
    transport: Transport,
    credentials: BondCredentials,
    events: BondEvents,
    node: string,
  ): TransportGroup {
    const wrapped = new WeakMap<Bond, Bond>();
    const wrap = (bond: Bond): Bond => {
      const known = wrapped.get(bond) ?? this.#bond(bond, node);
      wrapped.set(bond, known);
      return known;
    };
    const group = transport.attach(credentials, {
      bonded: (bond) => events.bonded(wrap(bond)),
      message: (bond, lane, bytes) => events.message(wrap(bond), lane, bytes),
      writable: (bond, lane) => events.writable(wrap(bond), lane),
      objected: (bond) => events.objected?.(wrap(bond)),
      unbonded: (bond, reason) => events.unbonded(wrap(bond), reason),
      refused: (refusal) => events.refused(refusal),
    });
    return {
      get bonds() {
        return group.bonds.map(wrap);
      },
      dial: (address) => group.dial(address),
      undial: (address) => group.undial(address),
      close: () => group.close(),
    };
  }

  #bond(bond: Bond, node: string): Bond {
    return {
      peer: bond.peer,
      group: bond.group,
      protocol: bond.protocol,
      pulse: bond.pulse,
      send: (lane, bytes) => (lane === 'bulk' ? this.#send(bond, node, bytes) : bond.send(lane, bytes)),
      queued: (lane: Lane) => bond.queued(lane),
      close: (reason, detail) => bond.close(reason, detail),
    };
  }

  #send(bond: Bond, from: string, whole: Uint8Array): boolean {
    const { cluster, body } = decodeGroupMessage(whole);
    if (body.type !== 'sync') return bond.send('bulk', whole);
    const { version, strategy } = body;
    // A copy, and one without ties: the slice of a Buffer shares its memory.
    const passing = {
      from,
      to: bond.peer.id as string,
      version,
      bytes: Uint8Array.from(body.bytes),
      at: this.#sim.now,
    };
    this.said.push(passing);
    this.#sim.note(`${from}>${passing.to} ${sum(passing.bytes)}`);
    const carry = (bytes: Uint8Array): boolean => {
      const sent = bond.send('bulk', encodeGroupMessage(cluster, { type: 'sync', strategy, version, bytes }));
      const way = `${from} ${passing.to}`;
      if (sent) this.carried.set(way, (this.carried.get(way) ?? 0) + bytes.length);
      return sent;
    };
    for (const rule of this.rules) {
      const instead = rule(passing);
      if (instead === null) continue;
      this.tampered += 1;
      for (const { bytes, lateMs } of instead) {
        if (lateMs === undefined) carry(bytes);
        else this.#sim.schedule(lateMs, `late ${from}>${passing.to}`, () => void carry(bytes));
      }
      // Who sends does not learn of it.
      return true;
    }
    return carry(passing.bytes);
  }
}

/** Tells contents apart, for the digest of a run. */
function sum(bytes: Uint8Array): number {
  let hash = 0;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return hash;
}
