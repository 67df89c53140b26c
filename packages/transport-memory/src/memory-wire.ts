import type { Lane, LinkEvents, Refusal } from '@smalti/core';
import type { MemoryHub } from './memory-hub.ts';
import { MemoryLink } from './memory-link.ts';
import type { MemoryNode } from './memory-node.ts';

/** What the end of a connection weighs on the medium, in bytes. */
const CLOSING_BYTES = 64;
/** What the begin of a connection weighs. */
const OPENING_BYTES = 64;

/** A connection between two nodes of a hub: two ends, and what is under way between them. */
export class MemoryWire {
  readonly #hub: MemoryHub;
  readonly #from: MemoryNode;
  readonly #to: string;
  readonly near: MemoryLink;
  #target: MemoryNode | null = null;
  #far: MemoryLink | null = null;

  constructor(hub: MemoryHub, from: MemoryNode, to: string, events: LinkEvents) {
    this.#hub = hub;
    this.#from = from;
    this.#to = to;
    this.near = new MemoryLink(this, from.address, to, events, from.bounds);
  }

  /** Goes to the other node, and back. */
  dial(): void {
    const { address: from } = this.#from;
    const sent = this.#hub.carry(from, this.#to, OPENING_BYTES, 'control', () => this.#reached());
    if (!sent)
      this.#hub.later(() => this.#end(this.near, 'LINK_LOST', `there is no way from ${from} to ${this.#to}`));
  }

  /** Both nodes of this wire. */
  joins(a: string, b: string): boolean {
    const from = this.#from.address;
    return (from === a && this.#to === b) || (from === b && this.#to === a);
  }

  touches(node: MemoryNode): boolean {
    return this.#from === node || this.#target === node;
  }

  carry(end: MemoryLink, lane: Lane, bytes: Uint8Array): void {
    const other = end === this.near ? this.#to : this.#from.address;
    // A frame that is lost leaves the queue only with the link, as with TCP: there are no holes.
    this.#hub.carry(end.owner, other, bytes.length, lane, () => {
      end.left(lane, bytes.length);
      this.#otherEnd(end)?.arrived(lane, bytes);
    });
  }

  /** One end closes: it hears so in a later turn, the other end after what was sent to it. */
  close(end: MemoryLink, code: Refusal['code'], detail: string): void {
    if (!end.shut()) return;
    this.#hub.later(() => {
      end.ended(code, detail);
      this.#forgetIfOver();
    });
    const other = end === this.near ? this.#to : this.#from.address;
    // It follows the control lane, where whatever explains the end was said. What is in the bulk lane may be lost.
    this.#hub.carry(end.owner, other, CLOSING_BYTES, 'control', () => {
      const far = this.#otherEnd(end);
      if (far) this.#end(far, code, detail);
    });
  }

  /** As after a TCP reset: both ends hear of it, what was under way is gone. */
  reset(detail: string): void {
    for (const end of [this.near, this.#far]) {
      if (end?.shut()) this.#hub.later(() => end.ended('LINK_LOST', detail));
    }
    this.#hub.forget(this);
  }

  /** One of the nodes was killed: the other one hears of it, as its system would tell it. */
  killed(node: MemoryNode): void {
    const dead = this.#from === node ? this.near : this.#far;
    const other = this.#from === node ? this.#far : this.near;
    dead?.shut();
    this.#forgetIfOver();
    if (!other?.open) return;
    const why = `the process at ${node.address} has ended`;
    this.#hub.carry(node.address, other.owner, CLOSING_BYTES, 'control', () =>
      this.#end(other, 'LINK_LOST', why),
    );
  }

  #reached(): void {
    if (!this.near.open) return;
    const target = this.#hub.find(this.#to);
    const from = this.#from.address;
    if (!target) {
      const why = `nobody listens at ${this.#to}: check the address, and that the node runs`;
      const back = (): void => this.#end(this.near, 'LINK_LOST', why);
      this.#hub.carry(this.#to, from, OPENING_BYTES, 'control', back);
      return;
    }
    this.#target = target;
    const late: { events: LinkEvents | null } = { events: null };
    this.#far = new MemoryLink(this, target.address, from, forwarding(late), target.bounds);
    late.events = target.board.accept(this.#far);
    this.#hub.carry(this.#to, from, OPENING_BYTES, 'control', () => this.near.stands());
  }

  #otherEnd(end: MemoryLink): MemoryLink | null {
    return end === this.near ? this.#far : this.near;
  }

  #end(end: MemoryLink, code: Refusal['code'], detail: string): void {
    if (end.shut()) end.ended(code, detail);
    this.#forgetIfOver();
  }

  #forgetIfOver(): void {
    if (!this.near.open && !this.#far?.open) this.#hub.forget(this);
  }
}

/** A link is made before what listens to it. */
function forwarding(to: { readonly events: LinkEvents | null }): LinkEvents {
  return {
    opened: () => to.events?.opened(),
    frame: (lane, bytes) => to.events?.frame(lane, bytes),
    drained: (lane) => to.events?.drained(lane),
    closed: (code, detail) => to.events?.closed(code, detail),
  };
}
