import { autoSync } from '@smalti/auto-sync';
import {
  type AnyStateMachine,
  type Configuration,
  memberKey,
  SmaltiError,
  type StateSync,
  silentLogger,
  silentMeter,
  toNetworkId,
} from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { nodeHasher } from '@smalti/platform-node';
import { autopilot, type CheckpointOptions, createNode, type JoinOptions, type Platform } from '@smalti/raft';
import { type CrashItem, type DiskOperation, SimRandom, Simulation } from '@smalti/simulator';
import { snapshotSync } from '@smalti/snapshot-sync';
import { type Hub, memoryHub } from '@smalti/transport-memory';
import { Truth } from '../observe/truth.ts';
import type { WatchMaker } from '../observe/watch.ts';
import { Budget } from './budget.ts';
import { Disorder } from './disorder.ts';
import { Liar } from './liar.ts';
import { Member } from './member.ts';
import { observedSnapshots } from './observed-snapshots.ts';
import { observedStore } from './observed-store.ts';
import { observedTransport } from './observed-transport.ts';
import { openStores, type Stores } from './open-stores.ts';
import { CountingKv, Programs } from './programs.ts';
import { AUTOPILOT, INFLIGHT_BYTES, idsOf, QUEUE_BYTES, type Settings, TIMING } from './settings.ts';
import { Traps } from './traps.ts';

const KEY = new TextEncoder().encode('the key of every seed');
const NETWORK = toNetworkId('seeds');

/** A way to catch up, whatever its messages are. */
type Way = StateSync<AnyStateMachine, never>;

/** How long a process that ended by itself stays away, in milliseconds. */
const RESTART_MS = [100, 1_500] as const;

/** A whole cluster: the product's own parts on a simulated network, disk and clock. */
export class World {
  readonly sim: Simulation;
  readonly settings: Settings;
  readonly truth: Truth;
  readonly members: readonly Member[];
  readonly disorder: Disorder;
  readonly budget: Budget;
  readonly traps: Traps;
  /** Chance for whoever acts on the world. */
  readonly random: SimRandom;
  /** What happened, for people. */
  readonly timeline: { readonly at: number; readonly what: string }[] = [];
  /** Processes that are being started: promises have to be given their turns. */
  starting = 0;
  crashes = 0;
  readonly liars = new Map<string, Liar>();
  /** What losses of power did, how many installs a crash has cut short, and states that were found not to be right. */
  readonly losses = {
    'sector lost': 0,
    'torn sector': 0,
    'name lost': 0,
    'install cut short': 0,
    'state found changed': 0,
    'state found damaged': 0,
  };
  readonly #hub: Hub;
  readonly programs: Programs;
  /** Milliseconds that a disk takes for an operation, unless something is wrong with it. */
  readonly latency = ({ kind }: DiskOperation): number =>
    kind === 'sync' || kind === 'syncDirectory'
      ? this.random.between(...this.settings.syncMs)
      : this.random.between(0.01, 0.1);
  readonly #onEnd: ((member: Member) => void)[] = [];

  constructor(settings: Settings, invariants: readonly WatchMaker[]) {
    this.settings = settings;
    const { seed, delay, bytesPerMs } = settings;
    this.sim = new Simulation({ seed, microtaskTurns: 12, network: { delay, bytesPerMs } });
    this.random = new SimRandom(`world ${seed}`);
    const ids = idsOf(settings);
    this.truth = new Truth(
      ids,
      () => this.sim.now,
      invariants,
      (what) => this.tell(what),
    );
    const random = new SimRandom(`disorder ${seed}`);
    this.disorder = new Disorder(random, (node, delayMs, run) => {
      this.sim.node(node).process.post(delayMs, 'late message', run);
    });
    const limits = { controlQueueBytes: QUEUE_BYTES.control, bulkQueueBytes: QUEUE_BYTES.bulk };
    this.#hub = memoryHub({ ...this.sim.node('world').ports, medium: this.sim.network, limits });
    this.members = ids.map((id, i) => {
      const { latency } = this;
      const observer = settings.others > 0 && i === ids.length - 1;
      const member = new Member(id, this.sim.node(id, { disk: { latency } }), observer);
      member.founder = i < settings.nodes;
      member.asleep = !member.founder;
      return member;
    });
    this.programs = new Programs(settings, (what) => this.tell(what));
    this.budget = new Budget(this.truth, settings.autopilot);
    this.traps = new Traps(this);
  }

  get ids(): readonly string[] {
    return this.members.map(({ id }) => id);
  }

  member(id: string): Member {
    const member = this.members.find((each) => each.id === id);
    if (member === undefined) throw new Error(`no node ${id}`);
    return member;
  }

  /** The node that leads the highest term that anybody leads. */
  get leader(): Member | null {
    const term = Math.max(0, ...this.truth.leaders.keys());
    const id = this.truth.leaders.get(term);
    return id === undefined ? null : this.member(id);
  }

  /** Who votes, by the newest configuration that may be in force. */
  get voters(): readonly string[] {
    return this.#newest?.voters.map(({ id }) => id) ?? [];
  }

