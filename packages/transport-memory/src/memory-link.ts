import type { Lane, Link, LinkEvents, Refusal } from '@smalti/core';
import type { MemoryWire } from './memory-wire.ts';

/** One node's end of a {@link MemoryWire}. */
export class MemoryLink implements Link {
  readonly address: string;
  /** The node that this end belongs to. */
  readonly owner: string;
  readonly #wire: MemoryWire;
  readonly #events: LinkEvents;
  readonly #bounds: Readonly<Record<Lane, number>>;
  readonly #queued: Record<Lane, number> = { control: 0, bulk: 0 };
  readonly #full: Record<Lane, boolean> = { control: false, bulk: false };
  #received = 0;
  #open = true;

  constructor(
    wire: MemoryWire,
    owner: string,
    address: string,
    events: LinkEvents,
    bounds: Readonly<Record<Lane, number>>,
  ) {
    this.#wire = wire;
    this.owner = owner;
    this.address = address;
    this.#events = events;
    this.#bounds = bounds;
  }

  get open(): boolean {
    return this.#open;
  }

  binding(): Uint8Array {
    return new Uint8Array(0);
  }

  send(lane: Lane, head: Uint8Array, body: Uint8Array): void {
    if (!this.#open) return;
    // The receiver gets bytes of its own: in one process a shared buffer would be seen to change on the other side.
    const bytes = new Uint8Array(head.length + body.length);
    bytes.set(head);
    bytes.set(body, head.length);
    this.#queued[lane] += bytes.length;
    if (this.#queued[lane] * 2 > this.#bounds[lane]) this.#full[lane] = true;
    this.#wire.carry(this, lane, bytes);
  }

  queued(lane: Lane): number {
    return this.#queued[lane];
  }

  received(): number {
    return this.#received;
  }

  proven(): void {}

  forgotten(): void {}

  close(code: Refusal['code'], detail: string): void {
    if (this.#open) this.#wire.close(this, code, detail);
  }

  /** The other end answered. Called by the wire. */
  stands(): void {
    if (this.#open) this.#events.opened();
  }

  /** A frame that was sent from here has arrived. Called by the wire. */
  left(lane: Lane, bytes: number): void {
    this.#queued[lane] -= bytes;
    const low = this.#full[lane] && this.#queued[lane] * 2 <= this.#bounds[lane];
    if (!low && this.#queued[lane] > 0) return;
    this.#full[lane] = false;
    if (this.#open) this.#events.drained(lane);
  }

  /** A frame came. Called by the wire. */
  arrived(lane: Lane, bytes: Uint8Array): void {
    if (!this.#open) return;
    if (lane === 'control') this.#received += bytes.length;
    this.#events.frame(lane, bytes);
  }

  /** From now on it sends and takes nothing. True the first time. */
  shut(): boolean {
    const was = this.#open;
    this.#open = false;
    return was;
  }

  /** The link has ended. Called by the wire, never within a call to this link. */
  ended(code: Refusal['code'], detail: string): void {
    this.#events.closed(code, detail);
  }
}
