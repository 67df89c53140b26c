import {
  type ClusterId,
  type Cursor,
  type GroupId,
  type Index,
  type MemberKey,
  memberKey,
  ORIGIN,
  type Outcome,
  type PeerId,
  type SmaltiError,
  type StateMachine,
  sessionKeyAt,
  type Term,
  type TransportGroup,
  versionsOf,
} from '@smalti/core';
import type { EngineRole } from '../engine/io.ts';
import type { Platform, Role } from './api.ts';
import { Arrivals } from './arrivals.ts';
import { Belonging } from './belonging.ts';
import type { Born } from './birth.ts';
import { BondTable } from './bond-table.ts';
import type { CheckpointDesk } from './checkpoints/checkpoint-desk.ts';
import { bornOf, knownStamp, type Restored } from './checkpoints/restore.ts';
import { Credits } from './credits.ts';
import { EarlyWatches } from './early-watches.ts';
import { Endings } from './endings.ts';
import { cannotBegin, skipRefused } from './errors.ts';
import { GroupEvents, type GroupNow } from './events.ts';
import type { HandlePort } from './handle.ts';
import { Intake } from './intake.ts';
import { Life } from './life.ts';
import type { Members } from './members/members.ts';
import { Membership } from './members/membership.ts';
import { readLastStamp } from './open-log.ts';
import { Overview } from './overview.ts';
import { PeerWire } from './peer-wire.ts';
import { Reads } from './reads.ts';
import { Replica, type ReplicaPort } from './replica.ts';
import { replicaPort } from './replica-port.ts';
import { type Request, Requests } from './requests.ts';
import { Retry } from './retry.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import type { SkipOptions, SkippedCommand } from './skips/skips-api.ts';
import { Standing } from './standing.ts';
import type { GroupStatus } from './status-api.ts';
import { SyncDesk } from './sync-desk.ts';
import type { Watcher } from './watches.ts';
import type { Position } from './when-api.ts';

/**
 * One group on one node: the parts, and the ways between them. What arrives in one turn of the event loop is handled
 * as it comes; what can wait for others (proposals, reads, timers) is done once, at the turn's end.
 */
export class GroupRuntime<Command, Query, Result> implements HandlePort<Command, Query, Result>, GroupNow {
  readonly machine: StateMachine<Command, Query, Result>;
  readonly requests: Requests;
  readonly reads: Reads;
  readonly credits: Credits;
  readonly events = new GroupEvents();
  readonly scheduler: Platform['scheduler'];

  readonly #options: RuntimeOptions<Command, Query, Result>;
  readonly #self: MemberKey;
  readonly #bonds = new BondTable();
  readonly #wire = new PeerWire(this.#bonds);
  readonly #intake: Intake;
  readonly #standing: Standing;
  readonly #belonging: Belonging;
  readonly #sync: SyncDesk<Command, Query, Result>;
  readonly #membership: Membership;
  readonly #endings: Endings;
  #replica: Replica<Command, Query, Result> | null = null;
  #door: TransportGroup | null = null;
  #turnDue = false;
  readonly #retry: Retry;
  readonly #life = new Life();
  readonly #early = new EarlyWatches();
  /** What it begins with, until it has. */
  #restored: Restored = { type: 'log' };
  readonly #overview: Overview;

