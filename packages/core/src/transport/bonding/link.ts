import type { Lane, Refusal } from '../transport.ts';

/**
 * A connection between two nodes, as a transport provides it to a {@link Switchboard}: whole frames on two lanes,
 * each in order and at most once until the link ends. It proves nothing by itself.
 */
export interface Link {
  /** The address that was dialled, or where the connection came from. For messages. */
  readonly address: string;
  /** Bytes that only the two ends of this connection know (a TLS exporter's), or empty. Asked after `opened`. */
  binding(): Uint8Array;
  /**
   * Takes a frame of two pieces, which stay unchanged. Never refuses (the switchboard keeps the bounds by
   * `queued`), never throws, never calls back within. After the end of the link it does nothing.
   */
  send(lane: Lane, head: Uint8Array, body: Uint8Array): void;
  /** Bytes that were taken in that lane and have not left this process. */
  queued(lane: Lane): number;
  /**
   * A number that grows whenever anything arrives on the control lane, if only a part of a frame. Bulk is no sign of
   * life: where each lane has a way of its own, consensus would stay cut off for as long as a transfer goes on.
   */
  received(): number;
  /**
   * A bond was proven on this link, first or further: what was held back or bounded because the other side was a
   * stranger need not be any more. `secret` is known to both sides only, under the same `channel`.
   */
  proven(channel: number, secret: Uint8Array): void;
  /** The bond of that channel has ended: its secret is good for nothing from now on. */
  forgotten(channel: number): void;
  /** Ends the link once what was sent has left, or after a moment. `LinkEvents.closed` follows, later. */
  close(code: Refusal['code'], detail: string): void;
}

/** What a link tells. Never called within a call to the link. */
export interface LinkEvents {
  /** A link that was dialled stands. Not called for one that came in. */
  opened(): void;
  /** A whole frame: head and body in one. The bytes belong to the receiver. */
  frame(lane: Lane, bytes: Uint8Array): void;
  /** `queued` of that lane went below half of the lane's bound, or to nothing. May be told more often than needed. */
  drained(lane: Lane): void;
  /** The last call: it has ended, or it never stood. */
  closed(code: Refusal['code'], detail: string): void;
}

/** Begins a connection and returns at once; what becomes of it is told to `events`. Never throws. */
export type Connect = (address: string, events: LinkEvents) => Link;
