import { type Configuration, membersOf, type PeerId } from '@smalti/core';

/** What can dial. */
interface Door {
  dial(address: string): void;
  undial(address: string): void;
}

/** The most places to dial that were only heard of. */
const MAX_HEARD = 64;

/**
 * Where this node looks for others: where the log says that members are, where it was told to, and, while it is no
 * member itself, where members say that others are. Who is there, the handshake decides.
 */
export class Dialer {
  readonly #door: Door;
  readonly #self: PeerId;
  /** This node's own: it is not dialled. */
  readonly #own: string;
  readonly #fixed: ReadonlySet<string>;
  #members: ReadonlySet<string> = new Set();
  readonly #heard = new Set<string>();

  constructor(door: Door, self: PeerId, own: string, fixed: Iterable<string>) {
    this.#door = door;
    this.#self = self;
    this.#own = own;
    this.#fixed = new Set(fixed);
    for (const address of this.#fixed) this.#dial(address);
  }

  /** The log names these members now. */
  follow(configuration: Configuration): void {
    const others = membersOf(configuration).filter((member) => member.id !== this.#self);
    const next = new Set(others.map((member) => member.address).filter((address) => address !== ''));
    const before = this.#members;
    this.#members = next;
    for (const address of next) if (!before.has(address)) this.#dial(address);
    for (const address of before) if (!next.has(address)) this.#undial(address);
  }

  /** Members are said to be there. */
  found(addresses: readonly string[]): void {
    for (const address of addresses) {
      if (address === '' || this.#heard.size >= MAX_HEARD) continue;
      if (this.#heard.has(address) || this.#members.has(address) || this.#fixed.has(address)) continue;
      this.#heard.add(address);
      this.#dial(address);
    }
  }

  #dial(address: string): void {
    if (address !== this.#own) this.#door.dial(address);
  }

  #undial(address: string): void {
    if (this.#fixed.has(address) || this.#heard.has(address) || address === this.#own) return;
    this.#door.undial(address);
  }
}
