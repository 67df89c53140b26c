import {
  type Bond,
  type BondCredentials,
  type BondEvents,
  type BondLimits,
  type Clock,
  DEFAULT_BOND_LIMITS,
  decodeHandshake,
  encodeHandshake,
  type HandshakeMessage,
  type Lane,
  type Link,
  type LinkEvents,
  type Refusal,
  Switchboard,
  silentLogger,
  type TransportGroup,
} from '../../src/index.ts';
import { nodeHasher as hasher } from '../node-hasher.ts';
import { random } from './parties.ts';

/** A clock that goes on when it is told to. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; fire: () => void }>();

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#now;
  }

  setTimer(delayMs: number, fire: () => void): { cancel(): void } {
    const timer = { at: this.#now + delayMs, fire };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (!next || next.at > end) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.fire();
    }
    this.#now = end;
  }
}

/** A link whose other side is the test. */
export class HandLink implements Link {
  readonly address: string;
  readonly sent: Uint8Array[] = [];
  readonly waiting: Record<Lane, number> = { control: 0, bulk: 0 };
  events: LinkEvents | null = null;
  end: Refusal['code'] | null = null;

  constructor(address: string) {
    this.address = address;
  }

  binding(): Uint8Array {
    return new Uint8Array(0);
  }

  send(_lane: Lane, head: Uint8Array, body: Uint8Array): void {
    this.sent.push(Uint8Array.from([...head, ...body]));
  }

  queued(lane: Lane): number {
    return this.waiting[lane];
  }

  received(): number {
    return 0;
  }

  proven(): void {}

  forgotten(): void {}

  close(code: Refusal['code'], detail: string): void {
    this.end = code;
    this.events?.closed(code, detail);
  }

  /** The other side says something of a handshake on a channel. */
  say(channel: number, message: HandshakeMessage): void {
    this.events?.frame('control', Uint8Array.from([0, channel, ...encodeHandshake(message)]));
  }

  /** What was said last of a handshake on a channel. */
  heard(channel: number): HandshakeMessage | null {
    const last = this.sent.findLast((frame) => frame[0] === 0 && frame[1] === channel);
    return last ? decodeHandshake(last.subarray(2)) : null;
  }
}

/** A switchboard with one group, of which the test is everyone else. */
export class Board implements BondEvents {
  readonly clock = new ManualClock();
  readonly board: Switchboard;
  readonly group: TransportGroup;
  /** By address, the newest last. */
  readonly links: HandLink[] = [];
  readonly refusals: Refusal[] = [];
  readonly writables: Lane[] = [];
  /** Peers that objected to pulses. */
  readonly objections: string[] = [];

  constructor(credentials: BondCredentials, limits: Partial<BondLimits> = {}) {
    this.board = new Switchboard({
      clock: this.clock,
      scheduler: { endOfTurn: (work) => queueMicrotask(work), nextTurn: (work) => queueMicrotask(work) },
      random,
      hasher,
      logger: silentLogger,
      limits: { ...DEFAULT_BOND_LIMITS, pingMs: 0, ...limits },
      connect: (address, events) => {
        const link = new HandLink(address);
        link.events = events;
        this.links.push(link);
        return link;
      },
    });
    this.group = this.board.attach(credentials, this);
  }

  get peers(): string[] {
    return this.group.bonds.map(({ peer }) => peer.id as string);
  }

  /** A connection comes in. */
  accept(): HandLink {
    const link = new HandLink('somewhere:1');
    link.events = this.board.accept(link);
    return link;
  }

  /** The newest link to an address that was dialled, once it stands. */
  async dialled(address: string): Promise<HandLink> {
    await this.settle();
    const link = this.links.findLast((each) => each.address === address);
    if (!link) throw new Error(`${address} was not dialled`);
    link.events?.opened();
    return link;
  }

  /** Lets what waits for the end of the turn happen. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }

  bonded(_bond: Bond): void {}

  message(): void {}

  writable(_bond: Bond, lane: Lane): void {
    this.writables.push(lane);
  }

  objected({ peer }: Bond): void {
    this.objections.push(peer.id);
  }

  unbonded(): void {}

  refused(refusal: Refusal): void {
    this.refusals.push(refusal);
  }
}
