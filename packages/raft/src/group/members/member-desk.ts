import {
  type Clock,
  type Configuration,
  type Index,
  type MemberKey,
  memberId,
  membersOf,
  SmaltiError,
  type Timer,
} from '@smalti/core';
import { type GroupBody, MAX_ADDRESSES } from '@smalti/wire';
import type { ChangeRefusal, MemberChange } from '../../engine/membership.ts';
import type { CallOptions } from '../api.ts';
import { DEFAULT_TIMEOUT_MS } from '../defaults.ts';
import { aborted, callError } from '../errors.ts';
import { bodyOfChange, changeOfBody } from './member-codec.ts';

type RequestBody = Extract<GroupBody, { type: 'member-request' }>;
type ReplyBody = Extract<GroupBody, { type: 'member-reply' }>;

/** What is wanted of the leader. */
export type Wish =
  | { readonly type: 'change'; readonly changes: readonly MemberChange[]; readonly force: boolean }
  | { readonly type: 'transfer'; readonly to: string | null };

/** What the desk needs of its surroundings. */
export interface MemberDeskPort {
  readonly self: MemberKey;
  leads(): boolean;
  /** The leader, if it is another node. */
  leader(): MemberKey | null;
  bonded(): readonly MemberKey[];
  send(to: MemberKey, body: GroupBody): boolean;
  change(changes: readonly MemberChange[], force: boolean): ChangeRefusal | Index;
  transfer(to: string | null): string | null;
  /** To whom leadership is being handed over by this node. */
  transferTo(): MemberKey | null;
  configuration(): Configuration | null;
  /** The newest configuration, if it is committed and not joint: what led to it is done. */
  settled(): Index | null;
  /** Places at which members were said to be. */
  found(addresses: readonly string[]): void;
}

/** Somebody on this node waits for the leader to do it. */
interface Asked {
  readonly id: number;
  readonly wish: Wish;
  /** What was said last about why it is not done. */
  last: string;
  /** Who led when it was asked, or the first that did. */
  ledBy: MemberKey | null;
  readonly settle: (error: SmaltiError | null, index: Index) => void;
}

/** As a leader: a wish that has begun, and whoever is to be told. */
interface Begun {
  /** Null if it is somebody on this node. */
  readonly from: MemberKey | null;
  readonly id: number;
  readonly wish: Wish;
  readonly index: Index;
}

/** Refusals that pass by themselves: the wish is repeated until its deadline. */
const PASSING = new Set([
  'not-leader',
  'not-ready',
  'pending',
  'transferring',
  'leader-leaves',
  'not-caught-up',
]);

/** Wishes of others that are remembered while they last; the oldest is forgotten first: who wants it asks again. */
const MAX_BEGUN = 1_024;

/**
 * Wishes about the members, on their way to the leader and back. A wish says what is to be, so that it can be repeated
 * without harm: it is, every now and then, until the leader says that it is done, or why it cannot be.
 */
export class MemberDesk {
  readonly #port: MemberDeskPort;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #asked = new Map<number, Asked>();
  #begun: Begun[] = [];
  #ids = 0;
  #timer: Timer | null = null;
  #closed = false;

