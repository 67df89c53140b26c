import {
  type Incarnation,
  type Index,
  isAddress,
  MAX_ADDRESS_BYTES,
  type Member,
  membersOf,
  type PeerId,
  type Preference,
  SmaltiError,
  toIncarnation,
  toPeerId,
} from '@smalti/core';
import { MAX_MEMBER_CHANGES } from '@smalti/wire';
import type { MemberChange } from '../../engine/membership.ts';
import type { EngineView } from '../../engine/view.ts';
import type { CallOptions } from '../api.ts';
import { checkTimeout } from '../check-timeout.ts';
import type { MemberDesk } from './member-desk.ts';

/** Options of a change of the members. */
export interface ChangeOptions extends CallOptions {
  /** Make it even if it is risky: the new voters are not heard, or lack much, or the leader removes itself. Default false. */
  readonly force?: boolean;
}

/** A node that is to become a member. */
export interface NewMember {
  readonly id: PeerId | string;
  readonly incarnation: Incarnation | string;
  /** Where it can be dialled. */
  readonly address: string;
  /** Default `normal`. */
  readonly preference?: Preference;
}

/**
 * Who counts in a group, and changes of it. Every node can be asked; the leader does it. A call resolves when the change
 * is committed; it can be repeated without harm. Nodes are named by id, or by `id@incarnation` if two of one id are
 * members (one that lost its disk, and what it was): an id alone means a learner to promote, a voter to demote, all of
 * that id to remove.
 *
 * They reject with `MEMBERSHIP_REFUSED` (nothing was changed; `details.reason` says why: `quorum-at-risk`,
 * `not-a-member`, `observer`, `no-voters`, `no-successor`, `too-many`), `TIMEOUT` (it may still be
 * done), `ABORTED`, `BAD_OPTION`, `GROUP_CLOSED`, `STOPPED`, `REMOVED`.
 */
export interface Members {
  /** The newest configuration in this node's log, members in no order; empty while it is blank. */
  list(): readonly Member[];
  /**
   * The node becomes a learner: it gets the log, and counts for nothing yet. Nodes that `join` do so by themselves; one
   * that does not, and that the cluster was not born with, stays blank, though it is named.
   */
  add(member: NewMember, options?: ChangeOptions): Promise<Index>;
  /** A learner that keeps up becomes a voter. */
  promote(node: string, options?: ChangeOptions): Promise<Index>;
  /** A voter becomes a learner. The group's policy may make it a voter again; an observer it leaves alone. */
  demote(node: string, options?: ChangeOptions): Promise<Index>;
  /** A member is none any more. It is told, and its group ends with `REMOVED`. The leader hands over first. */
  remove(node: string, options?: ChangeOptions): Promise<Index>;
  /** Several changes as one. */
  change(changes: readonly MemberChange[], options?: ChangeOptions): Promise<Index>;
  /** Leadership goes to that voter, or to the best there is. Resolves when another node leads. */
  transfer(to?: string, options?: CallOptions): Promise<void>;
}

/** {@link Members}, over the desk. */
export class GroupMembers implements Members {
  readonly #desk: MemberDesk;
  readonly #view: () => EngineView | null;
  readonly #refusal: () => SmaltiError | null;

  constructor(desk: MemberDesk, view: () => EngineView | null, refusal: () => SmaltiError | null) {
    this.#desk = desk;
    this.#view = view;
    this.#refusal = refusal;
  }

  list(): readonly Member[] {
    const view = this.#view();
    return view === null ? [] : membersOf(view.configuration);
  }

  async add(member: NewMember, options?: ChangeOptions): Promise<Index> {
    return this.change([{ type: 'add', member: checked(member) }], options);
  }

  async promote(node: string, options?: ChangeOptions): Promise<Index> {
    return this.change([{ type: 'promote', node }], options);
  }

  async demote(node: string, options?: ChangeOptions): Promise<Index> {
    return this.change([{ type: 'demote', node }], options);
  }

  async remove(node: string, options?: ChangeOptions): Promise<Index> {
    return this.change([{ type: 'remove', node }], options);
  }

  async change(changes: readonly MemberChange[], options: ChangeOptions = {}): Promise<Index> {
    this.#check(options);
    if (changes.length > MAX_MEMBER_CHANGES) {
      const text = `${changes.length} changes at once, at most ${MAX_MEMBER_CHANGES} are allowed`;
      throw new SmaltiError('BAD_OPTION', text, { outcome: 'not-applied' });
    }
    for (const change of changes) {
      if (change.type === 'add') checked(change.member);
      else checkName(change.node);
    }
    return this.#desk.ask({ type: 'change', changes, force: options.force ?? false }, options);
  }

  async transfer(to?: string, options: CallOptions = {}): Promise<void> {
    this.#check(options);
    if (to !== undefined) checkName(to);
    await this.#desk.ask({ type: 'transfer', to: to ?? null }, options);
  }

  #check(options: CallOptions): void {
    const refusal = this.#refusal();
    if (refusal !== null) throw refusal;
    checkTimeout(options, 'not-applied');
  }
}

/** @throws SmaltiError `BAD_OPTION` if no node can have that name. */
function checkName(node: string): void {
  const [id = '', incarnation] = node.split('@');
  try {
    toPeerId(id);
    if (incarnation !== undefined) toIncarnation(incarnation);
  } catch (error) {
    throw new SmaltiError('BAD_OPTION', (error as Error).message, { outcome: 'not-applied', cause: error });
  }
}

/** @throws SmaltiError `BAD_OPTION` if it cannot be one. */
function checked(member: NewMember): Member {
  const { address, preference = 'normal' } = member;
  try {
    if (!isAddress(address)) throw new RangeError(`an address has at most ${MAX_ADDRESS_BYTES} bytes`);
    if (!['normal', 'reluctant', 'observer'].includes(preference)) {
      throw new RangeError(`a preference is normal, reluctant or observer, not ${preference}`);
    }
    return { id: toPeerId(member.id), incarnation: toIncarnation(member.incarnation), address, preference };
  } catch (error) {
    throw new SmaltiError('BAD_OPTION', `no node can be added like that: ${(error as Error).message}`, {
      outcome: 'not-applied',
      cause: error,
    });
  }
}
