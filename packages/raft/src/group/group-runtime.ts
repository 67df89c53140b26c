import {
  type Bond,
  type BondCredentials,
  type BootNonce,
  type Cursor,
  decodeEnvelope,
  type EntryDraft,
  type GroupId,
  type GroupLog,
  type Index,
  type MemberKey,
  memberId,
  memberKey,
  membersOf,
  type NetworkId,
  ORIGIN,
  type PeerId,
  type PeerIdentity,
  type Refusal,
  SmaltiError,
  type StateMachine,
  type StoreIdentity,
  type Term,
  type Timer,
  type Transport,
  type TransportGroup,
} from '@smalti/core';
import { GROUP_PROTOCOL, type GroupBody } from '@smalti/wire';
import type { GroupStatus, Limits, Platform, Timing } from './api.ts';
import { Applier } from './applier.ts';
import { Birth, type Born, openBirth } from './birth.ts';
import { BondTable, keyOfBond } from './bond-table.ts';
import { EngineShell } from './engine-shell.ts';
import { closed, machineFailed, stopped } from './errors.ts';
import { GroupEvents, type GroupNow, type Position } from './events.ts';
import type { HandlePort } from './handle.ts';
import { Intake } from './intake.ts';
import { messageOf } from './message-codec.ts';
import { PeerWire } from './peer-wire.ts';
import { Reads } from './reads.ts';
import { type Request, Requests } from './requests.ts';
import { statusOf } from './status.ts';

/** What a group's runtime is made of. */
export interface RuntimeOptions<Command, Query, Result> {
  readonly network: NetworkId;
  readonly identity: StoreIdentity;
  readonly boot: BootNonce;
  readonly platform: Platform;
  readonly transport: Transport;
  readonly log: GroupLog;
  readonly machine: StateMachine<Command, Query, Result>;
  readonly keys: readonly Uint8Array[];
  /** The ids that the keys give, in their order. */
  readonly groups: readonly GroupId[];
  readonly named: ReadonlyMap<PeerId, string>;
  readonly bootstrap: boolean;
  readonly timing: Timing;
  readonly limits: Limits;
  /** The node has to stop. */
  readonly onFault: (error: SmaltiError) => void;
}

/**
 * One group on one node: the parts, and the ways between them. What arrives in one turn of the event loop is handled
 * as it comes; what can wait for others (proposals, reads, timers) is done once, at the turn's end.
 */
export class GroupRuntime<Command, Query, Result> implements HandlePort<Command, Query, Result>, GroupNow {
  readonly machine: StateMachine<Command, Query, Result>;
  readonly requests: Requests;
  readonly reads: Reads;
  readonly events = new GroupEvents();
  readonly scheduler: Platform['scheduler'];

  readonly #options: RuntimeOptions<Command, Query, Result>;
  readonly #self: MemberKey;
  readonly #bonds = new BondTable();
  readonly #wire = new PeerWire(this.#bonds);
  readonly #intake: Intake;
  #birth: Birth | null = null;
  #born: Born | null = null;
  #shell: EngineShell | null = null;
  #applier: Applier<Command, Query, Result> | null = null;
  #door: TransportGroup | null = null;
  #leader: { readonly key: MemberKey | null; readonly term: Term } = { key: null, term: 0 as Term };
  /** The last leader there was. */
  #followed = this.#leader;
  #committed: Cursor = ORIGIN;
  #online = false;
  #turnDue = false;
  #retry: Timer | null = null;
  #fault: SmaltiError | null = null;
  #machineError: { readonly cause: unknown } | null = null;
  #closed = false;
  #watches: (() => void)[] = [];

