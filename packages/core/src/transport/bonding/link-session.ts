import { DecodeError } from '../../codec/byte-reader.ts';
import { invariant } from '../../errors/invariant.ts';
import type { Timer } from '../../ports/clock.ts';
import type { Lane, Refusal } from '../transport.ts';
import type { BondChannel, ChannelHost } from './bond-channel.ts';
import { decodeEnd, encodeEnd } from './bond-end.ts';
import type { Dial } from './dial.ts';
import type { GroupDoor } from './group-door.ts';
import { HandshakeChannel } from './handshake-channel.ts';
import { KeepAlive } from './keep-alive.ts';
import type { BondLimits } from './limits.ts';
import type { Link, LinkEvents } from './link.ts';
import { LinkPulses } from './link-pulses.ts';
import { MAX_HEAD_BYTES, RecordKind, readRecord, recordHead } from './record.ts';
import type { Switchboard } from './switchboard.ts';

/** A stranger may try this often on one link before it has to come again. */
const MAX_FAILURES_OF_A_STRANGER = 8;
/** No sign of life is given while so many bytes wait: whoever asks and does not read must not fill the memory. */
const MAX_WAITING_FOR_PONG = 64 * 1024;
const NOTHING = new Uint8Array(0);
const PING = recordHead(RecordKind.ping, 0);
const PONG = recordHead(RecordKind.pong, 0);
const PULSE = recordHead(RecordKind.pulse, 0);
const PULSE_ANSWER = recordHead(RecordKind.pulseAnswer, 0);

/** One link: its channels, and what the frames on it mean. */
export class LinkSession implements LinkEvents, ChannelHost {
  readonly board: Switchboard;
  readonly address: string;
  readonly pulses: LinkPulses;
  readonly #dialled: boolean;
  readonly #keepAlive: KeepAlive;
  readonly #channels = new Map<number, HandshakeChannel | { bond: BondChannel; group: GroupDoor }>();
  /** Bonds whose senders wait for room: a link is drained after nearly every write, and may have thousands of bonds. */
  readonly #crowded = new Set<BondChannel>();
  #link: Link | null = null;
  #phase: 'connecting' | 'open' | 'ending' | 'closed' = 'connecting';
  #proven = false;
  #failures = 0;
  #lastChannel = 0;
  #waiting: { group: GroupDoor; dial: Dial }[] = [];
  /** Runs while the link has to come to something: stand, prove itself, or get a bond again. */
  #deadline: Timer | null = null;