  constructor(options: RuntimeOptions<Command, Query, Result>) {
    this.#options = options;
    this.machine = options.machine;
    this.scheduler = options.platform.scheduler;
    this.#self = memberKey(options.identity.node, options.identity.incarnation);
    const { clock } = options.platform;
    const versions = versionsOf(options.machine);
    this.#retry = new Retry(clock, options.timing.heartbeatMs / 2, () => this.#release());
    this.#standing = new Standing(this.events, options.log.last);
    this.credits = new Credits(clock, options.limits);
    this.requests = new Requests(options.boot, options.limits, this.credits, {
      clock,
      drawKey: () => sessionKeyAt(options.platform.random.bytes(16), 0),
      applied: () => this.applied().index,
      queue: (request) => {
        this.queue(request);
        this.wake();
      },
    });
    const ask = (id: number): void => this.#replica?.read(id);
    this.reads = new Reads({ ask, applied: () => this.applied().index }, clock, options.limits, this.credits);
    this.#intake = new Intake(
      {
        leads: () => this.leads,
        term: () => this.#standing.term,
        leader: () => (this.leads ? null : this.#standing.leaderKey),
        propose: (drafts, writers) => this.#replica?.shell.propose(drafts, writers) ?? null,
        send: (to, body) => this.#wire.send(to, body),
        decode: (command) => options.machine.commands.decode(command),
        note: (text) => this.#note('warn', text),
        retryLater: () => this.#retry.later(),
      },
      this.requests,
      options.limits.carriedBytes,
    );
    this.#sync = new SyncDesk(options, {
      bonds: this.#bonds,
      wire: this.#wire,
      standing: this.#standing,
      leads: () => this.leads,
      diverged: () => this.#life.distrust?.damage === null,
      stray: (command) => this.requests.stray(command),
      wake: () => this.wake(),
      fault: (error) => this.fail(error),
    });
    this.#membership = new Membership(options, {
      self: this.#self,
      bonds: this.#bonds,
      wire: this.#wire,
      leader: () => (this.leads ? null : this.#standing.leaderKey),
      leads: () => this.leads,
      shell: () => this.#replica?.shell ?? null,
      refusal: () => this.#life.overRefusal('not-applied'),
      note: (text) => this.#note('info', text),
    });
    this.#overview = new Overview({
      options,
      self: this.#self,
      events: this.events,
      standing: this.#standing,
      life: this.#life,
      bonds: this.#bonds,
      requests: this.requests,
      reads: this.reads,
      sync: this.#sync,
      shell: () => this.#replica?.shell ?? null,
      group: () => this.group,
      cluster: () => this.cluster,
      applied: () => this.applied(),
      checkpoints: () => this.checkpoints,
      skips: () => this.#replica?.skips ?? null,
      machineVersion: () => ({ inForce: this.#replica?.applier.version.now ?? 1, newest: versions.newest }),
    });
    this.#endings = new Endings({
      self: this.#self,
      life: this.#life,
      events: this.events,
      standing: this.#standing,
      sync: this.#sync,
      membership: this.#membership,
      retry: this.#retry,
      credits: this.credits,
      reads: this.reads,
      requests: this.requests,
      options,
      replica: () => this.#replica,
      door: () => this.#door,
      leads: () => this.leads,
      wake: () => this.wake(),
    });
    this.#belonging = new Belonging(options, {
      self: this.#self,
      bonds: this.#bonds,
      wire: this.#wire,
      oldestVersion: versions.oldest,
      begin: (born) => this.#begin(born),
      note: (level, text) => this.#note(level, text),
      fail: (error) => this.fail(error),
      over: () => this.#life.over,
    });
  }

  /** Takes part. Called once, when the log is open. @throws SmaltiError if the log is not one of a cluster. */
  start(restored: Restored): void {
    this.#restored = restored;
    this.#belonging.start(bornOf(restored));
    const arrivals = new Arrivals({
      bonds: this.#bonds,
      wire: this.#wire,
      intake: this.#intake,
      standing: this.#standing,
      belonging: this.#belonging,
      sync: this.#sync,
      membership: this.#membership,
      logger: this.#options.platform.logger,
      maxForwardBytes: this.#options.limits.maxPendingBytes,
      replica: () => this.#replica,
      over: () => this.#life.over,
      tell: (news) => this.events.emit(news),
      release: () => this.#release(),
      wake: () => this.wake(),
    });
    this.#door = this.#options.transport.attach(this.#belonging.credentials(), arrivals);
    this.#membership.open(this.#door);
    this.#belonging.check();
  }

  get members(): Members {
    return this.#membership.members;
  }

  get checkpoints(): CheckpointDesk | null {
    return this.#replica?.checkpoints ?? null;
  }

  get group(): GroupId {
    return this.#belonging.group;
  }

  get cluster(): ClusterId | null {
    return this.#belonging.born?.genesis.cluster ?? null;
  }

  get leader(): PeerId | null {
    return this.#standing.leader;
  }

  get leads(): boolean {
    if (this.#life.over) return false;
    return this.#replica?.shell.leads ?? false;
  }

  get role(): Role {
    if (this.#life.over) return 'follower';
    return this.#replica?.shell.role ?? 'blank';
  }

  get online(): boolean {
    return this.#standing.online;
  }

  position(position: Position): Cursor {
    return position === 'applied' ? this.applied() : this.#standing.position(position);
  }

  applied(): Cursor {
    return this.#replica?.applier.at ?? ORIGIN;
  }

  /** How old what is applied may be, in milliseconds; null if it is not known. */
  ageMs(): number | null {
    return this.#overview.ageMs();
  }

  refusal(outcome: Outcome): SmaltiError | null {
    return this.#life.refusal(outcome);
  }

  get machineFailure(): SmaltiError | null {
    return this.#life.machineFailure;
  }

  queue(request: Request): void {
    this.#intake.add(request);
  }

  /** Asks for a turn's end, once for each turn. */
  wake(): void {
    if (this.#turnDue || this.#life.over) return;
    this.#turnDue = true;
    this.scheduler.endOfTurn(() => this.#turn());
  }

  /** @returns how to stop waiting. */
  watch(index: Index, watcher: Watcher): () => void {
    if (this.#replica !== null) return this.#replica.applier.watch(index, watcher);
    return this.#early.add(() => this.watch(index, watcher));
  }

  async skip(index: number, options: SkipOptions): Promise<SkippedCommand> {
    const refusal = this.#life.overRefusal('none');
    if (refusal !== null) throw refusal;
    if (this.#replica === null) throw skipRefused('blank', 'this node belongs to no cluster yet');
    return this.#replica.skips.skip(index, options);
  }

  status(): GroupStatus {
    return this.#overview.status();
  }

  /** Leaves the group on this node. */
  close(): Promise<void> {
    return this.#endings.close();
  }

  /** Final: nothing is done here any more. */
  fail(error: SmaltiError): void {
    this.#endings.fail(error);
  }

  #turn(): void {
    this.#turnDue = false;
    const replica = this.#replica;
    if (replica === null || this.#life.over) return;
    const { shell } = replica;
    this.#sync.turn();
    // A tick that a read waits for comes before the commands that were sent after the read.
    this.reads.flush();
    this.#intake.flush(shell.proposing);
    replica.look();
    shell.step({ type: 'turn-end' });
    shell.arm();
    if (this.#life.answers) this.#standing.catchUp(shell.view);
    this.#overview.look(shell);
  }

  #begin(born: Born): void {
    readLastStamp(this.#options.log, knownStamp(this.#restored, born), (error, stamp) => {
      if (error !== null) this.fail(error);
      else this.#engage(born, stamp);
    });
  }

  #engage(born: Born, lastStamp: number): void {
    if (this.#life.over) return;
    const port = this.#replicaPort();
    const restored = this.#restored;
    this.#restored = { type: 'log' };
    const replica = new Replica(this.#options, born, restored, lastStamp, port);
    this.#replica = replica;
    try {
      this.#sync.begin(replica);
    } catch (error) {
      this.fail(cannotBegin(error));
      return;
    }
    this.#standing.plays(this.role, replica.shell.view.term);
    this.#standing.moved('log', this.#options.log.last);
    this.#early.begin();
    this.#bonds.tell((bonded) => replica.shell.step(bonded));
    replica.begin(this.#options, restored, port);
    this.#membership.begin();
    this.wake();
  }

  // What the replica says

  #replicaPort(): ReplicaPort {
    return replicaPort({
      self: this.#self,
      requests: this.requests,
      reads: this.reads,
      retry: this.#retry,
      wire: this.#wire,
      bonds: this.#bonds,
      standing: this.#standing,
      overview: this.#overview,
      sync: this.#sync,
      membership: this.#membership,
      endings: this.#endings,
      scheduler: this.scheduler,
      events: this.events,
      leader: () => (this.leads ? null : this.#standing.leaderKey),
      role: (role, term, leader) => this.#role(role, term, leader),
      replaced: () => this.#replaced(),
      note: (level, text) => this.#note(level, text),
      wake: () => this.wake(),
    });
  }

  /** The state is another. What waits may have been passed over: it is sent again. */
  #replaced(): void {
    this.#intake.leaderLost();
    this.#release();
  }

  /** Something has changed: what could not be sent or asked is tried again. */
  #release(): void {
    this.#intake.release();
    this.reads.release();
    this.wake();
  }

  #role(role: EngineRole, term: Term, leader: MemberKey | null): void {
    this.#standing.plays(role, term);
    if (this.#standing.follow(leader, term)) this.#intake.leaderLost();
    this.scheduler.endOfTurn(() => {
      if (!this.#life.over) this.#membership.role(term);
    });
    this.#release();
  }

  #note(level: 'info' | 'warn', text: string): void {
    this.#options.platform.logger[level](text);
    this.events.emit({ type: 'note', level, text });
  }
}
