import {
  type Anchor,
  CHECKPOINT_VERSION,
  type CheckpointOutcome,
  type Clock,
  type Cursor,
  type Entry,
  type EntryName,
  type Index,
  type Marker,
  type MemberKey,
  memberId,
  memberIncarnation,
  type Scheduler,
  type SmaltiError,
  type StoreCallback,
  sameCursor,
  type Timer,
} from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import { isVoter } from '../../engine/quorum.ts';
import type { CheckedCheckpoints } from '../checkpoint-options.ts';
import type { Distrust } from '../errors.ts';
import type { Captured, MarkPort } from './captured.ts';
import { Chair, type ChairPort } from './chair.ts';
import type { CheckpointStatus } from './checkpoint-status.ts';
import type { CheckpointNews } from './checkpoints-api.ts';
import { Cutting } from './cutting.ts';
import { Kept } from './kept.ts';
import { LastToCut, type LastToCutPort } from './last-to-cut.ts';
import { Ledger, type LedgerStart } from './ledger.ts';
import { Pruner } from './pruner.ts';
import { Quarantine } from './quarantine.ts';
import { ReportBook, Reporter, type Word, wordOfBody } from './reports.ts';
import { Takes } from './takes.ts';

/** What the desk needs of its group. */
export interface CheckpointDeskPort extends ChairPort, LastToCutPort {
  /** The leader, if it is another node. */
  leader(): MemberKey | null;
  /** The entry with the command at which the machine of this node failed, or null. */
  failed(): EntryName | null;
  /** The entry before the log's first one. */
  base(): Index;
  send(to: MemberKey, body: GroupBody): boolean;
  /** Up to where the strategies can do without the log; null if none of them says. */
  safeToPrune(): Index | null;
  /** The newest checkpoint that this node can offer to whoever catches up. */
  announce(anchor: Anchor): void;
  prune(through: Index, done: StoreCallback): void;
  /** Begins to install that checkpoint in place of the state; why not, or null. */
  repair(anchor: Anchor): string | null;
  /** Nothing is answered out of the state, nor does this node lead; with null, it is and does. */
  quarantine(why: Distrust | null): void;
  /** The newest that the log says is agreed on, applied or not; null if none is known so far. */
  agreedInLog(): Anchor | null;
  /** Lets another lead, if this node does and another is ready. */
  handOver(): void;
  tell(news: CheckpointNews): void;
  note(level: 'info' | 'warn', text: string): void;
  /** Final: the node has to stop. */
  fail(error: SmaltiError): void;
  wake(): void;
}

/** What the desk is made of besides. */
export interface CheckpointDeskParts {
  readonly options: CheckedCheckpoints;
  /** The newest version of the machine that is known here. */
  readonly machineVersion: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** How often what may have been lost is said again, in milliseconds. */
  readonly repeatMs: number;
  /** What applying goes on from, or null if it begins with the first entry. */
  readonly start: LedgerStart | null;
}

/**
 * The checkpoints of a group on one node: what applying tells of them is noted as it comes, and acted on at the end of the
 * turn.
 */
