import type { Timer } from '../../ports/clock.ts';
import { Acceptor } from '../handshake/acceptor.ts';
import { sameProcess } from '../handshake/checks.ts';
import { decodeHandshake, encodeHandshake } from '../handshake/message-codec.ts';
import type { HandshakeMessage } from '../handshake/messages.ts';
import { Opener } from '../handshake/opener.ts';
import { BondRefused } from '../refusals.ts';
import type { PeerIdentity, Refusal } from '../transport.ts';
import { BondChannel } from './bond-channel.ts';
import { type Attempt, keyOfPeer } from './bond-table.ts';
import type { Dial } from './dial.ts';
import type { GroupDoor } from './group-door.ts';
import type { LinkSession } from './link-session.ts';
import { RecordKind } from './record.ts';

/** A channel of a link on which there is no bond yet. */
export class HandshakeChannel {
  readonly channel: number;
  readonly #session: LinkSession;
  readonly #side: Opener | Acceptor<GroupDoor>;
  readonly #dial: Dial | null;
  readonly #timer: Timer;
  #group: GroupDoor | null;
  #attempt: Attempt | null = null;
  #over = false;

  private constructor(session: LinkSession, channel: number, group: GroupDoor | null, dial: Dial | null) {
    const { clock, hasher, random, limits } = session.board.parts;
    const binding = session.link.binding();
    this.#session = session;
    this.channel = channel;
    this.#group = group;
    this.#dial = dial;
    this.#side = group
      ? new Opener({
          credentials: group.credentials,
          hasher,
          random,
          binding,
          approach: (peer, bondId) => this.#approach(group, peer, bondId),
        })
      : new Acceptor<GroupDoor>({
          candidates: session.board.groups,
          hasher,
          random,
          binding,
          admit: (door, proven, previous) => door.table.admit(door.credentials.local(), proven, previous),
        });
    this.#timer = clock.setTimer(limits.handshakeMs, () => this.#tooLate(limits.handshakeMs));
  }

  /** The channel of a group that dials. */
  static opening(session: LinkSession, channel: number, group: GroupDoor, dial: Dial): HandshakeChannel {
    return new HandshakeChannel(session, channel, group, dial);
  }

  /** The channel of whoever dialled here. */
  static accepting(session: LinkSession, channel: number): HandshakeChannel {
    return new HandshakeChannel(session, channel, null, null);
  }

  /** Says the first word. Called on the side that opens. */
  start(): void {
    if (this.#side instanceof Opener) this.#say(this.#side.start());
  }

  /** Takes a message of the other side. */
  receive(body: Uint8Array): void {
    try {
      const message = decodeHandshake(body);
      if (message.kind === 'refuse') {
        this.#fail(new BondRefused(message.code, message.detail, { quiet: message.quiet }), false);
        return;
      }
      const { reply, proven } = this.#side.receive(message);
      if (this.#side instanceof Acceptor) this.#group = this.#side.candidate;
      if (reply) this.#say(reply);
      if (!proven) return;
      const group = this.#group;
      if (!group || group.closed) throw new BondRefused('DEPARTED', 'the node leaves the group, or stops');
      this.#finish();
      const bond = new BondChannel(this.#session, this.channel, proven, this.#dial !== null);
      this.#dial?.rests(keyOfPeer(proven.peer));
      this.#session.succeeded(this, bond, group, proven.secret);
    } catch (error) {
      if (!(error instanceof BondRefused)) throw error;
      if (this.#side instanceof Acceptor) this.#group = this.#side.candidate;
      this.#fail(error, true);
    }
  }

  /** Ends it from this side. */
  refuse(code: Refusal['code'], detail: string): void {
    this.#fail(new BondRefused(code, detail), true);
  }

  /** The link has ended. */
  lost(code: Refusal['code'], detail: string): void {
    this.#fail(new BondRefused(code, detail), false);
  }

  /** Stops without a word. */
  cancel(): void {
    this.#finish();
  }

  #approach(group: GroupDoor, peer: PeerIdentity, bondId: Uint8Array): Uint8Array {
    const attempt: Attempt = {
      peer,
      bondId,
      abandon: () => {
        const why = 'the other dial made the bond';
        this.#fail(new BondRefused('ALREADY_BONDED', why, { quiet: true }), true);
      },
    };
    const previous = group.table.approach(attempt);
    this.#attempt = attempt;
    return previous;
  }

  #tooLate(ms: number): void {
    this.refuse(
      'HANDSHAKE_TIMEOUT',
      `the handshake was not over within ${ms} ms: the other side is overloaded, stopped, or no Smalti node`,
    );
  }

  #say(message: HandshakeMessage): void {
    this.#session.send(RecordKind.handshake, this.channel, encodeHandshake(message));
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#timer.cancel();
    if (this.#attempt) this.#group?.table.settled(this.#attempt);
    return true;
  }

  #fail(refused: BondRefused, tell: boolean): void {
    if (!this.#finish()) return;
    const { code, told, quiet, message: detail } = refused;
    if (tell) this.#say({ kind: 'refuse', code, quiet, detail: told });
    const { address } = this.#session;
    const claimed = this.#side.claimed;
    const { desk } = this.#session.board;
    if (!quiet) {
      const refusal: Refusal = { code, detail, address, claimed: claimed?.id ?? null };
      if (!this.#dial) desk.came(this.#group, refusal);
      else if (this.#group && !this.#dial.stopped) desk.dialled(this.#group, refusal);
    }
    this.#rest(claimed);
    this.#session.failed(this);
  }

  #rest(claimed: PeerIdentity | null): void {
    const dial = this.#dial;
    if (!dial || !this.#group) return;
    const bond = claimed && this.#group.table.get(keyOfPeer(claimed));
    if (claimed && sameProcess(claimed, this.#group.credentials.local())) dial.reachedOneself();
    else if (bond?.peer.address === dial.address) dial.rests(keyOfPeer(bond.peer));
    else if (bond) dial.restsElsewhere(keyOfPeer(bond.peer));
    else dial.failed();
  }
}
