import { type Clock, type Index, keyOf, type MemberKey, membersOf, type Timer } from '@smalti/core';
import type { ChangeRefusal, MemberChange } from '../../engine/membership.ts';
import { isVoter } from '../../engine/quorum.ts';
import type { EngineView } from '../../engine/view.ts';
import type { MembershipPolicy, MemberView } from './policy.ts';

/** A learner that lacks no more than this of what is committed is close, in entries. */
const CLOSE = 1_000;

/** How much less often a group is looked at in which nobody waits for anything. */
const SETTLED = 5;

/** What the steward needs of its surroundings. */
export interface StewardPort {
  readonly self: MemberKey;
  view(): EngineView | null;
  change(changes: readonly MemberChange[]): ChangeRefusal | Index;
  note(text: string): void;
}

/** On the leader: looks at the members now and then, and carries out what the policy decides. */
export class Steward {
  readonly #port: StewardPort;
  readonly #policy: MembershipPolicy;
  readonly #clock: Clock;
  readonly #everyMs: number;
  /** Since when this leader has not heard a member, and since when it is close. */
  readonly #silent = new Map<MemberKey, number>();
  readonly #close = new Map<MemberKey, number>();
  #timer: Timer | null = null;
  #refused = '';

  constructor(port: StewardPort, policy: MembershipPolicy, clock: Clock, everyMs: number) {
    this.#port = port;
    this.#policy = policy;
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** This node leads now, or does not any more. */
  led(leads: boolean): void {
    if (!leads) {
      this.#timer?.cancel();
      this.#timer = null;
      this.#silent.clear();
      this.#close.clear();
    } else if (this.#timer === null) this.#arm();
  }

  #arm(afterMs = this.#everyMs): void {
    this.#timer = this.#clock.setTimer(afterMs, () => {
      const view = this.#port.view();
      if (view === null || view.role !== 'leader') {
        this.#arm();
        return;
      }
      const others = this.#others(view);
      // Where all are heard, and nobody waits to vote, there is seldom anything to do: many groups may be like that.
      const isSettled = others.every(({ role, member, silentMs }) => {
        return silentMs === 0 && (role === 'voter' || member.preference === 'observer');
      });
      this.#arm(isSettled ? SETTLED * this.#everyMs : this.#everyMs);
      this.#look(view, others);
    });
  }

  #look(view: EngineView, others: readonly MemberView[]): void {
    if (view.changing || view.transferTo !== null) return;
    const wanted = this.#policy.decide({ self: this.#port.self, configuration: view.configuration, others });
    if (wanted === null || wanted.length === 0) return;
    const answer = this.#port.change(wanted);
    const said = wanted.map(describe).join(', ');
    if (typeof answer === 'number') this.#port.note(`changes the members: ${said}`);
    else if (said !== this.#refused) this.#port.note(`would change the members (${said}): ${answer.text}`);
    this.#refused = typeof answer === 'number' ? '' : said;
  }

  #others(view: EngineView): MemberView[] {
    const now = this.#clock.now();
    const others: MemberView[] = [];
    const members = new Set(membersOf(view.configuration).map(keyOf));
    for (const since of [this.#silent, this.#close]) {
      for (const key of since.keys()) if (!members.has(key)) since.delete(key);
    }
    for (const member of membersOf(view.configuration)) {
      const key = keyOf(member);
      if (key === this.#port.self) continue;
      const peer = view.peerOf(key);
      const lag = Math.max(0, view.commit - (peer?.match ?? 0));
      const isHeard = peer?.heard === true;
      const isClose = isHeard && peer.mode === 'replicate' && lag <= CLOSE;
      const role = isVoter(view.configuration, key) ? 'voter' : 'learner';
      const silentMs = lasting(this.#silent, key, !isHeard, now);
      const closeMs = lasting(this.#close, key, isClose, now);
      others.push({ key, member, role, silentMs, lag, closeMs });
    }
    return others;
  }

  close(): void {
    this.#timer?.cancel();
  }
}

/** For how long it holds, 0 if it does not. */
function lasting(since: Map<MemberKey, number>, key: MemberKey, holds: boolean, now: number): number {
  if (!holds) {
    since.delete(key);
    return 0;
  }
  const begun = since.get(key) ?? now;
  since.set(key, begun);
  // What has just begun has lasted for a moment.
  return Math.max(1, now - begun);
}

function describe(change: MemberChange): string {
  return `${change.type} ${change.type === 'add' ? keyOf(change.member) : change.node}`;
}