  get learners(): readonly string[] {
    return this.#newest?.learners.map(({ id }) => id) ?? [];
  }

  get #newest(): Configuration | undefined {
    return this.truth.inForce.toSorted((a, b) => a.term - b.term || a.index - b.index).at(-1)?.configuration;
  }

  /** Says what happens. */
  tell(what: string): void {
    this.timeline.push({ at: this.sim.now, what });
    this.sim.note(what);
  }

  /** Starts those that found the cluster. */
  begin(): void {
    for (const member of this.members) this.boot(member, member.id === 'n1');
  }

  /** A node gets an empty disk: it is another directory from now on, and joins as whoever has none. */
  wipe(member: Member): void {
    if (member.sim.running) this.powerLoss(member);
    member.sim.disk.format();
    this.truth.mirror(member.id).wiped();
    this.truth.checkpoints.wiped(member.id);
    member.founder = false;
    if (!member.heldDown) this.boot(member);
  }

  /** Starts a process on a node that has none. It may fail: then `stopped` says so. */
  boot(member: Member, bootstrap = false): void {
    if (member.condition !== 'down' || member.lost || member.asleep) return;
    const { id, sim } = member;
    // The hashes are the product's own: they depend on nothing, and are quicker.
    const ports = { ...(sim.running ? sim.ports : sim.restart()), hasher: nodeHasher };
    member.condition = 'starting';
    member.fault = null;
    member.removed = false;
    member.excused = sim.disk.plannedFaults > 0 || sim.disk.capacity < Number.POSITIVE_INFINITY;
    this.starting += 1;
    const { process } = sim;
    const current = (): boolean => sim.process === process && process.alive;
    const strategies = this.#waysOf(new Liar()).map(({ signature }) => signature);
    const place = { network: NETWORK, key: KEY, strategies };
    openStores(id, ports, this.settings, place, (error, stores) => {
      if (!current()) this.starting -= 1;
      else if (stores === null) this.#cannotStart(member, error as SmaltiError);
      else this.#join(member, stores, ports, bootstrap, current);
    });
    // A process that dies while it opens its store never calls back.
    const unlisten = sim.onCrash(() => {
      unlisten();
      if (member.condition === 'starting' && sim.process === process) this.starting -= 1;
    });
  }

  #join(
    member: Member,
    { log, checkpoints }: Stores,
    ports: Omit<Platform, 'logger' | 'meter'>,
    bootstrap: boolean,
    current: () => boolean,
  ): void {
    const { id } = member;
    const mirror = this.truth.mirror(id);
    mirror.key = memberKey(log.identity.node, log.identity.incarnation);
    const watch = {
      truth: this.truth,
      disorder: this.disorder,
      alive: current,
      leaving: () => this.traps.leaving(id),
    };
    const transport = observedTransport(this.#hub.transport(id, ports), id, watch);
    const platform: Platform = { ...ports, logger: this.#loggerOf(member, current), meter: silentMeter };
    const node = createNode({
      network: NETWORK,
      platform,
      store: observedStore(log, id, this.truth, this.traps, current),
      transport,
    });
    const machine = this.programs.begin(id, member.founder, {
      applied: (at, command, result) => {
        if (current()) this.truth.applied(id, at, command, result);
      },
      fails: (at, command) => {
        if (current()) this.truth.machineFails(id, at, command);
      },
      restored: (values, trail) => {
        if (!current()) return;
        this.truth.restored(id, values, trail);
        this.traps.installing(id, 'after the state');
      },
    });
    this.truth.programs.set(id, machine instanceof CountingKv ? machine.version : 1);
    const kept = checkpoints && observedSnapshots(checkpoints, id, this.truth, this.traps, current);
    const liar = this.liars.get(id) ?? new Liar();
    this.liars.set(id, liar);
    liar.heard = (message, sender) => {
      if (current()) this.truth.heard(id, sender, message);
    };
    const { windowBytes, maxAppendBytes, leases = false } = this.settings;
    const joining = node.join({
      keys: [KEY],
      machine,
      sync: this.#waysOf(liar),
      ...this.#placesFor(member),
      bootstrap,
      preference: member.observer ? 'observer' : 'normal',
      policy: this.settings.autopilot ? autopilot(AUTOPILOT) : null,
      timing: TIMING,
      ...(leases ? { reads: { lease: {} } } : {}),
      ...(kept === null ? {} : { checkpoints: { store: kept, ...this.#checkpointsOf(member) } }),
      limits: { windowBytes, maxAppendBytes, maxInflightBytes: INFLIGHT_BYTES },
    });
    joining.then(
      (group) => {
        if (!current()) return;
        this.starting -= 1;
        Object.assign(member, { condition: 'up', group, machine, node, checkpoints: kept });
        this.tell(`${id} is up`);
      },
      (error: SmaltiError) => {
        if (current()) this.#cannotStart(member, error);
      },
    );
  }

  /** Ways to catch up, with providers that may lie: whoever has no checkpoints has the log alone. */
  #waysOf(liar: Liar): readonly Way[] {
    const { checkpoints, sessionBytes } = this.settings;
    const options = sessionBytes === undefined ? {} : { windowBytes: sessionBytes };
    if (checkpoints === undefined) return [liar.of(logReplay(options))] as readonly unknown[] as Way[];
    const ways = [liar.of(snapshotSync(options)), liar.of(logReplay(options))] as readonly unknown[] as Way[];
    return checkpoints.auto ? ([autoSync(ways)] as readonly unknown[] as Way[]) : ways;
  }

  #checkpointsOf(member: Member): Omit<CheckpointOptions, 'store'> {
    const { checkpoints } = this.settings;
    if (checkpoints === undefined) return {};
    const { cutBytesPerSecond, smallPacks: _, auto: __, ...options } = checkpoints;
    // A state may be changed again and again.
    return {
      ...options,
      divergenceSpan: 0,
      cutBytesPerSecond: cutBytesPerSecond[this.members.indexOf(member)] ?? 64 * 1024,
    };
  }

  /** Where a node looks for others. */
  #placesFor({ founder }: Member): Pick<JoinOptions<never, never, never>, 'peers' | 'join'> {
    const founders = this.ids.slice(0, this.settings.nodes);
    return founder ? { peers: Object.fromEntries(founders.map((id) => [id, id])) } : { join: this.ids };
  }

  /** What a node says when it stops is its last word. */
  #loggerOf(member: Member, current: () => boolean): Platform['logger'] {
    return {
      ...silentLogger,
      error: (message, fields) => {
        if (!current() || typeof fields?.code !== 'string') return;
        if (fields.index !== undefined && (fields.code === 'DIVERGED' || fields.code === 'OFFLINE')) {
          // It answers nothing any more, and goes on.
          this.losses[fields.code === 'DIVERGED' ? 'state found changed' : 'state found damaged'] += 1;
          this.tell(`${member.id}: ${message}`);
          return;
        }
        const fault = new SmaltiError(fields.code as SmaltiError['code'], message);
        // The process ends when the turn in which it stopped has ended.
        member.sim.process.post(0, 'exit', () => this.#gaveUp(member, fault));
      },
      warn: (message, fields) => {
        if (!current() || message !== 'a peer gave a wrong answer') return;
        const { peer, reason } = fields as { readonly peer: string; readonly reason: string };
        if (this.liars.get(peer)?.isToBlame !== true)
          this.truth.violate('nobody is blamed for nothing', `${member.id} blames ${peer}: ${reason}`);
      },
      with: () => this.#loggerOf(member, current),
    };
  }

  #cannotStart(member: Member, error: SmaltiError): void {
    this.starting -= 1;
    this.#gaveUp(member, error);
  }

  /** A process ended by itself, and said why. */
  #gaveUp(member: Member, error: SmaltiError): void {
    const { id } = member;
    member.fault = error;
    this.tell(`${id} stops: ${error.code}: ${error.message}`);
    this.end(member, () => member.sim.kill());
    const { damaged } = this.truth.mirror(id);
    if (error.code === 'STORAGE_CORRUPT' && damaged) {
      this.tell(`${id} refuses its damaged disk, and stays away`);
      member.lost = true;
      return;
    }
    if (!member.excused)
      this.truth.violate('a node stops for a reason', `${id} stops: ${error.code}: ${error.message}`);
    this.sim.schedule(this.random.between(...RESTART_MS), `restart ${id}`, () => this.#again(member));
  }

  #again(member: Member): void {
    if (!member.heldDown) this.boot(member);
  }

  /** Ends the process of a node, in the given way. */
  end(member: Member, how: () => void): void {
    const { id } = member;
    if (member.sim.running) {
      this.crashes += 1;
      this.tell(`${id} is down`);
    }
    how();
    this.#hub.kill(id);
    Object.assign(member, { condition: 'down', group: null, machine: null, node: null, checkpoints: null });
    this.truth.ended(id);
    for (const listener of this.#onEnd) listener(member);
  }

  /** Calls back each time that a process has ended. */
  onEnd(listener: (member: Member) => void): void {
    this.#onEnd.push(listener);
  }

  /** As a loss of power: of what was not synced, each sector, each length and each name is kept or lost by chance. */
  powerLoss(member: Member): void {
    const { budget, losses, random } = this;
    const tornSectors = random.chance(0.5) && budget.mayTear(member.id);
    const choose = ({ kind }: CrashItem, options: number): number => {
      // Sectors are torn now and then, and then anywhere.
      if (kind === 'tear' && random.chance(0.7)) return 0;
      const choice = random.below(options);
      if (kind === 'sector' && choice < options - 1) losses['sector lost'] += 1;
      if (kind === 'name' && choice === 0) losses['name lost'] += 1;
      if (kind === 'tear' && choice > 0) {
        losses['torn sector'] += 1;
        budget.tear(member.id);
      }
      return choice;
    };
    this.end(member, () => member.sim.crash({ choose, tornSectors }));
  }

  /** As `kill -9`. */
  kill(member: Member): void {
    this.end(member, () => member.sim.kill());
  }
}