  constructor(board: Switchboard, address: string, dialled: boolean) {
    this.board = board;
    this.address = address;
    this.#dialled = dialled;
    this.#keepAlive = new KeepAlive(board.parts.clock, board.parts.limits, {
      received: () => this.link.received(),
      ping: () => this.link.send('control', PING, NOTHING),
      dead: (ms) =>
        this.end(
          'LINK_LOST',
          `nothing was heard for ${Math.round(ms)} ms: the other side is gone, stopped or cut off`,
        ),
    });
    this.pulses = new LinkPulses(board.parts.clock, {
      maxChannels: board.parts.limits.maxBondsPerLink,
      pulse: (body) => this.#say(PULSE, body),
      answer: (body) => this.#say(PULSE_ANSWER, body),
      find: (channel) => this.#bondOn(channel)?.bond.pulse,
      objected: (channel) => {
        const at = this.#bondOn(channel);
        at?.group.line.objected(at.bond);
      },
    });
  }

  /** What is said of many bonds at once is worth nothing later: it does not wait where much waits already. */
  #say(head: Uint8Array, body: Uint8Array): void {
    const open = this.#phase === 'open' && this.link.queued('control') < this.limits.controlQueueBytes;
    if (open) this.link.send('control', head, body);
  }

  #bondOn(channel: number): { bond: BondChannel; group: GroupDoor } | undefined {
    const entry = this.#channels.get(channel);
    return entry !== undefined && 'bond' in entry ? entry : undefined;
  }

  get link(): Link {
    invariant(this.#link, 'a link session is used after it began');
    return this.#link;
  }

  get limits(): BondLimits {
    return this.board.parts.limits;
  }

  /** True if this link was dialled and can take another bond. */
  get takesMore(): boolean {
    const used = this.#channels.size + this.#waiting.length;
    return (this.#phase === 'connecting' || this.#phase === 'open') && used < this.limits.maxBondsPerLink;
  }

  /** Called once, right after construction. */
  begin(link: Link): void {
    this.#link = link;
    this.#arm();
    if (!this.#dialled) {
      this.#phase = 'open';
      this.#keepAlive.start();
    }
  }

  /** Begins a group's handshake, as soon as the link stands. */
  open(group: GroupDoor, dial: Dial): void {
    if (this.#phase === 'connecting') {
      this.#waiting.push({ group, dial });
      return;
    }
    this.#lastChannel += 1;
    const channel = HandshakeChannel.opening(this, this.#lastChannel, group, dial);
    this.#channels.set(this.#lastChannel, channel);
    channel.start();
  }

  opened(): void {
    if (this.#phase !== 'connecting') return;
    this.#phase = 'open';
    this.#arm();
    this.#keepAlive.start();
    for (const { group, dial } of this.#waiting.splice(0)) {
      if (!dial.stopped && !group.closed) this.open(group, dial);
    }
    this.#settle();
  }

  frame(lane: Lane, bytes: Uint8Array): void {
    if (this.#phase !== 'open') return;
    try {
      this.#take(lane, bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const code = this.#proven ? 'BAD_MESSAGE' : 'BAD_HANDSHAKE';
      const detail = `a frame on the link is malformed: ${error.message}: check that both run releases of Smalti that fit each other, and that nothing between rewrites bytes`;
      if (!this.#proven && !this.#dialled) this.board.turnedAway(code, detail, this.address);
      this.end(code, detail);
    }
  }

  drained(lane: Lane): void {
    for (const bond of this.#crowded) {
      const drained = bond.drained(lane);
      if (!bond.waits) this.#crowded.delete(bond);
      if (drained) this.#bondOn(bond.channel)?.group.line.writable(bond, lane);
    }
  }

  refused(bond: BondChannel): void {
    this.#crowded.add(bond);
  }

  closed(code: Refusal['code'], detail: string): void {
    if (this.#phase === 'closed') return;
    const unheard =
      !this.#proven &&
      !this.#dialled &&
      this.#channels.size === 0 &&
      code !== 'DEPARTED' &&
      this.#phase === 'open';
    this.#dropAll(code, detail);
    this.#phase = 'closed';
    this.board.forget(this, true);
    if (unheard && code !== 'LINK_LOST') this.board.turnedAway(code, detail, this.address);
  }

  probe(): void {
    if (this.#phase === 'open') this.#keepAlive.probe();
  }

  /** Ends the link: bonds on it end now, and the other side is told. */
  end(code: Refusal['code'], detail: string): void {
    if (this.#phase === 'ending' || this.#phase === 'closed') return;
    this.#dropAll(code, detail);
    this.#phase = 'ending';
    this.board.forget(this, false);
    this.link.close(code, detail);
  }

  /** The process is gone: nothing is said. */
  vanish(): void {
    this.#phase = 'closed';
    this.#keepAlive.stop();
    this.pulses.stop();
    this.#deadline?.cancel();
    for (const channel of this.#channels.values()) {
      if ('bond' in channel) channel.bond.retire();
      else channel.cancel();
    }
    this.#channels.clear();
  }

  endBond(bond: BondChannel, code: Refusal['code'], detail: string): void {
    this.send(RecordKind.end, bond.channel, encodeEnd(code, detail));
    this.#removeBond(bond, code, detail);
    this.#settle();
  }

  /** A frame on the control lane. */
  send(kind: number, channel: number, body: Uint8Array): void {
    if (this.#phase === 'open') this.link.send('control', recordHead(kind, channel), body);
  }

  /** A handshake has ended without a bond. */
  failed(channel: HandshakeChannel): void {
    this.#channels.delete(channel.channel);
    if (!this.#proven && !this.#dialled && ++this.#failures >= MAX_FAILURES_OF_A_STRANGER) {
      this.end('TOO_MANY', 'too many handshakes failed on one connection');
    }
    this.#settle();
  }

  /** A handshake has ended with a bond. */
  succeeded(channel: HandshakeChannel, bond: BondChannel, group: GroupDoor, secret: Uint8Array): void {
    this.#channels.set(channel.channel, { bond, group });
    this.#proven = true;
    this.#deadline?.cancel();
    this.#deadline = null;
    this.link.proven(channel.channel, secret);
    if (bond.openedHere) this.send(RecordKind.ready, bond.channel, NOTHING);
    group.bonded(bond);
  }

  #take(lane: Lane, bytes: Uint8Array): void {
    const { kind, channel: number, body } = readRecord(bytes);
    const channel = this.#channels.get(number);
    if (kind === RecordKind.data && channel && 'bond' in channel) {
      if (bytes.length > this.limits.maxMessageBytes + MAX_HEAD_BYTES)
        throw new DecodeError('a message that is too large', 0);
      channel.group.line.message(channel.bond, lane, body);
      return;
    }
    if (lane === 'bulk' && kind !== RecordKind.data)
      throw new DecodeError('a control frame on the bulk lane', 0);
    if (kind === RecordKind.ping) {
      if (this.link.queued('control') < MAX_WAITING_FOR_PONG) this.link.send('control', PONG, NOTHING);
      return;
    }
    if (kind === RecordKind.pong) return;
    if (this.#proven && (kind === RecordKind.pulse || kind === RecordKind.pulseAnswer)) {
      if (kind === RecordKind.pulse) this.pulses.received(body);
      else this.pulses.answered(body);
      return;
    }
    if (kind > RecordKind.pong) throw new DecodeError(`an unknown kind of frame, ${kind}`, 0);
    if (channel === undefined) this.#takeUnknown(kind, number, body);
    else if ('bond' in channel) this.#takeBonded(kind, channel, body);
    else if (kind === RecordKind.handshake) channel.receive(body);
    else throw new DecodeError('a message for a bond that does not exist', 0);
  }

  #takeUnknown(kind: number, number: number, body: Uint8Array): void {
    // What was on its way to a channel that has ended meanwhile.
    if (number <= this.#lastChannel) return;
    if (this.#dialled || kind !== RecordKind.handshake)
      throw new DecodeError(`a frame for channel ${number}, which does not exist`, 0);
    this.#lastChannel = number;
    // Whoever asks and does not read must not fill the memory with refusals. Who is only slow asks again.
    if (this.link.queued('control') > this.limits.controlQueueBytes) return;
    const channel = HandshakeChannel.accepting(this, number);
    this.#channels.set(number, channel);
    if (this.#channels.size > this.limits.maxBondsPerLink) {
      channel.refuse(
        'TOO_MANY',
        `there are ${this.limits.maxBondsPerLink} bonds on this link already: raise maxBondsPerLink, or join fewer groups between two nodes`,
      );
    } else channel.receive(body);
  }

  #takeBonded(
    kind: number,
    { bond, group }: { bond: BondChannel; group: GroupDoor },
    body: Uint8Array,
  ): void {
    if (kind === RecordKind.ready) {
      if (bond.bulkIsReady()) group.line.writable(bond, 'bulk');
      return;
    }
    // An opener that gives up at the last moment refuses a bond that exists here already.
    const { code, detail } =
      kind === RecordKind.end
        ? decodeEnd(body)
        : { code: 'LINK_LOST' as const, detail: 'the other side gave the bond up as it was made' };
    this.#removeBond(bond, code, detail);
    this.#settle();
  }

  #removeBond(bond: BondChannel, code: Refusal['code'], detail: string): void {
    const entry = this.#channels.get(bond.channel);
    if (!entry || !('bond' in entry) || entry.bond !== bond) return;
    this.#channels.delete(bond.channel);
    this.pulses.ended(bond.channel);
    bond.retire();
    this.link.forgotten(bond.channel);
    entry.group.unbonded(bond, { code, detail, address: this.address, claimed: bond.peer.id });
  }

  #dropAll(code: Refusal['code'], detail: string): void {
    this.#keepAlive.stop();
    this.pulses.stop();
    this.#deadline?.cancel();
    for (const channel of [...this.#channels.values()]) {
      if ('bond' in channel) this.#removeBond(channel.bond, code, detail);
      else channel.lost(code, detail);
    }
    for (const { group, dial } of this.#waiting.splice(0)) {
      if (dial.stopped || group.closed) continue;
      this.board.desk.dialled(group, { code, detail, address: this.address, claimed: null });
      dial.failed();
    }
  }

  /** A link without a channel is closed by who dialled it; who was dialled waits a while for the next one. */
  #settle(): void {
    if (this.#phase !== 'open' || this.#channels.size > 0) return;
    if (!this.#dialled) {
      if (this.#deadline === null) this.#arm();
      return;
    }
    this.board.parts.scheduler.endOfTurn(() => {
      if (this.#channels.size === 0) this.end('DEPARTED', 'no bond needs this link');
    });
  }

  #arm(): void {
    this.#deadline?.cancel();
    const { handshakeMs } = this.limits;
    this.#deadline = this.board.parts.clock.setTimer(handshakeMs, () => {
      this.#deadline = null;
      if (this.#phase === 'connecting')
        this.end(
          'HANDSHAKE_TIMEOUT',
          `${this.address} did not answer within ${handshakeMs} ms: check the address, and that nothing between holds the connection back`,
        );
      else if (!this.#proven && !this.#dialled) this.#tooSlow(handshakeMs);
      else if (this.#channels.size === 0) this.end('DEPARTED', 'no bond needs this link');
    });
  }

  #tooSlow(handshakeMs: number): void {
    const detail = `nobody proved to be a member within ${handshakeMs} ms: what connects here must be a Smalti node`;
    if (this.#channels.size === 0) this.board.turnedAway('HANDSHAKE_TIMEOUT', detail, this.address);
    this.end('HANDSHAKE_TIMEOUT', detail);
  }
}
