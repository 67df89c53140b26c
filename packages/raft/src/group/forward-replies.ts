import type { Index, MemberKey, Term } from '@smalti/core';
import type { GroupBody } from '@smalti/wire';

/** What a follower is to be told of one forward. `first` is 0 if nothing was done with it. */
interface Reply {
  readonly term: Term;
  readonly id: number;
  readonly first: Index;
}

/** What a follower was not told yet. */
interface Debt {
  /** The last forward that was placed: that says enough of those before it. */
  placed: Reply | null;
  /** The first forward that was refused: so was all that came after it. */
  refused: Reply | null;
}

/** False if there is no room: then nothing was sent. */
type Send = (to: MemberKey, body: GroupBody) => boolean;

/**
 * A leader's answers to forwards. One that finds no room on its way is owed until it does: a follower that never hears of
 * a refusal waits for its commands as long as this leader leads, and so does everything of their sessions after them.
 */
export class ForwardReplies {
  readonly #send: Send;
  readonly #debts = new Map<MemberKey, Debt>();

  constructor(send: Send) {
    this.#send = send;
  }

  /** True if that follower does not know of a refusal yet: nothing of it may be taken before. */
  owesRefusal(to: MemberKey): boolean {
    return (this.#debts.get(to)?.refused ?? null) !== null;
  }

  give(to: MemberKey, reply: Reply): void {
    const owed = this.#debts.get(to);
    if (owed === undefined && this.#tell(to, reply)) return;
    const debt = owed ?? { placed: null, refused: null };
    if (reply.first > 0) debt.placed = reply;
    else debt.refused ??= reply;
    this.#debts.set(to, debt);
    this.#pay(to, debt);
  }

  /** There may be room now. Called at the end of each turn. */
  pay(): void {
    for (const [to, debt] of this.#debts) this.#pay(to, debt);
  }

  /** The follower waits for no answer any more. */
  forget(to: MemberKey): void {
    this.#debts.delete(to);
  }

  forgetAll(): void {
    this.#debts.clear();
  }

  #pay(to: MemberKey, debt: Debt): void {
    if (debt.placed !== null && !this.#tell(to, debt.placed)) return;
    debt.placed = null;
    if (debt.refused !== null && !this.#tell(to, debt.refused)) return;
    this.#debts.delete(to);
  }

  #tell(to: MemberKey, reply: Reply): boolean {
    return this.#send(to, { type: 'forward-reply', ...reply });
  }
}