export class CheckpointDesk implements MarkPort {
  readonly #parts: CheckpointDeskParts;
  readonly #port: CheckpointDeskPort;
  readonly #book = new ReportBook();
  readonly #chair: Chair;
  readonly #reporter: Reporter;
  readonly #cutting: Cutting;
  readonly #kept: Kept;
  readonly #pruner: Pruner;
  readonly #quarantine: Quarantine;
  readonly #lastToCut: LastToCut;
  readonly #takes = new Takes();
  #ledger: Ledger;
  /** What this node has cut last, on its disk. */
  #own: Anchor | null = null;
  /** The term of which the words in the book are. */
  #term = 0;
  #timer: Timer | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(parts: CheckpointDeskParts, port: CheckpointDeskPort) {
    const { options, clock, scheduler, start } = parts;
    const { store } = options;
    this.#parts = parts;
    this.#port = port;
    this.#ledger = new Ledger(start);
    this.#own = start?.anchor ?? null;
    this.#chair = new Chair(options, () => this.#ledger, this.#book, port);
    this.#lastToCut = new LastToCut(options.abandonMs, this.#book, port);
    this.#reporter = new Reporter((to, body) => port.send(to, body), parts.repeatMs);
    const note = (text: string): void => port.note('warn', text);
    const fault = (error: SmaltiError): void => port.fail(error);
    const wake = (): void => port.wake();
    const bytesPerSecond = options.cutBytesPerSecond;
    this.#cutting = new Cutting(
      { store, clock, scheduler, bytesPerSecond },
      {
        holdMs: (at, since) => this.#holdMs(at, since),
        isKept: (at) => this.#kept.agreedAt(at) !== null,
        isAgreed: (at, root) => this.#ledger.agreedAt(at) === root,
        cut: (at, root) => {
          this.#own = { at, root };
          this.#kept.changed();
          wake();
        },
        gaveUp: (at, why) => {
          note(`the state at ${at.index} is not kept as a checkpoint: ${why}`);
          this.#takes.failed(at.index, why);
        },
        note,
        fault,
      },
    );
    this.#kept = new Kept(store, {
      newest: (anchor) => {
        port.announce(anchor);
        this.#takes.kept(anchor);
        this.#pruner.soon();
      },
      note,
      fault,
      wake,
    });
    this.#pruner = new Pruner(options.keepBytes, {
      safeToPrune: () => port.safeToPrune(),
      anchor: () => this.#kept.newest,
      before: () => this.#kept.before,
      applied: () => port.applied().index,
      base: () => port.base(),
      prune: (through, done) => port.prune(through, done),
      fault,
      wake,
    });
    this.#quarantine = new Quarantine(options.divergenceSpan, {
      enter: (why) => port.quarantine(why),
      leave: () => {
        port.quarantine(null);
        port.tell({ stage: 'repaired' });
      },
      agreedInLog: () => port.agreedInLog(),
      handOver: () => port.handOver(),
      repair: (anchor) => port.repair(anchor),
      note,
      stop: (error) => port.fail(error),
    });
  }

  // What applying tells

  passed(entry: Entry): void {
    this.#ledger.passed(entry);
    this.#pruner.passed(entry.index, entry.frame.length);
  }

  marker(marker: Marker | null, at: Cursor, captured: Captured | null): void {
    this.#ledger.marker(marker, at);
    if (captured === null) return;
    // What is agreed on and here is what comes out again. One that is not may be of another process, and of a state that was
    // repaired since: it is cut anew.
    const root = this.#kept.agreedAt(at);
    if (root !== null) this.#own = { at, root };
    if (root !== null || this.#quarantine.why !== null || this.#closed) captured.release();
    else this.#cutting.take(captured);
  }

  outcome(outcome: CheckpointOutcome, _at: Cursor): void {
    const closed = this.#ledger.outcome(outcome);
    if (closed === null) return;
    const { at } = closed;
    const { verdict } = outcome;
    if (verdict === 'agreed') {
      this.#port.tell({ stage: verdict, marker: at, root: outcome.root });
      this.#quarantine.agreed(at);
      this.#kept.agreed({ at, root: outcome.root });
      if (!this.#works(at)) this.#takes.failed(at.index, 'this node has not cut it');
      return;
    }
    this.#port.tell({ stage: verdict, marker: at });
    this.#port.note(
      'warn',
      `the checkpoint at ${at.index} was ${verdict}: its replicas have not agreed on it`,
    );
    this.#cutting.drop(at);
    this.#kept.forget(at);
    this.#takes.failed(at.index, `it was ${verdict}`);
  }

  /** A checkpoint took the place of the state, and applying goes on from there. */
  installed(start: LedgerStart): void {
    this.#ledger = new Ledger(start);
    this.#own = start.anchor;
    this.#cutting.drop();
    this.#kept.changed();
    this.#pruner.restart();
    this.#quarantine.replaced();
    this.#port.wake();
  }

  /** There is no state to go on from: that checkpoint, or a younger one, has to be installed. Asked for until it is. */
  lacks(anchor: Anchor, damage: SmaltiError): void {
    this.#quarantine.lacks(anchor, damage);
    this.#port.wake();
  }

  // What peers tell

  bonded(member: MemberKey): void {
    this.#reporter.rebonded(member);
    this.#port.wake();
  }

  unbonded(member: MemberKey): void {
    this.#port.wake();
    const { open } = this.#ledger;
    // What a voter has reported stays true.
    if (open === null || !isVoter(open.configuration, member)) this.#book.forget(member);
  }

  received(from: MemberKey, body: Extract<GroupBody, { type: 'checkpoint-report' }>): void {
    if (!this.#port.leads()) return;
    this.#bookOfTerm();
    this.#book.heard(from, wordOfBody(body));
    this.#port.wake();
  }

  // What users ask

  /** All who ask at about the same time share one. */
  take(signal?: AbortSignal): Promise<Anchor> {
    const { newest } = this.#kept;
    const { newsAt, markerIndex } = this.#ledger;
    if (newest !== null && newest.at.index >= newsAt) return Promise.resolve(newest);
    // Where nothing comes of the last marker any more, another one is needed, though nothing has changed.
    const wanted = markerIndex < newsAt || this.#comes() ? newsAt : markerIndex + 1;
    const taken = this.#takes.open(wanted as Index, signal);
    this.#port.wake();
    return taken;
  }

  status(): CheckpointStatus {
    const { open } = this.#ledger;
    const { progress, waiting } = this.#cutting;
    const own = open !== null && isAnchor(this.#own, open.at) ? (this.#own?.root ?? null) : null;
    const leads = open !== null && this.#port.leads() && this.#term === this.#port.term();
    const reports = leads ? [...this.#book.of(open.at.index)] : [];
    return {
      kept: this.#kept.manifests,
      open: open === null ? null : { marker: open.at, own },
      cutting: progress === null ? null : { marker: progress.at, bytes: progress.bytes },
      waiting,
      reports: reports.map(([key, root]) => ({
        id: memberId(key),
        incarnation: memberIncarnation(key),
        root,
      })),
      pruned: this.#pruner.through,
      diverged: this.#quarantine.why?.message ?? null,
    };
  }

  /** At the end of a turn, and when something is due. */
  look(): void {
    if (this.#closed) return;
    const { clock } = this.#parts;
    const now = clock.now();
    this.#compare();
    const word = this.#word();
    let inMs = this.#reporter.look(now, this.#port.leader(), this.#port.term(), word);
    if (this.#port.leads()) {
      this.#bookOfTerm();
      this.#book.heard(this.#port.self, word);
      inMs = Math.min(inMs, this.#chair.look(now, clock.wallNow()));
    }
    inMs = Math.min(
      inMs,
      this.#kept.look(now),
      this.#pruner.look(now),
      this.#quarantine.look(now, this.#ledger.agreed),
    );
    this.#cutting.look();
    this.#arm(now + inMs);
  }

  /** Lets go of what was captured. The store can be closed then. */
  close(why: SmaltiError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    this.#cutting.close();
    this.#kept.close();
    this.#takes.failAll(why);
  }

  #arm(at: number): void {
    const isNothing = at === Number.POSITIVE_INFINITY;
    if (this.#closed || (this.#timer !== null && at >= this.#timerAt && !isNothing)) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (isNothing) return;
    this.#timerAt = at;
    const { clock } = this.#parts;
    this.#timer = clock.setTimer(Math.max(0, at - clock.now()), () => {
      this.#timer = null;
      this.#port.wake();
    });
  }

  /** Shows what has become of the state: the agreed root of a marker is another than what was cut of it here. */
  #compare(): void {
    const own = this.#own;
    if (own === null) return;
    const { at } = own;
    const root = this.#ledger.agreedAt(at);
    if (root === null || root === own.root) return;
    this.#own = null;
    this.#cutting.drop();
    this.#kept.forget(at);
    this.#port.tell({ stage: 'diverged', marker: at, root, own: own.root });
    this.#quarantine.diverged({ at, root }, own.root);
    if (this.#quarantine.why !== null) this.#takes.failAll(this.#quarantine.why);
  }

  #word(): Word {
    const { open, markerIndex } = this.#ledger;
    const own = this.#own;
    const cut = open !== null && own !== null && isAnchor(own, open.at);
    const { wanted } = this.#takes;
    return {
      cut: cut ? { marker: own.at.index, root: own.root } : null,
      format: CHECKPOINT_VERSION,
      machine: this.#parts.machineVersion,
      wanted: wanted > markerIndex ? wanted : (0 as Index),
      failed: this.#port.failed(),
    };
  }

  /** What was told in another term may not be so any more: it is told again in this one. */
  #bookOfTerm(): void {
    const term = this.#port.term();
    if (this.#term !== term) this.#book.clear();
    this.#term = term;
  }

  /** Of a leader; a follower cuts at once, and so does whoever comes to a marker of which the outcome is known. */
  #holdMs(at: Cursor, since: number): number {
    const { open } = this.#ledger;
    if (open === null || !sameCursor(open.at, at) || !this.#port.leads()) return 0;
    return this.#lastToCut.waitMs(open, since, this.#parts.clock.now());
  }

  /** True if the checkpoint at the last marker may yet be agreed on, or is and will be here. */
  #comes(): boolean {
    const { open, agreed, markerIndex } = this.#ledger;
    return open !== null || (agreed?.at.index === markerIndex && this.#works(agreed.at));
  }

  /** True if the checkpoint at that marker is here, or may yet be. */
  #works(at: Cursor): boolean {
    const { progress, waiting } = this.#cutting;
    return [this.#own?.at, progress?.at, waiting].some((each) => each != null && sameCursor(each, at));
  }
}

function isAnchor(anchor: Anchor | null, at: Cursor): boolean {
  return anchor !== null && sameCursor(anchor.at, at);
}
