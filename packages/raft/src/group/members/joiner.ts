import {
  type Clock,
  keyOf,
  type MemberKey,
  memberId,
  memberIncarnation,
  membersOf,
  type Preference,
  type Timer,
} from '@smalti/core';
import type { EngineView } from '../../engine/view.ts';
import type { MemberDesk } from './member-desk.ts';

/** What the joiner needs of its surroundings. */
export interface JoinerPort {
  readonly self: MemberKey;
  readonly address: string;
  readonly preference: Preference;
  /** True if it joins a cluster that does not know it; else only in the place of a lost disk of its id. */
  readonly joins: boolean;
  view(): EngineView | null;
  note(text: string): void;
}

/** How long one attempt lasts, in milliseconds. */
const ATTEMPT_MS = 5_000;

/** Has this node named by the log: as a member, if it is none, and with the preference that it has. */
export class Joiner {
  readonly #port: JoinerPort;
  readonly #desk: MemberDesk;
  readonly #clock: Clock;
  readonly #everyMs: number;
  #timer: Timer | null = null;
  #asking = false;
  #closed = false;

  constructor(port: JoinerPort, desk: MemberDesk, clock: Clock, everyMs: number) {
    this.#port = port;
    this.#desk = desk;
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** This node belongs to a cluster, or the members or the leader may be others now. Goes on looking while it wants something. */
  changed(): void {
    if (this.#closed || this.#timer !== null) return;
    this.#timer = this.#clock.setTimer(this.#everyMs, () => {
      this.#timer = null;
      if (this.#look()) this.changed();
    });
  }

  /** What is wrong with what the log says of this node, or null. */
  #wanted(view: EngineView): { readonly address: string } | null {
    if (view.removed) return null;
    const { self, address, preference, joins } = this.#port;
    const members = membersOf(view.configuration);
    const named = members.find((member) => keyOf(member) === self);
    if (named !== undefined) {
      // A leader may have named it and fallen before that was committed: then nobody knows of it.
      const isSure = named.preference === preference && view.everNamed(self);
      return isSure ? null : { address: named.address };
    }
    // Who was named and is not any more was removed: it is told so, and does not ask.
    if (view.everNamed(self)) return null;
    const was = members.find((member) => member.id === memberId(self));
    // A leader sends its log to those alone whose id it knows: without one heard, this log may be long out of date.
    if (!joins && (was === undefined || view.leader === null)) return null;
    return { address: address === '' ? (was?.address ?? '') : address };
  }

  /** True if there is something to ask for. */
  #look(): boolean {
    const view = this.#port.view();
    const wanted = view === null ? null : this.#wanted(view);
    if (wanted === null) return false;
    if (!this.#asking) this.#ask(wanted.address);
    return true;
  }

  #ask(address: string): void {
    const { self, preference } = this.#port;
    const member = {
      id: memberId(self),
      incarnation: memberIncarnation(self),
      address,
      preference,
    };
    this.#asking = true;
    const wish = { type: 'change', changes: [{ type: 'add', member }], force: false } as const;
    this.#desk.ask(wish, { timeoutMs: ATTEMPT_MS }).then(
      () => {
        this.#asking = false;
      },
      (error: Error) => {
        this.#asking = false;
        if (!this.#closed)
          this.#port.note(`asks the group to name this node, in vain so far: ${error.message}`);
      },
    );
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }
}