  constructor(port: MemberDeskPort, clock: Clock, everyMs: number) {
    this.#port = port;
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /**
   * Has the leader do it. Resolves with the entry that did, when it is committed (for a transfer: 0, when another leads).
   *
   * @throws SmaltiError `MEMBERSHIP_REFUSED`, `TIMEOUT`, `ABORTED`, `GROUP_CLOSED`.
   */
  ask(wish: Wish, options: CallOptions = {}): Promise<Index> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted) return reject(aborted('none'));
      this.#ids += 1;
      const id = this.#ids;
      const settle = (error: SmaltiError | null, index: Index): void => {
        if (!this.#asked.delete(id)) return;
        timer.cancel();
        options.signal?.removeEventListener('abort', onAbort);
        if (error === null) resolve(index);
        else reject(error);
      };
      const onAbort = (): void => settle(aborted('unknown'), 0 as Index);
      const asked: Asked = { id, wish, last: 'no leader has answered', ledBy: null, settle };
      const timer = this.#clock.setTimer(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, () => {
        const text = `not done within its deadline, and it may still be: ${asked.last}`;
        settle(callError('TIMEOUT', text, 'unknown'), 0 as Index);
      });
      options.signal?.addEventListener('abort', onAbort);
      this.#asked.set(id, asked);
      this.#pursue(asked);
      this.#arm();
    });
  }

  /** Somebody else wants something. @throws DecodeError if it is nonsense. */
  received(from: MemberKey, body: RequestBody): void {
    const changes = body.changes.map(changeOfBody);
    const to = body.to === '' ? null : body.to;
    const wish: Wish = body.transfer
      ? { type: 'transfer', to }
      : { type: 'change', changes, force: body.force };
    this.#serve(from, body.id, wish);
  }

  answered(body: ReplyBody): void {
    this.#port.found(body.addresses);
    this.#answer(body.id, body.refusal, body.text, body.index as Index);
  }

  /** The newest configuration is another, or is committed: what has begun may be done. */
  changed(configuration: Configuration, index: Index, committed: boolean): void {
    if (!committed || configuration.outgoing.length > 0) return;
    const done = this.#begun.filter((begun) => begun.wish.type === 'change' && begun.index <= index);
    this.#begun = this.#begun.filter((begun) => !done.includes(begun));
    for (const begun of done) this.#reply(begun.from, begun.id, '', '', index);
  }

  /** Another leads, or nobody: who asked looks what has become of it, and asks the next leader. */
  deposed(): void {
    const begun = this.#begun;
    this.#begun = [];
    for (const { from, id } of begun) {
      this.#reply(from, id, 'not-leader', 'the leader changed meanwhile', 0 as Index);
    }
  }

  /** A bond to a peer began: it counts its wishes anew, or repeats them. */
  rebonded(peer: MemberKey): void {
    this.#begun = this.#begun.filter((begun) => begun.from !== peer);
  }

  close(make: () => SmaltiError): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const asked of [...this.#asked.values()]) asked.settle(make(), 0 as Index);
  }

  #arm(): void {
    if (this.#timer !== null || this.#closed || (this.#asked.size === 0 && this.#begun.length === 0)) return;
    this.#timer = this.#clock.setTimer(this.#everyMs, () => {
      this.#timer = null;
      this.#look();
      for (const asked of [...this.#asked.values()]) this.#pursue(asked);
      this.#arm();
    });
  }

  /** A transfer that came to nothing. */
  #look(): void {
    if (!this.#port.leads() || this.#port.transferTo() !== null) return;
    const failed = this.#begun.filter((begun) => begun.wish.type === 'transfer');
    this.#begun = this.#begun.filter((begun) => begun.wish.type !== 'transfer');
    for (const { from, id } of failed) {
      this.#reply(from, id, 'no-successor', 'whoever was to lead did not take over in time', 0 as Index);
    }
  }

  #pursue(asked: Asked): void {
    const { id, wish } = asked;
    if (wish.type === 'transfer' && this.#isHandedOver(asked, wish.to)) {
      asked.settle(null, 0 as Index);
      return;
    }
    if (this.#port.leads()) {
      if (!this.#begun.some((begun) => begun.from === null && begun.id === id)) this.#serve(null, id, wish);
      return;
    }
    const leader = this.#port.leader();
    const body: RequestBody = {
      type: 'member-request',
      id,
      changes: wish.type === 'change' ? wish.changes.map(bodyOfChange) : [],
      force: wish.type === 'change' && wish.force,
      transfer: wish.type === 'transfer',
      to: wish.type === 'transfer' ? (wish.to ?? '') : '',
    };
    // Who is no member yet is not told who leads: it asks everybody.
    for (const to of leader === null ? this.#port.bonded() : [leader]) this.#port.send(to, body);
  }

  /** True if whoever was named leads, or, if nobody was, another than when it was asked. */
  #isHandedOver(asked: Asked, to: string | null): boolean {
    const now = this.#port.leads() ? this.#port.self : this.#port.leader();
    if (now === null) return false;
    if (to !== null) return isCalled(now, to);
    asked.ledBy ??= now;
    return now !== asked.ledBy;
  }

  #serve(from: MemberKey | null, id: number, wish: Wish): void {
    if (this.#begun.some((begun) => begun.from === from && begun.id === id)) return;
    const answer = wish.type === 'change' ? this.#change(wish) : this.#transfer(wish.to);
    if (typeof answer !== 'number') {
      this.#reply(from, id, answer.reason, answer.text, 0 as Index);
      return;
    }
    if (this.#isDone(wish, answer)) {
      this.#reply(from, id, '', '', answer);
      return;
    }
    this.#begun.push({ from, id, wish, index: answer });
    if (this.#begun.length > MAX_BEGUN) this.#begun.shift();
    this.#arm();
  }

  /** There was nothing to do, or it was done at once. */
  #isDone(wish: Wish, index: Index): boolean {
    if (wish.type === 'transfer') return this.#port.leads() && isCalled(this.#port.self, wish.to);
    return index <= (this.#port.settled() ?? -1);
  }

  #change(wish: Extract<Wish, { type: 'change' }>): ChangeRefusal | Index {
    return this.#port.change(wish.changes, wish.force);
  }

  #transfer(to: string | null): ChangeRefusal | Index {
    const leads = this.#port.leads();
    if (leads && isCalled(this.#port.self, to)) return 0 as Index;
    const text = this.#port.transfer(to);
    return text === null ? (0 as Index) : { reason: leads ? 'no-successor' : 'not-leader', text };
  }

  #reply(from: MemberKey | null, id: number, refusal: string, text: string, index: Index): void {
    if (from === null) {
      this.#answer(id, refusal, text, index);
      return;
    }
    const configuration = this.#port.configuration();
    const members = configuration === null ? [] : membersOf(configuration);
    const addresses =
      refusal === 'not-leader' ? members.map((member) => member.address).slice(0, MAX_ADDRESSES) : [];
    this.#port.send(from, { type: 'member-reply', id, refusal, text, index, addresses });
  }

  #answer(id: number, refusal: string, text: string, index: Index): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    if (refusal === '') asked.settle(null, index);
    else if (PASSING.has(refusal)) asked.last = text;
    else {
      const details = { reason: refusal };
      asked.settle(
        new SmaltiError('MEMBERSHIP_REFUSED', text, { outcome: 'not-applied', details, retryable: false }),
        0 as Index,
      );
    }
  }
}

/** True if that is its key, or its id. */
function isCalled(key: MemberKey, node: string | null): boolean {
  return key === node || memberId(key) === node;
}
