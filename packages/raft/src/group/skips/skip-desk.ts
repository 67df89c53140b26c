import {
  type Clock,
  type Configuration,
  type Entry,
  type EntryDraft,
  EntryKind,
  type EntryName,
  encodeSkip,
  type Index,
  invariant,
  isSkipReason,
  keyOf,
  MAX_SKIP_REASON_BYTES,
  type MemberKey,
  memberId,
  membersOf,
  SmaltiError,
  sameEntry,
  showCursor,
  type Term,
} from '@smalti/core';
import { checkTimeout } from '../check-timeout.ts';
import { DEFAULT_TIMEOUT_MS } from '../defaults.ts';
import { aborted, callError, skipRefused } from '../errors.ts';
import type { MachineFailure } from './machine-failure.ts';
import type { SkipAt, SkipBook } from './skip-book.ts';
import type { MachineFailureStatus, SkipOptions, SkippedCommand } from './skips-api.ts';

/** What the desk needs of its group. */
export interface SkipDeskPort {
  readonly self: MemberKey;
  leads(): boolean;
  term(): Term;
  /** The leader, if it is another node. */
  leader(): MemberKey | null;
  /** The newest configuration in the log. */
  configuration(): Configuration;
  /** It is joint, or is not committed. */
  changing(): boolean;
  termAt(index: Index): Term | undefined;
  /** As a leader: true if that member has been heard lately. */
  isHeard(member: MemberKey): boolean;
  /** Where the machine of this node has failed, or null. */
  failure(): MachineFailure | null;
  /** The entries that were made of the drafts, or null if that cannot be now. */
  propose(drafts: readonly EntryDraft[]): readonly Entry[] | null;
  /** A skip is committed. */
  tell(skipped: SkippedCommand): void;
}

/** Somebody waits for a skip to be committed. */
interface Waiter {
  readonly skip: SkipAt;
  readonly settle: (error: SmaltiError | null) => void;
}

/**
 * Has commands skipped. Whoever applied a command that others skip would have another state than they have; so a leader
 * writes the skip only when every member has told it, over the bond it has now, that its machine failed at exactly that
 * entry. A member that is not heard may have applied it: there is no way around it but to remove it.
 */
export class SkipDesk {
  readonly #book: SkipBook;
  readonly #clock: Clock;
  readonly #port: SkipDeskPort;
  /** Where the machines of members have failed, as they told this leader in this term. */
  readonly #told = new Map<MemberKey, EntryName>();
  #term = 0;
  #waiters: Waiter[] = [];
  /** The last skip that was told as committed. */
  #shown = 0;
  #closed: SmaltiError | null = null;

  constructor(book: SkipBook, clock: Clock, port: SkipDeskPort) {
    this.#book = book;
    this.#clock = clock;
    this.#port = port;
  }

  /**
   * True if this leader has written a skip that is not committed. A member that has come back since with a program that can
   * apply the command may not know of it yet: no read is confirmed for it before it has to.
   */
  get holdsReads(): boolean {
    return this.#book.isOpen && this.#port.leads();
  }

  /** Commands that are skipped, by what is committed in this node's log. */
  get skipped(): readonly SkippedCommand[] {
    return this.#book.committed.map(shown);
  }

  get failure(): MachineFailureStatus | null {
    const failure = this.#port.failure();
    if (failure === null) return null;
    const { at, command } = failure;
    const skip = this.#book.committed.find((each) => each.skip.entry.index === at.index);
    return { at, skippable: command !== null, skippedBy: skip?.at ?? null };
  }

