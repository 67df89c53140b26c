import {
  type Bond,
  type BondCredentials,
  type BondEvents,
  FRAME_HEADER_BYTES,
  type Lane,
  readFrames,
  type Transport,
  type TransportGroup,
} from '@smalti/core';
import { decodeGroupMessage, type GroupBody } from '@smalti/wire';

/** What an entry costs in a leader's window besides its frame. */
const ENTRY_OVERHEAD_BYTES = 256;

/** A message that a node gave to its transport. */
export interface Sent {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly lane: Lane;
  readonly body: GroupBody;
}

type Pushing = Extract<GroupBody, { type: 'append' | 'catch-up' }>;

/** What a tap is made with. */
export interface WireTapOptions {
  /** The leader's window, in bytes, as its limits say. */
  readonly windowBytes: number;
  /**
   * For how long an entry that is committed by now may still be pushed, in milliseconds: a leader that reads
   * uncommitted entries from its disk may learn meanwhile that they are committed. Default 0.
   */
  readonly readMs?: number;
  readonly now: () => number;
}

/**
 * Looks at every message between the nodes of a group as it is sent. Counts what leaders push, and finds each committed
 * entry that was pushed from beyond the window.
 */
export class WireTap {
  /** Entries that were pushed to each node while they were committed already. */
  readonly pushedCommitted = new Map<string, number>();
  readonly violations: string[] = [];
  /** How many messages of each type went over each lane: `bulk sync`, `control append`, … */
  readonly counts = new Map<string, number>();
  /** The most bytes that waited in a lane of one bond. */
  readonly most: Record<Lane, number> = { control: 0, bulk: 0 };
  readonly #options: WireTapOptions;
  readonly #listeners: ((sent: Sent) => void)[] = [];
  /** The shortest frame that was seen at an index. */
  readonly #sizes = new Map<number, number>();
  /**
   * When a commit index was first told by each leader of each term, in ascending order: what others committed before is
   * news to a new leader.
   */
  readonly #commits = new Map<string, { readonly index: number; readonly at: number }[]>();

  constructor(options: WireTapOptions) {
    this.#options = options;
  }

  listen(listener: (sent: Sent) => void): void {
    this.#listeners.push(listener);
  }

  /** The number of messages of that type, on whatever lane. */
  countOf(type: GroupBody['type']): number {
    return (this.counts.get(`control ${type}`) ?? 0) + (this.counts.get(`bulk ${type}`) ?? 0);
  }

  wrap(transport: Transport, from: string): Transport {
    return {
      descriptor: transport.descriptor,
      address: transport.address,
      maxMessageBytes: transport.maxMessageBytes,
      attach: (credentials, events) => this.#attach(transport, credentials, events, from),
      close: () => transport.close(),
    };
  }

  #attach(
    transport: Transport,
    credentials: BondCredentials,
    events: BondEvents,
    from: string,
  ): TransportGroup {
    const tapped = new WeakMap<Bond, Bond>();
    const tap = (bond: Bond): Bond => {
      const known = tapped.get(bond) ?? this.#tap(bond, from);
      tapped.set(bond, known);
      return known;
    };
    const group = transport.attach(credentials, {
      bonded: (bond) => events.bonded(tap(bond)),
      message: (bond, lane, bytes) => events.message(tap(bond), lane, bytes),
      writable: (bond, lane) => events.writable(tap(bond), lane),
      objected: (bond) => events.objected?.(tap(bond)),
      unbonded: (bond, reason) => events.unbonded(tap(bond), reason),
      refused: (refusal) => events.refused(refusal),
    });
    return {
      get bonds() {
        return group.bonds.map(tap);
      },
      dial: (address) => group.dial(address),
      undial: (address) => group.undial(address),
      close: () => group.close(),
    };
  }

  #tap(bond: Bond, from: string): Bond {
    return {
      peer: bond.peer,
      group: bond.group,
      protocol: bond.protocol,
      pulse: bond.pulse,
      send: (lane, bytes) => {
        const { body } = decodeGroupMessage(bytes);
        const sent = bond.send(lane, bytes);
        this.most[lane] = Math.max(this.most[lane], bond.queued(lane));
        if (sent) this.#saw({ at: this.#options.now(), from, to: bond.peer.id, lane, body });
        return sent;
      },
      queued: (lane) => bond.queued(lane),
      close: (reason, detail) => bond.close(reason, detail),
    };
  }

  #saw(sent: Sent): void {
    const { lane, body } = sent;
    const key = `${lane} ${body.type}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (body.type === 'append' || body.type === 'catch-up') this.#pushed(sent, body);
    if (body.type === 'heartbeat') this.#told(`${sent.from} ${body.term}`, body.leaderCommit);
    for (const listener of this.#listeners) listener(sent);
  }

  #pushed({ from, to, at }: Sent, body: Pushing): void {
    const commit = body.type === 'append' ? body.commit : body.leaderCommit;
    const leader = `${from} ${body.term}`;
    this.#told(leader, commit);
    const entries = readFrames(body.entries);
    for (const { index, frame } of entries) {
      const known = this.#sizes.get(index) ?? Number.POSITIVE_INFINITY;
      this.#sizes.set(index, Math.min(known, frame.length));
    }
    for (const { index } of entries) {
      if (index > commit) continue;
      this.pushedCommitted.set(to, (this.pushedCommitted.get(to) ?? 0) + 1);
      if (this.#isBeyond(index, body.logEnd) && this.#committedSince(leader, index) <= at - this.#readMs) {
        const what = `entry ${index}, committed up to ${commit} and beyond its window, in a log up to ${body.logEnd}`;
        this.violations.push(`${from} pushed to ${to} ${what}`);
      }
    }
  }

  /** A window holds so many bytes at most, but for one entry. What was never seen counts as short as can be. */
  #isBeyond(index: number, logEnd: number): boolean {
    let bytes = 0;
    for (let i = index; i <= logEnd; i++) {
      bytes += (this.#sizes.get(i) ?? FRAME_HEADER_BYTES) + ENTRY_OVERHEAD_BYTES;
      if (bytes > this.#options.windowBytes && logEnd > index) return true;
    }
    return false;
  }

  get #readMs(): number {
    return this.#options.readMs ?? 0;
  }

  #told(leader: string, index: number): void {
    const commits = this.#commits.get(leader) ?? [];
    this.#commits.set(leader, commits);
    if (index > (commits.at(-1)?.index ?? 0)) commits.push({ index, at: this.#options.now() });
  }

  #committedSince(leader: string, index: number): number {
    const commits = this.#commits.get(leader) ?? [];
    return commits.find((commit) => commit.index >= index)?.at ?? Number.POSITIVE_INFINITY;
  }
}
