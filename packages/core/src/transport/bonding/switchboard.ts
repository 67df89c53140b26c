import type { Clock, Scheduler } from '../../ports/clock.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import type { BondCredentials, BondEvents, Refusal, TransportGroup } from '../transport.ts';
import type { Dial } from './dial.ts';
import { GroupDoor } from './group-door.ts';
import type { BondLimits } from './limits.ts';
import type { Connect, Link, LinkEvents } from './link.ts';
import { LinkSession } from './link-session.ts';
import { RefusalDesk } from './refusal-desk.ts';

/** What a {@link Switchboard} is made with. */
export interface SwitchboardParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly logger: Logger;
  readonly limits: BondLimits;
  readonly connect: Connect;
}

/**
 * All of a transport that does not depend on how bytes travel: which group is meant, handshakes, bonds, dialling
 * again, and what happens when two nodes dial each other at once. A transport gives it links and is otherwise done.
 */
export class Switchboard {
  readonly parts: SwitchboardParts;
  readonly desk: RefusalDesk;
  readonly #groups = new Set<GroupDoor>();
  readonly #sessions = new Set<LinkSession>();
  readonly #dialled = new Map<string, LinkSession>();

  constructor(parts: SwitchboardParts) {
    this.parts = parts;
    this.desk = new RefusalDesk(parts.clock, parts.logger, this.#groups);
  }

  /** The groups that are open, in the order in which they were opened. */
  get groups(): Iterable<GroupDoor> {
    return this.#groups;
  }

  /** Opens a group's door: `Transport.attach`. */
  attach(credentials: BondCredentials, events: BondEvents): TransportGroup {
    const door = new GroupDoor(this, credentials, events);
    this.#groups.add(door);
    return door;
  }

  /** Takes a link that came in. What happens on it is to be told to what this returns. */
  accept(link: Link): LinkEvents {
    const session = new LinkSession(this, link.address, false);
    this.#sessions.add(session);
    session.begin(link);
    return session;
  }

  /** Someone who came in was refused before there was a link. */
  turnedAway(code: Refusal['code'], detail: string, address: string): void {
    this.desk.came(null, { code, detail, address, claimed: null });
  }

  /** Begins a handshake of a group with whoever is at an address. Called by a group's dials. */
  open(group: GroupDoor, dial: Dial): void {
    let session = this.#dialled.get(dial.address);
    if (!session?.takesMore) {
      session = new LinkSession(this, dial.address, true);
      this.#sessions.add(session);
      this.#dialled.set(dial.address, session);
      session.begin(this.parts.connect(dial.address, session));
    }
    session.open(group, dial);
  }

  /** A group has closed. */
  left(group: GroupDoor): void {
    this.#groups.delete(group);
  }

  /** A link has ended, or takes nothing more. */
  forget(session: LinkSession, ended: boolean): void {
    if (this.#dialled.get(session.address) === session) this.#dialled.delete(session.address);
    if (ended) this.#sessions.delete(session);
  }

  /** Departs from everyone. The links close themselves once that has been said. */
  close(): void {
    for (const group of [...this.#groups]) group.close();
    for (const session of [...this.#sessions]) session.end('DEPARTED', 'the node stops');
  }

  /** As if the process had been killed: nothing is said, and nothing happens here any more. */
  vanish(): void {
    for (const session of [...this.#sessions]) session.vanish();
    for (const group of [...this.#groups]) group.close();
  }
}