  /** What a member tells of its machine. */
  received(from: MemberKey, failed: EntryName | null): void {
    if (!this.#port.leads()) return;
    this.#ofThisTerm();
    if (failed === null) this.#told.delete(from);
    else this.#told.set(from, failed);
  }

  /** The bond with it is another, or none: it may come back with another program. */
  rebonded(member: MemberKey): void {
    this.#told.delete(member);
  }

  /** Entries up to there are committed. */
  committed(index: Index): void {
    for (const each of this.#book.committed) {
      if (each.at.index <= this.#shown) continue;
      this.#shown = each.at.index;
      this.#port.tell(shown(each));
    }
    if (this.#waiters.length === 0) return;
    for (const { skip, settle } of this.#waiters.filter((waiter) => waiter.skip.at.index <= index)) {
      const isIn = this.#port.termAt(skip.at.index) === skip.at.term;
      settle(
        isIn ? null : skipRefused('overtaken', 'another leader took over before it was committed: ask again'),
      );
    }
  }

  /** As {@link Group.skip}. */
  skip(index: number, options: SkipOptions): Promise<SkippedCommand> {
    return new Promise((resolve, reject) => {
      checkTimeout(options);
      const { reason, signal, timeoutMs } = options;
      if (this.#closed !== null) return reject(this.#closed);
      if (signal?.aborted) return reject(aborted('none'));
      if (!Number.isSafeInteger(index) || index < 1)
        return reject(badOption(`no entry has the index ${index}`));
      if (typeof reason !== 'string' || !isSkipReason(reason)) {
        return reject(badOption(`a reason has 1 to ${MAX_SKIP_REASON_BYTES} bytes`));
      }
      const refusal = this.#book.of(index as Index) === null ? this.#write(index as Index, reason) : null;
      if (refusal !== null) return reject(refusal);
      const skip = this.#book.of(index as Index);
      invariant(skip !== null, `the skip of entry ${index} is in the log`);
      if (this.#book.committed.includes(skip)) return resolve(shown(skip));
      const settle = (error: SmaltiError | null): void => {
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
        this.#waiters = this.#waiters.filter((waiter) => waiter.settle !== settle);
        if (error === null) resolve(shown(skip));
        else reject(error);
      };
      const onAbort = (): void => settle(aborted('unknown'));
      const timer = this.#clock.setTimer(timeoutMs ?? DEFAULT_TIMEOUT_MS, () => {
        const text = `the skip of entry ${index} is in the log, and was not committed within its deadline: it may still be`;
        settle(callError('TIMEOUT', text, 'unknown'));
      });
      signal?.addEventListener('abort', onAbort);
      this.#waiters.push({ skip, settle });
    });
  }

  close(why: SmaltiError): void {
    this.#closed = why;
    for (const { settle } of [...this.#waiters]) settle(why);
  }

  /** Why it is not in the log now, or null. */
  #write(index: Index, reason: string): SmaltiError | null {
    const entry = this.#check(index);
    if (entry instanceof SmaltiError) return entry;
    const payload = encodeSkip({ entry, by: memberId(this.#port.self), reason });
    if (this.#port.propose([{ kind: EntryKind.skip, payload }]) !== null) return null;
    return skipRefused('not-leader', 'this node is handing leadership over: ask again');
  }

  /** The entry, if it may be skipped; else why not. */
  #check(index: Index): EntryName | SmaltiError {
    const port = this.#port;
    if (!port.leads()) {
      const leader = port.leader();
      const who = leader === null ? 'and no other is known to lead' : `${memberId(leader)} does: ask there`;
      return skipRefused('not-leader', `this node does not lead, ${who}`);
    }
    const failure = port.failure();
    if (failure?.at.index !== index) {
      const where = failure === null ? 'not failed' : `failed at entry ${failure.at.index}`;
      return skipRefused(
        'not-failed',
        `entry ${index} is not where the state machine of this node failed: it has ${where}`,
      );
    }
    const { command } = failure;
    if (command === null) {
      const text = `entry ${index} is not at fault, or holds no command: start the nodes with a program that knows it`;
      return skipRefused('not-a-command', text);
    }
    if (port.changing()) {
      return skipRefused('changing', 'a change of the members is under way: ask again when it is done');
    }
    const marker = this.#book.agreedFrom(index);
    if (marker !== null) {
      const text = `a majority had applied entry ${index}: the log says that it agreed on a checkpoint at entry ${marker}`;
      return skipRefused('applied', text);
    }
    return this.#missing(command) ?? command;
  }

  /** Who may have applied it, or may yet. */
  #missing(command: EntryName): SmaltiError | null {
    this.#ofThisTerm();
    const missing = membersOf(this.#port.configuration())
      .map((member) => keyOf(member))
      .filter((key) => key !== this.#port.self && !this.#hasFailedAt(key, command));
    if (missing.length === 0) return null;
    const names = missing.map((key) => memberId(key)).sort();
    const text =
      `${names.join(', ')}: not known to have failed at ${showCursor(command)}, so its command may be applied there: ` +
      'start it, and wait until its machine fails, too; remove it if it is gone for good; if it can apply the command, ' +
      'start the others with what it has';
    return skipRefused('not-all-failed', text, { members: names });
  }

  #hasFailedAt(key: MemberKey, command: EntryName): boolean {
    const told = this.#told.get(key);
    return told !== undefined && sameEntry(told, command) && this.#port.isHeard(key);
  }

  /** What was told in another term may not be so any more: it is told again in this one. */
  #ofThisTerm(): void {
    const term = this.#port.term();
    if (this.#term !== term) this.#told.clear();
    this.#term = term;
  }
}

function shown({ at, skip: { entry, by, reason } }: SkipAt): SkippedCommand {
  return { entry: { index: entry.index, term: entry.term }, at, by, reason };
}

function badOption(text: string): SmaltiError {
  return callError('BAD_OPTION', text, 'none');
}
