import type { Socket } from 'node:net';
import {
  type Clock,
  DecodeError,
  type Lane,
  type Link,
  type LinkEvents,
  type Refusal,
  type Scheduler,
  type Timer,
} from '@smalti/core';
import type { RawData, WebSocket } from 'ws';
import { LaneWriter } from './lane-writer.ts';
import { lossOf } from './losses.ts';
import { decodeBye, encodeBye, MessageKind, readBatch } from './messages.ts';
import type { WsLimits } from './options.ts';
import { bindingOf } from './ws-settings.ts';

/** What a {@link WsLink} asks of its transport. */
export interface LinkOwner {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly limits: WsLimits;
  /** The link needs its bulk lane, and this side dialled it. */
  openBulk(link: WsLink): void;
  /** A bond on it is proven, under a secret. */
  proven(link: WsLink, channel: number, secret: Uint8Array): void;
  forgotten(link: WsLink, channel: number): void;
  /** It has ended. */
  ended(link: WsLink): void;
}

const NOTHING = new Uint8Array(0);

/** A {@link Link} of two WebSockets: one for control, and one for bulk once someone has bulk to send. */
export class WsLink implements Link {
  readonly address: string;
  readonly dialled: boolean;
  readonly #owner: LinkOwner;
  readonly #lanes: Readonly<Record<Lane, LaneWriter>>;
  readonly #sockets: WebSocket[] = [];
  #events: LinkEvents | null = null;
  #control: Socket | null = null;
  #binding: Uint8Array = NOTHING;
  #bulkAsked = false;
  #phase: 'open' | 'closing' | 'closed' = 'open';
  #timer: Timer | null = null;

  constructor(owner: LinkOwner, address: string, dialled: boolean) {
    this.address = address;
    this.dialled = dialled;
    this.#owner = owner;
    const { scheduler, limits } = owner;
    this.#lanes = {
      control: new LaneWriter(scheduler, limits.controlQueueBytes, limits.maxMessageBytes, dialled, () =>
        this.#events?.drained('control'),
      ),
      bulk: new LaneWriter(scheduler, limits.bulkQueueBytes, limits.maxMessageBytes, dialled, () =>
        this.#events?.drained('bulk'),
      ),
    };
  }

  /** Called once, before anything can happen. */
  listen(events: LinkEvents): void {
    this.#events = events;
  }

  get open(): boolean {
    return this.#phase === 'open';
  }

  get hasBulk(): boolean {
    return this.#lanes.bulk.attached;
  }

  binding(): Uint8Array {
    return this.#binding;
  }

  send(lane: Lane, head: Uint8Array, body: Uint8Array): void {
    if (this.#phase !== 'open') return;
    this.#lanes[lane].push(head, body);
    if (lane === 'bulk' && !this.hasBulk && !this.#bulkAsked) this.#askForBulk();
  }

  queued(lane: Lane): number {
    return this.#lanes[lane].queued;
  }

  received(): number {
    return this.#control?.bytesRead ?? 0;
  }

  proven(channel: number, secret: Uint8Array): void {
    this.#owner.proven(this, channel, secret);
  }

  forgotten(channel: number): void {
    this.#owner.forgotten(this, channel);
  }

  close(code: Refusal['code'], detail: string): void {
    if (this.#phase !== 'open') return;
    this.#phase = 'closing';
    const { control, bulk } = this.#lanes;
    control.say(encodeBye(code, detail));
    control.flush();
    bulk.flush();
    for (const ws of this.#sockets) ws.close(code === 'FRAME_TOO_LARGE' ? 1009 : 1000, code);
    const delay = this.#sockets.length > 0 ? this.#owner.limits.closeMs : 0;
    this.#timer = this.#owner.clock.setTimer(delay, () => this.lost(code, detail));
  }

  /** Gives it a lane's connection. Called by the transport; for the control lane of a link that was dialled, late. */
  attach(lane: Lane, ws: WebSocket, socket: Socket): void {
    this.#sockets.push(ws);
    if (lane === 'control') {
      this.#control = socket;
      this.#binding = bindingOf(socket);
    }
    ws.on('message', (data, isBinary) => this.#message(lane, data, isBinary));
    ws.on('close', () => this.#gone(lane));
    ws.on('error', (error) => this.lost(...lossOf(error, this.address)));
    this.#lanes[lane].attach(ws, socket);
    if (this.#phase !== 'open') ws.terminate();
    else if (lane === 'control' && this.dialled) this.#events?.opened();
  }

  /** It has ended, for that reason. Never called within a call to the link. */
  lost(code: Refusal['code'], detail: string): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#timer?.cancel();
    for (const lane of Object.values(this.#lanes)) lane.stop();
    for (const ws of this.#sockets.splice(0)) ws.terminate();
    this.#owner.ended(this);
    this.#events?.closed(code, detail);
  }

  #askForBulk(): void {
    this.#bulkAsked = true;
    if (this.dialled) this.#owner.openBulk(this);
    else this.#lanes.control.say(Uint8Array.of(MessageKind.wantBulk));
  }

  #gone(lane: Lane): void {
    // A lane without its connection would have a hole: the link ends as a whole.
    this.lost(
      'LINK_LOST',
      `the ${lane} connection with ${this.address} was closed by the other side or the network`,
    );
  }

  #message(lane: Lane, data: RawData, isBinary: boolean): void {
    if (this.#phase !== 'open' || !this.#events) return;
    const buffer = data as Buffer;
    const message = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
    const events = this.#events;
    try {
      if (!isBinary) throw new DecodeError('text, where only binary messages are used', 0);
      switch (message[0]) {
        case MessageKind.single:
          events.frame(lane, message.subarray(1));
          return;
        case MessageKind.batch:
          readBatch(message, (frame) => {
            events.frame(lane, frame);
            return this.open;
          });
          return;
        case MessageKind.wantBulk:
          if (this.dialled && lane === 'control' && !this.#bulkAsked) this.#askForBulk();
          return;
        case MessageKind.bye: {
          const { code, detail } = decodeBye(message);
          this.lost(code, detail);
          return;
        }
        default:
          throw new DecodeError('an unknown kind of message', 0);
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // As if it were a frame: who reads frames knows what to say to whom.
      events.frame(lane, NOTHING);
    }
  }
}
