import type {
  Bond,
  BondCredentials,
  BondEvents,
  BondLimits,
  Lane,
  Transport,
  TransportGroup,
} from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { memoryHub } from '@smalti/transport-memory';
import type { TransportAbility, TransportFactory } from '../src/index.ts';

/** What can be wrong with it. */
export interface Bugs {
  /** Loses every fiftieth message. */
  readonly loses?: boolean;
  readonly repeats?: boolean;
  /** Every other message comes after the one that was sent after it. */
  readonly swaps?: boolean;
  /** Changes a byte of long messages. */
  readonly damages?: boolean;
  /** Gives the receiver the sender's bytes. */
  readonly shares?: boolean;
  /** Takes messages that are too long, and loses them. */
  readonly takesAnything?: boolean;
  /** Never says that there is room again. */
  readonly neverWritable?: boolean;
  /** Speaks after the group was closed. */
  readonly speaksAfterClose?: boolean;
  /** Tells of an end within the call that made it. */
  readonly reenters?: boolean;
  /** Does not tell that bonds end. */
  readonly hidesEnds?: boolean;
  /** Gives no reason that helps. */
  readonly refusesDumbly?: boolean;
  /** Says that it is a storage. */
  readonly liesAboutItself?: boolean;
}

/** The memory transport in a simulation, with planted bugs. */
export function brokenTransport(
  bugs: Bugs = {},
  abilities: readonly TransportAbility[] = ['kill', 'break'],
): TransportFactory {
  return {
    abilities,
    async create() {
      const sim = new Simulation({ network: { delay: [0.2, 3], bytesPerMs: 500_000 } });
      const rest = sim.node('the test').ports;
      const hub = memoryHub({ ...rest, medium: sim.network });
      const nodes = new Map<string, Transport>();
      return {
        ...rest,
        async start(name: string, limits?: Partial<BondLimits>) {
          const node = sim.findNode(name) ?? sim.node(name);
          const bare = hub.transport(name, node.running ? node.ports : node.restart(), limits);
          const transport = new Broken(bare, bugs);
          nodes.set(name, transport);
          return transport;
        },
        addressOf: (name) => name,
        async kill(name) {
          sim.findNode(name)?.kill();
          hub.kill(name);
          nodes.delete(name);
        },
        breakLinks() {
          for (const a of nodes.keys()) for (const b of nodes.keys()) if (a < b) sim.network.reset(a, b);
        },
        drive: (work) => sim.complete(work),
        async dispose() {
          for (const transport of nodes.values()) await transport.close();
        },
      };
    },
  };
}

/** The bytes that were sent, by what they say: a receiver that shares them gets these very ones. */
const sentBytes = new Map<string, Uint8Array>();

class Broken implements Transport {
  readonly #bare: Transport;
  readonly #bugs: Bugs;

  constructor(bare: Transport, bugs: Bugs) {
    this.#bare = bare;
    this.#bugs = bugs;
  }

  get descriptor(): Transport['descriptor'] {
    const { descriptor } = this.#bare;
    return this.#bugs.liesAboutItself ? { ...descriptor, contract: 'log-store' } : descriptor;
  }

  get address(): string {
    return this.#bare.address;
  }

  get maxMessageBytes(): number {
    return this.#bare.maxMessageBytes;
  }

  attach(credentials: BondCredentials, events: BondEvents): TransportGroup {
    const bugs = this.#bugs;
    const bonds = new WeakMap<Bond, Bond>();
    const wrap = (bond: Bond): Bond => {
      const known = bonds.get(bond) ?? this.#bond(bond);
      bonds.set(bond, known);
      return known;
    };
    let held: (() => void) | null = null;
    let count = 0;
    const group = this.#bare.attach(credentials, {
      bonded: (bond) => events.bonded(wrap(bond)),
      message: (bond, lane, bytes) => {
        count += 1;
        if (bugs.loses && count % 50 === 0) return;
        if (bugs.damages && bytes.length > 1000) bytes[500] = (bytes[500] ?? 0) ^ 1;
        const given = bugs.shares ? (sentBytes.get(String(bytes)) ?? bytes) : bytes;
        const tell = (): void => events.message(wrap(bond), lane, given);
        if (bugs.swaps && held === null) {
          held = tell;
          return;
        }
        tell();
        held?.();
        held = null;
        if (bugs.repeats) tell();
      },
      writable: (bond, lane) => {
        if (!bugs.neverWritable) events.writable(wrap(bond), lane);
      },
      unbonded: (bond, reason) => {
        if (!bugs.hidesEnds) events.unbonded(wrap(bond), reason);
      },
      refused: (refusal) => events.refused(bugs.refusesDumbly ? { ...refusal, detail: 'no' } : refusal),
    });
    return {
      get bonds() {
        return group.bonds.map(wrap);
      },
      dial: (address) => group.dial(address),
      undial: (address) => group.undial(address),
      close: () => {
        const [bond] = group.bonds;
        group.close();
        const reason = { code: 'DEPARTED', detail: 'closed: by us' } as const;
        if (bond === undefined) return;
        if (bugs.reenters) events.unbonded(wrap(bond), reason as never);
        if (bugs.speaksAfterClose) queueMicrotask(() => events.unbonded(wrap(bond), reason as never));
      },
    };
  }

  close(): Promise<void> {
    return this.#bare.close();
  }

  #bond(bond: Bond): Bond {
    const { takesAnything, shares } = this.#bugs;
    return {
      peer: bond.peer,
      group: bond.group,
      protocol: bond.protocol,
      send: (lane: Lane, bytes: Uint8Array) => {
        if (shares && bytes.length < 1000) sentBytes.set(String(bytes), bytes);
        return bond.send(lane, bytes) || (takesAnything === true && bytes.length > 1_000_000);
      },
      queued: (lane) => bond.queued(lane),
      close: (reason, detail) => bond.close(reason, detail),
    };
  }
}
