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
} from '@smalti/core';
import type { EngineRole } from '../engine/io.ts';
import { Age } from './age.ts';
import type { Platform, Role } from './api.ts';
import { Arrivals } from './arrivals.ts';
import { Belonging } from './belonging.ts';
import type { Born } from './birth.ts';
import { BondTable } from './bond-table.ts';
import { Credits } from './credits.ts';
import { EarlyWatches } from './early-watches.ts';
import { Endings } from './endings.ts';
import { cannotBegin } from './errors.ts';
import { GroupEvents, type GroupNow } from './events.ts';
import type { HandlePort } from './handle.ts';
import { Intake } from './intake.ts';
import { Life } from './life.ts';
import type { Members } from './members/members.ts';
import { Membership } from './members/membership.ts';
import { readLastStamp } from './open-log.ts';
import { PeerWire } from './peer-wire.ts';
import { Reads } from './reads.ts';
import { Replica, type ReplicaPort } from './replica.ts';
import { type Request, Requests } from './requests.ts';
import { Retry } from './retry.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { Standing } from './standing.ts';
import { statusOf } from './status.ts';
import type { GroupStatus } from './status-api.ts';
import { SyncDesk } from './sync-desk.ts';
import { ViewNews } from './view-news.ts';
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
  readonly #age: Age;
  readonly #news: ViewNews;

  constructor(options: RuntimeOptions<Command, Query, Result>) {
    this.#options = options;
    this.machine = options.machine;
    this.scheduler = options.platform.scheduler;
    this.#self = memberKey(options.identity.node, options.identity.incarnation);
    const { clock } = options.platform;
    this.#age = new Age(() => clock.now());
    this.#news = new ViewNews(clock, (news) => this.events.emit(news));
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
        propose: (drafts) => this.#replica?.shell.propose(drafts) ?? null,
        send: (to, body) => this.#wire.send(to, body),
        decode: (command) => options.machine.commands.decode(command),
        note: (text) => this.#note('warn', text),
        retryLater: () => this.#retry.later(),
      },
      this.requests,
    );
    this.#sync = new SyncDesk(options, {
      bonds: this.#bonds,
      wire: this.#wire,
      committed: () => this.#standing.position('committed'),
      leader: () => this.#standing.leader ?? this.#standing.lastLeader,
      leads: () => this.leads,
      stray: (command) => this.requests.stray(command),
      wake: () => this.wake(),
    });
    this.#membership = new Membership(options, {
      self: this.#self,
      bonds: this.#bonds,
      wire: this.#wire,
      leader: () => (this.leads ? null : this.#standing.leaderKey),
      leads: () => this.leads,
      shell: () => this.#replica?.shell ?? null,
      refusal: () => this.#life.refusal('not-applied'),
      note: (text) => this.#note('info', text),
    });
    const { log, platform, timing } = options;
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
      log,
      ...platform,
      farewellMs: timing.electionMinMs,
      replica: () => this.#replica,
      door: () => this.#door,
      leads: () => this.leads,
      wake: () => this.wake(),
      onFault: (error) => options.onFault(error),
    });
    this.#belonging = new Belonging(options, {
      self: this.#self,
      bonds: this.#bonds,
      wire: this.#wire,
      begin: (born) => this.#begin(born),
      note: (level, text) => this.#note(level, text),
      fail: (error) => this.fail(error),
      over: () => this.#life.over,
    });
  }

  /** Takes part. Called once, when the log is open. @throws SmaltiError if the log is not one of a cluster. */
  start(): void {
    this.#belonging.start();
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
    this.#age.note(this.#replica?.shell.fresh ?? null, this.applied().index);
    return this.#age.ms;
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

  /** Calls once, right after exactly that index was applied. @returns how to stop waiting. */
  watch(index: Index, look: (at: Cursor) => void): () => void {
    if (this.#replica !== null) return this.#replica.applier.watch(index, look);
    return this.#early.add(() => this.watch(index, look));
  }

  status(): GroupStatus {
    return statusOf({
      self: this.#self,
      boot: this.#options.boot,
      group: this.group,
      cluster: this.cluster,
      view: this.#replica?.shell.view ?? null,
      committed: this.#standing.position('committed'),
      applied: this.applied(),
      ageMs: this.ageMs(),
      pending: {
        commands: this.requests.size,
        commandBytes: this.requests.bytes,
        reads: this.reads.size,
      },
      now: this.#options.platform.clock.now(),
      log: this.#options.log,
      sync: this.#sync.status(),
      bonds: this.#bonds,
      fault: this.#life.fault,
      machineFailed: this.#life.machineFailed,
      left: this.#life.left,
    });
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
    const shell = this.#replica?.shell;
    if (shell === undefined || this.#life.over) return;
    this.#sync.turn();
    // A tick that a read waits for comes before the commands that were sent after the read.
    this.reads.flush();
    this.#intake.flush(shell.proposing);
    shell.step({ type: 'turn-end' });
    shell.arm();
    this.#age.note(shell.fresh, this.applied().index);
    if (!this.#life.machineFailed) this.#standing.catchUp(shell.view);
    if (this.events.heard) this.#news.look(shell.view, this.#sync.status());
    else this.#news.forget();
  }

  #begin(born: Born): void {
    readLastStamp(this.#options.log, born.entry.stamp, (error, stamp) => {
      if (error !== null) this.fail(error);
      else this.#engage(born, stamp);
    });
  }

  #engage(born: Born, lastStamp: number): void {
    if (this.#life.over) return;
    const port = this.#replicaPort();
    const replica = new Replica(this.#options, born, lastStamp, port);
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
    for (const [key, bond] of this.#bonds.entries()) {
      const pulses = bond.pulse !== undefined;
      replica.shell.step({ type: 'bonded', peer: key, boot: bond.peer.boot, pulses });
    }
    replica.begin(port);
    this.#membership.begin();
    this.wake();
  }

  // What the replica says

  #replicaPort(): ReplicaPort {
    return {
      self: this.#self,
      // Nobody cuts yet what is captured.
      marks: { marker: (_marker, _at, captured) => captured?.release(), outcome: () => {} },
      requests: this.requests,
      send: (to, message) => this.#wire.sendMessage(to, message),
      pulseOf: (peer) => this.#bonds.get(peer)?.pulse ?? null,
      readReady: (id, index) => this.reads.ready(id, index),
      readFailed: (id) => {
        this.reads.failed(id);
        this.#retry.later();
      },
      role: (role, term, leader) => this.#role(role, term, leader),
      moved: (position, to) => {
        if (position === 'applied') {
          this.#age.applied(to.index);
          this.reads.applied(to.index);
        }
        this.#standing.moved(position, to);
        this.wake();
      },
      machineFailed: (cause, at) => this.#endings.machineFailed(cause, at),
      session: (event) => this.#sync.session(event),
      fed: (payload, at) => this.#sync.fed(payload, at),
      configuration: (event) => this.scheduler.endOfTurn(() => this.#membership.changed(event)),
      removed: (at) => this.scheduler.endOfTurn(() => this.#endings.leave(at)),
      note: (level, text) => this.#note(level, text),
      fail: (error) => this.fail(error),
      wake: () => this.wake(),
    };
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
    this.#options.platform.logger[level](text, { node: this.#options.identity.node });
    this.events.emit({ type: 'note', level, text });
  }
}