  constructor(options: RuntimeOptions<Command, Query, Result>) {
    this.#options = options;
    this.machine = options.machine;
    this.scheduler = options.platform.scheduler;
    this.#self = memberKey(options.identity.node, options.identity.incarnation);
    const { clock } = options.platform;
    this.requests = new Requests(options.boot, clock, options.limits);
    const ask = (id: number): void => this.#shell?.step({ type: 'read', id });
    this.reads = new Reads({ ask, applied: () => this.applied().index }, clock, options.limits);
    this.#intake = new Intake(this.#intakePort(), this.requests);
  }

  /** Takes part. Called once, when the log is open. @throws SmaltiError if the log is not one of a cluster. */
  start(): void {
    const { log } = this.#options;
    if (log.last.index > 0) this.#begin(this.#readBirth());
    else this.#birth = new Birth(this.#birthPort(), this.#options.bootstrap);
    if (this.#options.bootstrap && this.#birth === null) {
      this.#note('info', 'was born before: --bootstrap means nothing any more');
    }
    this.#door = this.#options.transport.attach(this.#credentials(), {
      bonded: (bond) => this.#bonded(bond),
      message: (bond, lane, bytes) => {
        if (lane === 'control') this.#message(bond, bytes);
      },
      writable: () => this.wake(),
      unbonded: (bond, reason) => this.#unbonded(bond, reason),
      refused: (refusal) => this.#bonds.refused(refusal),
    });
    for (const [id, address] of this.#options.named) {
      if (id !== this.#options.identity.node) this.#door.dial(address);
    }
    this.#birth?.check();
  }

  get group(): GroupId {
    return this.#born?.genesis.group ?? (this.#options.groups[0] as GroupId);
  }

  get leader(): PeerId | null {
    const { key } = this.#leader;
    return key === null ? null : memberId(key);
  }

  get leads(): boolean {
    return this.#shell?.leads ?? false;
  }

  get online(): boolean {
    return this.#online;
  }

  position(position: Position): Cursor {
    if (position === 'committed') return this.#committed;
    if (position === 'applied') return this.applied();
    return this.#options.log.last;
  }

  applied(): Cursor {
    return this.#applier?.at ?? ORIGIN;
  }

  refusal(): SmaltiError | null {
    if (this.#closed) return closed('not-applied');
    if (this.#fault !== null) return stopped(this.#fault, 'not-applied');
    if (this.#machineError !== null) return machineFailed(this.#machineError.cause, 'not-applied');
    return null;
  }

  queue(request: Request): void {
    this.#intake.add(request);
  }

  /** Asks for a turn's end, once for each turn. */
  wake(): void {
    if (this.#turnDue || this.#closed) return;
    this.#turnDue = true;
    this.scheduler.endOfTurn(() => this.#turn());
  }

  /** Calls once, right after exactly that index was applied. @returns how to stop waiting. */
  watch(index: Index, look: (at: Cursor) => void): () => void {
    const applier = this.#applier;
    if (applier !== null) return applier.watch(index, look);
    let stop = (): void => {};
    let stopped = false;
    this.#watches.push(() => {
      if (!stopped) stop = this.watch(index, look);
    });
    return () => {
      stopped = true;
      stop();
    };
  }

  status(): GroupStatus {
    return statusOf({
      self: this.#self,
      boot: this.#options.boot,
      group: this.group,
      cluster: this.#born?.genesis.cluster ?? null,
      view: this.#shell?.view ?? null,
      committed: this.#committed,
      applied: this.applied(),
      log: this.#options.log,
      bonds: this.#bonds,
      fault: this.#fault,
      machineFailed: this.#machineError !== null,
    });
  }

  /** Leaves the group on this node. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#end(() => closed('none'), closed);
    this.#door?.close();
    this.events.close();
    return new Promise((resolve, reject) => {
      this.#options.log.close((error) =>
        error === null || this.#fault !== null ? resolve() : reject(error),
      );
    });
  }

  /** Final: nothing is done here any more. */
  fail(error: SmaltiError): void {
    if (this.#fault !== null || this.#closed) return;
    this.#fault = error;
    this.#options.platform.logger.error(error.message, { code: error.code, ...error.details });
    this.#end(
      () => stopped(error, 'none'),
      (outcome) => stopped(error, outcome),
    );
    this.#door?.close();
    this.#setOnline(false);
    this.#options.onFault(error);
  }

  #end(ofRead: () => SmaltiError, ofRequest: (outcome: 'not-applied' | 'unknown') => SmaltiError): void {
    this.#shell?.close();
    this.#applier?.stop();
    this.#retry?.cancel();
    this.reads.failAll(ofRead);
    this.requests.failAll(ofRequest);
    this.reads.close();
    this.requests.close();
  }

  #turn(): void {
    this.#turnDue = false;
    const shell = this.#shell;
    if (shell === null || this.#closed || this.#fault !== null) return;
    this.#intake.flush(shell.proposing);
    this.reads.flush();
    shell.step({ type: 'turn-end' });
    shell.arm();
    this.#checkOnline();
  }

  // Birth

  #readBirth(): Born {
    const [first] = this.#options.log.configurations;
    try {
      if (first !== undefined) return openBirth(first.frame, this.#options.platform.hasher);
    } catch (error) {
      throw new SmaltiError(
        'STORAGE_CORRUPT',
        `entry 1 of the log is not a birth: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
    throw new SmaltiError('STORAGE_CORRUPT', 'the log does not hold the birth of its cluster');
  }

  #birthPort(): ConstructorParameters<typeof Birth>[0] {
    const { log, named, groups, platform } = this.#options;
    return {
      self: this.#self,
      named,
      log,
      groups,
      hasher: platform.hasher,
      random: platform.random,
      clock: platform.clock,
      bonds: () => this.#bonds.peers,
      born: (born) => {
        if (this.#closed || this.#fault !== null) return;
        this.#birth = null;
        this.#note('info', `belongs to cluster ${born.genesis.cluster}`);
        this.#begin(born);
        for (const [, bond] of this.#bonds.entries()) this.#sendBirth(bond);
      },
      note: (level, text) => this.#note(level, text),
      fail: (error) => this.fail(error),
    };
  }

  /** A blank node that the cluster names gets entry 1. */
  #sendBirth(bond: Bond): void {
    const born = this.#born;
    if (born === null || bond.peer.cluster !== null) return;
    const named = membersOf(born.genesis.configuration).some((member) => member.id === bond.peer.id);
    if (named) this.#wire.send(keyOfBond(bond), { type: 'birth', entry: born.entry.frame });
  }

  #begin(born: Born): void {
    const { log, platform, network } = this.#options;
    this.#born = born;
    this.#wire.born(born.framer, platform.hasher);
    this.#applier = new Applier(
      this.machine,
      ORIGIN,
      born.framer,
      { group: born.genesis.group, network },
      this.requests,
      platform,
      {
        recent: (first, last, maxBytes) => this.#shell?.recent(first, last, maxBytes) ?? null,
        read: (first, last, maxBytes, done) => {
          log.read(first, last, maxBytes, (error, entries) => {
            if (error === null) done(entries);
            else this.fail(error);
          });
        },
        applied: (at) => this.#applied(at),
        failed: (error, at) => this.#machineFailed(error, at),
        fault: (error) => this.fail(error),
      },
    );
    for (const watch of this.#watches.splice(0)) watch();
    const { last } = log;
    if (last.index === 1) {
      this.#engage(born, born.entry.stamp);
      return;
    }
    log.read(last.index, last.index, 1, (error, entries) => {
      if (error !== null) this.fail(error);
      else this.#engage(born, entries[0]?.stamp ?? born.entry.stamp);
    });
  }

  #engage(born: Born, lastStamp: number): void {
    if (this.#closed || this.#fault !== null) return;
    const { log, platform, timing, limits } = this.#options;
    const seed = Math.floor(platform.random.next() * 0x1_0000_0000);
    const options = { self: this.#self, framer: born.framer, seed, ...timing, ...limits };
    this.#shell = new EngineShell(options, log, lastStamp, platform.clock, {
      send: (to, message) => this.#wire.sendMessage(to, message),
      committed: (index) => this.#commit(index),
      readReady: (id, index) => this.reads.ready(id, index),
      readFailed: (id) => {
        this.reads.failed(id);
        this.#retryLater();
      },
      role: (_, term, leader) => this.#role(term, leader),
      moved: (last) => this.#emit('log', last),
      note: (level, text) => this.#note(level, text),
      fault: (error) => this.fail(error),
      wake: () => this.wake(),
    });
    for (const [key, bond] of this.#bonds.entries()) {
      this.#shell.step({ type: 'bonded', peer: key, boot: bond.peer.boot });
    }
    if (this.#shell.commit > 0) this.#commit(this.#shell.commit);
    this.wake();
  }

  // Bonds

  #credentials(): BondCredentials {
    const { network, keys, identity, boot, transport, groups } = this.#options;
    return {
      network,
      keys: () => keys,
      groups: () => [...new Set([this.group, ...groups])],
      local: (): PeerIdentity => ({
        id: identity.node,
        incarnation: identity.incarnation,
        boot,
        cluster: this.#born?.genesis.cluster ?? null,
        bootstrapping: this.#options.bootstrap && this.#born === null,
        address: transport.address,
        protocol: { min: GROUP_PROTOCOL, max: GROUP_PROTOCOL },
      }),
    };
  }

  #bonded(bond: Bond): void {
    const key = this.#bonds.add(bond);
    this.#options.platform.logger.info(`bonded with ${bond.peer.id}`, { peer: key, boot: bond.peer.boot });
    this.#sendBirth(bond);
    this.#birth?.check();
    this.#shell?.step({ type: 'bonded', peer: key, boot: bond.peer.boot });
    this.#intake.release();
    this.reads.release();
    this.wake();
  }

  #unbonded(bond: Bond, reason: Refusal): void {
    if (!this.#bonds.remove(bond)) return;
    const key = keyOfBond(bond);
    this.#options.platform.logger.info(`the bond with ${bond.peer.id} ended: ${reason.detail}`, {
      code: reason.code,
    });
    if (key === this.#followed.key) this.#intake.leaderLost();
    this.#shell?.step({ type: 'unbonded', peer: key });
    this.#birth?.check();
    this.wake();
  }

  #message(bond: Bond, bytes: Uint8Array): void {
    if (this.#closed || this.#fault !== null) return;
    const body = this.#wire.open(bond, bytes);
    if (body === null) return;
    if (body.type === 'birth') {
      this.#birth?.received(bond.peer.id, body.entry);
      return;
    }
    if (this.#shell !== null && this.#born !== null) this.#take(bond, body, this.#shell, this.#born);
  }

  #take(bond: Bond, body: Exclude<GroupBody, { type: 'birth' }>, shell: EngineShell, born: Born): void {
    const from = keyOfBond(bond);
    if (body.type === 'forward') {
      this.#intake.receive(
        from,
        body.term as Term,
        body.id,
        body.envelopes,
        this.#options.limits.maxPendingBytes,
      );
    } else if (body.type === 'forward-reply') {
      this.#intake.answered(from, body.term as Term, body.id, body.first as Index);
    } else {
      try {
        shell.step({ type: 'message', from, message: messageOf(body, born.framer) });
      } catch (error) {
        this.#wire.nonsense(bond, error);
      }
    }
    this.wake();
  }

  // What the engine says

  #role(term: Term, leader: MemberKey | null): void {
    const before = this.#leader.key;
    this.#leader = { key: leader, term };
    if (leader === null) {
      this.#setOnline(false);
    } else if (leader !== this.#followed.key || term !== this.#followed.term) {
      // The same leader of the same term, lost from sight and found again, still has what was sent to it.
      this.#followed = this.#leader;
      this.#intake.leaderLost();
    }
    if (leader !== before) this.events.emit({ type: 'leader', leader: this.leader });
    this.#intake.release();
    this.reads.release();
    this.wake();
  }

  #commit(index: Index): void {
    const term = this.#shell?.termAt(index) ?? this.#committed.term;
    const from = this.#committed;
    this.#committed = { index, term };
    if (this.events.heard) {
      this.events.emit({ type: 'position', position: 'committed', from, to: this.#committed });
    }
    this.#applier?.advance(index);
  }

  #appliedBefore: Cursor = ORIGIN;

  #applied(at: Cursor): void {
    this.reads.applied(at.index);
    const from = this.#appliedBefore;
    this.#appliedBefore = at;
    if (this.events.heard) this.events.emit({ type: 'position', position: 'applied', from, to: at });
    this.wake();
  }

  #logBefore: Cursor = ORIGIN;

  #emit(position: 'log', to: Cursor): void {
    const from = this.#logBefore;
    this.#logBefore = to;
    if (this.events.heard) this.events.emit({ type: 'position', position, from, to });
  }

  #machineFailed(cause: unknown, at: Cursor): void {
    this.#machineError = { cause };
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#options.platform.logger.error(`the state machine failed at entry ${at.index}: ${why}`, {
      index: at.index,
    });
    this.reads.failAll(() => machineFailed(cause, 'none'));
    this.requests.failAll((outcome) => machineFailed(cause, outcome));
    this.#setOnline(false);
    // Another node may be able to apply: it should lead. This one goes on replicating and voting.
    this.scheduler.endOfTurn(() =>
      this.#shell?.step({ type: 'step-down', reason: 'its state machine failed', lasting: true }),
    );
    this.wake();
  }

  #checkOnline(): void {
    const view = this.#shell;
    if (view === null || this.#online || this.#machineError !== null || this.#leader.key === null) return;
    const { role, announced, commit } = view.view;
    const reached = role === 'leader' ? commit : announced;
    if (reached > 0 && this.applied().index >= reached) this.#setOnline(true);
  }

  #setOnline(online: boolean): void {
    if (this.#online === online) return;
    this.#online = online;
    this.events.emit({ type: 'online', online });
  }

  #note(level: 'info' | 'warn', text: string): void {
    this.#options.platform.logger[level](text, { node: this.#options.identity.node });
  }

  // The intake

  #intakePort(): ConstructorParameters<typeof Intake>[0] {
    return {
      leads: () => this.leads,
      term: () => this.#leader.term,
      leader: () => (this.leads ? null : this.#leader.key),
      propose: (drafts: readonly EntryDraft[]) => this.#shell?.propose(drafts) ?? null,
      sendForward: (to, term, id, envelopes) => this.#wire.send(to, { type: 'forward', term, id, envelopes }),
      sendForwardReply: (to, term, id, first) =>
        this.#wire.send(to, { type: 'forward-reply', term, id, first }),
      acceptable: (envelope) => this.#acceptable(envelope),
      applied: () => this.applied().index,
      retryLater: () => this.#retryLater(),
    };
  }

  /** What would poison every replica is refused before it is proposed. */
  #acceptable(envelope: Uint8Array): boolean {
    try {
      this.machine.commands.decode(decodeEnvelope(envelope).command);
      return true;
    } catch (error) {
      this.#note('warn', `refuses a forwarded command that the machine cannot read: ${String(error)}`);
      return false;
    }
  }

  #retryLater(): void {
    if (this.#retry !== null || this.#closed || this.#fault !== null) return;
    this.#retry = this.#options.platform.clock.setTimer(this.#options.timing.heartbeatMs / 2, () => {
      this.#retry = null;
      this.#intake.release();
      this.reads.release();
      this.wake();
    });
  }
}
