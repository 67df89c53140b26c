import { type Cursor, type MemberKey, memberId, ORIGIN, type PeerId, type Term } from '@smalti/core';
import type { EngineView } from '../engine/view.ts';
import type { Role } from './api.ts';
import type { GroupEvents } from './events.ts';
import type { Position } from './when-api.ts';

/** Where a node stands in its group: who leads, how far things are, whether it is online. Tells what changes. */
export class Standing {
  readonly #events: GroupEvents;
  #leader: { readonly key: MemberKey | null; readonly term: Term } = { key: null, term: 0 as Term };
  /** The last leader there was. */
  #followed = this.#leader;
  #role: { readonly role: Role; readonly term: Term } = { role: 'blank', term: 0 as Term };
  #online = false;
  readonly #positions: Record<Position, Cursor>;

  constructor(events: GroupEvents, log: Cursor) {
    this.#events = events;
    this.#positions = { log, committed: ORIGIN, applied: ORIGIN };
  }

  get leader(): PeerId | null {
    return this.#leader.key === null ? null : memberId(this.#leader.key);
  }

  get leaderKey(): MemberKey | null {
    return this.#leader.key;
  }

  /** The last leader there was, even if there is none now. */
  get lastLeader(): PeerId | null {
    return this.#followed.key === null ? null : memberId(this.#followed.key);
  }

  get term(): Term {
    return this.#leader.term;
  }

  /** The last leader there was, even if there is none now. */
  get followed(): MemberKey | null {
    return this.#followed.key;
  }

  get online(): boolean {
    return this.#online;
  }

  position(position: Position): Cursor {
    return this.#positions[position];
  }

  /** The log ends, or this node has committed or applied, at that cursor now. */
  moved(position: Position, to: Cursor): void {
    const from = this.#positions[position];
    this.#positions[position] = to;
    if (this.#events.heard) this.#events.emit({ type: 'position', position, from, to });
  }

  /** This node has that role now. */
  plays(role: Role, term: Term): void {
    if (role === this.#role.role && term === this.#role.term) return;
    this.#role = { role, term };
    this.#events.emit({ type: 'role', role, term });
  }

  /** @returns true if another leader, or another term of the same one, begins. */
  follow(leader: MemberKey | null, term: Term): boolean {
    const before = this.#leader.key;
    this.#leader = { key: leader, term };
    // The same leader of the same term, lost from sight and found again, still has what was sent to it.
    const another = leader !== null && (leader !== this.#followed.key || term !== this.#followed.term);
    if (another) this.#followed = this.#leader;
    if (leader === null) this.setOnline(false);
    if (leader !== before) this.#events.emit({ type: 'leader', leader: this.leader, term });
    return another;
  }

  /** Once it has what its leader had committed when it spoke, a node stays online until it loses its leader. */
  catchUp(view: EngineView): void {
    if (this.#online || this.#leader.key === null) return;
    const reached = view.role === 'leader' ? view.commit : view.announced;
    if (reached > 0 && this.#positions.applied.index >= reached) this.setOnline(true);
  }

  setOnline(online: boolean): void {
    if (this.#online === online) return;
    this.#online = online;
    this.#events.emit({ type: 'online', online });
  }
}
