import { keyOf, membersOf } from '@smalti/core';
import type { GroupStatus } from '@smalti/raft';
import { checkLinearizability } from '@smalti/simulator';
import { faultOf } from '../faults/catalogue.ts';
import { INVARIANTS } from '../invariants/catalogue.ts';
import type { Violation } from '../observe/truth.ts';
import type { WatchMaker } from '../observe/watch.ts';
import { workloadOf } from '../workloads/catalogue.ts';
import { Clients } from '../workloads/clients.ts';
import { kvHistoryModel, withoutUnseen } from '../workloads/kv-history.ts';
import { keepUp } from '../workloads/workload.ts';
import { heal } from '../world/heal.ts';
import type { Member } from '../world/member.ts';
import { TIMING } from '../world/settings.ts';
import { World } from '../world/world.ts';
import { Operator } from './operator.ts';
import type { Plan, PlannedFault } from './plan.ts';
import { SessionWatch } from './session-watch.ts';

/** What happened in a run, in numbers. */
export interface Counts {
  readonly virtualMs: number;
  readonly events: number;
  readonly elections: number;
  readonly sessions: number;
  readonly sessionEntries: number;
  readonly truncations: number;
  readonly crashes: number;
  readonly calls: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** Changes of the members: entries that say who counts, wishes of the workload, and those that were fulfilled. */
  readonly configurations: number;
  readonly wishes: number;
  readonly fulfilled: number;
  /** Checkpoints: see `Checkpoints.counts`. */
  readonly markers: number;
  readonly agreed: number;
  readonly disputed: number;
  readonly abandoned: number;
  readonly installs: number;
  readonly restarts: number;
  readonly pruned: number;
  /** 1 if nodes were upgraded, and if the new version came into force. */
  readonly upgraded: number;
  readonly raised: number;
  /** 1 if machines were given what they fail at; members that did, commands that were skipped, and refusals to. */
  readonly poisoned: number;
  readonly failures: number;
  readonly skipped: number;
  readonly unskipped: number;
  readonly faults: Readonly<Record<string, number>>;
}

/** A run that is over. */
export interface Outcome {
  readonly plan: Plan;
  readonly violation: Violation | null;
  readonly counts: Counts;
  readonly timeline: readonly { readonly at: number; readonly what: string }[];
  /** Of every event. Equal plans have equal ones, on every machine. */
  readonly digest: string;
}

const READY_MS = 20_000;
const LOOK_MS = 100;
/** Many times what any run takes. */
const MOST_EVENTS = 5_000_000;
/** Ten election timeouts. */
const LIVELY_MS = 10 * TIMING.electionMaxMs;
/** Until an operator has dealt with what machines fail at; and for so long poison may still be on its way. */
const OPERATED_MS = 40_000;
const POISON_MS = 3_000;
/** Promises are given their turns after so many events, and after each one while a process starts. */
const TURNS_EVERY = 32;

/**
 * Runs a plan, from the birth of a cluster to its rest after the last fault.
 *
 * @param invariants what has to hold at every step. Default: all there are.
 */
export async function runPlan(plan: Plan, invariants: readonly WatchMaker[] = INVARIANTS): Promise<Outcome> {
  // Errors are results here, hundreds of thousands of them; where they were made is of no interest.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await new Run(plan, invariants).run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** It is a member no more, and knows. */
function isRemoved({ trouble }: GroupStatus): boolean {
  return trouble?.includes('removed') === true;
}

class Run {
  readonly #plan: Plan;
  readonly #world: World;
  readonly #clients: Clients;
  readonly #sessions: SessionWatch;
  readonly #operator: Operator;
  readonly #faults: Record<string, number> = {};

  constructor(plan: Plan, invariants: readonly WatchMaker[]) {
    this.#plan = plan;
    this.#world = new World(plan.settings, invariants);
    this.#clients = new Clients(this.#world);
    this.#sessions = new SessionWatch(this.#world);
    this.#operator = new Operator(this.#world);
  }

  async run(): Promise<Outcome> {
    const { sim } = this.#world;
    this.#world.begin();
    this.#look();
    if (await this.#until('a cluster is born', READY_MS, () => this.#isReady())) {
      const began = sim.now;
      if (this.#plan.settings.poison !== undefined) this.#operator.begin();
      for (const name of this.#plan.workloads) keepUp(this.#clients, workloadOf(name));
      for (const fault of this.#plan.faults) sim.schedule(fault.at, fault.fault, () => this.#strike(fault));
      await this.#drive(() => sim.now >= began + this.#plan.lengthMs);
      await this.#recover();
    }
    this.#judge();
    return this.#outcome();
  }

  /** One step after the other, until that holds or something is wrong. */
  async #drive(holds: () => boolean): Promise<void> {
    const { sim, truth } = this.#world;
    for (let i = 0; truth.violation === null && !holds(); i++) {
      if (!this.#step()) return;
      if (sim.events > MOST_EVENTS) truth.violate('a run ends', `more than ${MOST_EVENTS} events`);
      if (this.#world.starting > 0 || i % TURNS_EVERY === 0) await sim.settle();
    }
  }

  /** What is thrown out of an event would be the end of a real process. */
  #step(): boolean {
    try {
      return this.#world.sim.step();
    } catch (error) {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      this.#world.truth.violate('nothing is thrown', what);
      return false;
    }
  }

  /** A violation if it does not hold in time. */
  async #until(what: string, limitMs: number, holds: () => boolean): Promise<boolean> {
    const { sim, truth } = this.#world;
    const end = sim.now + limitMs;
    let held = false;
    await this.#drive(() => {
      held = holds();
      return held || sim.now > end;
    });
    if (!held && truth.violation === null)
      truth.violate('liveness', `not within ${limitMs} ms: ${what}\n${this.#show()}`);
    return held;
  }

  #isReady(): boolean {
    const { members, truth } = this.#world;
    return truth.end > 1 && members.every(({ live, founder }) => !founder || live?.status().voter === true);
  }

  #look(): void {
    const { sim } = this.#world;
    this.#sessions.look();
    for (const member of this.#world.members) {
      const status = member.live?.status();
      if (status === undefined) continue;
      if (!status.doubt) this.#world.budget.sure(member.id);
      member.removed = isRemoved(status);
      if (status.trouble?.includes('state machine failed') && !this.#world.truth.skips.explains(member.id))
        this.#world.truth.violate('no machine fails', `${member.id}: ${status.trouble}`);
      const { checkpoints, id } = member;
      if (checkpoints !== null) this.#world.truth.looked(id, (part) => checkpoints.has(part));
    }
    sim.schedule(LOOK_MS, 'look', () => this.#look());
  }

  #strike({ fault, particulars, forMs }: PlannedFault): void {
    const { sim } = this.#world;
    const undo = faultOf(fault).strike(this.#world, particulars);
    if (undo === null) return;
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    const target = particulars.target === 'leader' ? ` (${this.#world.leader?.id})` : '';
    this.#world.tell(
      `${fault} ${JSON.stringify(particulars)}${target}${forMs > 0 ? ` for ${forMs} ms` : ''}`,
    );
    if (forMs > 0) {
      sim.schedule(forMs, `end of ${fault}`, () => {
        undo();
        this.#world.tell(`end of ${fault}`);
      });
    }
  }

  /** The faults stop: a leader and an accepted write, then the same everywhere. */
  async #recover(): Promise<void> {
    const { sim, truth } = this.#world;
    if (truth.violation !== null) return;
    this.#world.tell('everything heals');
    heal(this.#world);
    const healed = sim.now;
    if (!(await this.#haveOperated(healed))) return;
    const quiet = sim.now;
    const lively = (): boolean => this.#clients.acknowledgedAt > quiet + 100;
    if (!(await this.#until('a write is accepted', LIVELY_MS, lively))) return;
    this.#clients.stopped = true;
    const agreed = 'a checkpoint is agreed, and every state is right';
    if (!(await this.#until(agreed, this.#agreeMs, () => this.#haveAgreed(healed)))) return;
    const bytes = truth.end * 200;
    const limitMs = LIVELY_MS + (3 * bytes) / this.#plan.settings.bytesPerMs;
    if (!(await this.#until('no call is open', 5_000, () => this.#clients.open === 0))) return;
    const known = 'every member has applied the same, and the others were told';
    if (!(await this.#until(known, limitMs, () => this.#isAtRest()))) return;
    const raised = 'the version that every member knows is in force';
    if (!(await this.#until(raised, limitMs, () => this.#isRaised()))) return;
    if (!(await this.#until('every member takes a write', limitMs, () => this.#haveWritten(healed)))) return;
    if (!(await this.#until(known, limitMs, () => this.#isAtRest()))) return;
    for (const key of this.#clients.keys.all) {
      for (const member of this.#expected) this.#clients.read(key, member);
    }
    await this.#until('the last reads are answered', 5_000, () => this.#clients.open === 0);
  }

  async #haveOperated(healed: number): Promise<boolean> {
    if (this.#plan.settings.poison === undefined) return true;
    this.#operator.thorough = true;
    this.#clients.poisons = false;
    const { sim } = this.#world;
    const done = (): boolean => sim.now > healed + POISON_MS && this.#operator.isDone;
    return this.#until('an operator has dealt with what machines fail at', OPERATED_MS, done);
  }

  /** One that is open may have to be given up first; the next one is cut, slowly, and so may be one more. */
  get #agreeMs(): number {
    return 2 * (this.#plan.settings.checkpoints?.abandonMs ?? 0) + LIVELY_MS;
  }

  /** Writes go on until there is a checkpoint that is younger than that, and nobody has a state that was changed. */
  #haveAgreed(since: number): boolean {
    const { checkpoints } = this.#world.truth;
    if (this.#plan.settings.checkpoints === undefined) return true;
    const wrong = this.#expected.filter(({ id }) => checkpoints.flipped.includes(id));
    if (checkpoints.agreedAt > since && wrong.length === 0) return true;
    if (this.#clients.open === 0) this.#clients.writeMany(25);
    return false;
  }

  /** A member that is gone for good says nothing of what it knows: then nothing is raised. */
  #isRaised(): boolean {
    const here = new Set(this.#expected.map(({ id }) => this.#world.truth.mirror(id).key));
    if (
      this.#world.truth.inForce.some(({ configuration }) =>
        membersOf(configuration).some((each) => !here.has(keyOf(each))),
      )
    )
      return true;
    const versions = this.#expected.flatMap(({ live }) => live?.status().machineVersion ?? []);
    const known = Math.min(...versions.map(({ newest }) => newest));
    return versions.every(({ inForce }) => inForce >= known);
  }

  /** A client of each member gets its write accepted: whatever became of what was asked there before. */
  #haveWritten(since: number): boolean {
    const { acknowledgedOn, open } = this.#clients;
    const lacking = this.#expected.filter(({ id }) => (acknowledgedOn.get(id) ?? 0) <= since);
    if (open === 0) for (const member of lacking) this.#clients.write(undefined, 'set', member);
    return lacking.length === 0 && open === 0;
  }

  /** Nodes that have to be members in the end, or to know that they are none any more. */
  get #present(): readonly Member[] {
    return this.#world.members.filter(({ lost, asleep }) => !lost && !asleep);
  }

  /** Those that have to be alike. */
  get #expected(): readonly Member[] {
    return this.#present.filter(({ live }) => live !== null && !isRemoved(live.status()));
  }

  /**
   * Everybody has applied the same, and is named by it; nobody is missing but those whose disks cannot be believed, and
   * those that were told that they were removed.
   */
  #isAtRest(): boolean {
    const { truth } = this.#world;
    const newest = truth.inForce;
    const configuration = newest.length === 1 ? newest[0]?.configuration : undefined;
    if (configuration === undefined || configuration.outgoing.length > 0) return false;
    const named = new Set(membersOf(configuration).map(keyOf));
    const ends = new Set<string>();
    for (const { id, live } of this.#present) {
      const { key } = truth.mirror(id);
      const status = live?.status();
      if (status === undefined || key === null) return false;
      if (named.has(key) === isRemoved(status)) return false;
      if (!named.has(key)) continue;
      ends.add(`${status.applied.index} ${status.log.last}`);
      if (status.applied.index !== status.log.last) return false;
    }
    return ends.size === 1;
  }

  /** What can only be said at the end. */
  #judge(): void {
    const { truth } = this.#world;
    if (truth.violation !== null) return;
    const [first, ...others] = this.#expected.map(({ id, machine }) => {
      const values = [...(machine?.values ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      return { id, text: JSON.stringify(values) };
    });
    for (const other of others) {
      if (other.text !== first?.text)
        truth.violate(
          'equal states',
          `${first?.id} and ${other.id} applied the same log, and hold other values`,
        );
    }
    const verdict = checkLinearizability(kvHistoryModel, withoutUnseen(this.#clients.history.history()));
    if (verdict.outcome === 'violation') truth.violate('linearizable', verdict.lines.join('\n'));
    if (verdict.outcome === 'unknown')
      truth.violate(
        'linearizable',
        `the checker gave up on ${verdict.keys.join(', ')} after ${verdict.steps} steps`,
      );
  }

  #outcome(): Outcome {
    const { sim, truth, timeline, crashes } = this.#world;
    const { counts } = this.#clients;
    const { duplicated, reordered } = this.#world.disorder.counts;
    return {
      plan: this.#plan,
      violation: truth.violation,
      counts: {
        virtualMs: sim.now,
        events: sim.events,
        elections: truth.leaders.size,
        sessions: this.#sessions.sum(({ sessions }) => sessions),
        sessionEntries: this.#sessions.sum(({ entries }) => entries),
        truncations: truth.truncations,
        crashes,
        calls: counts.calls,
        acknowledged: counts.ok,
        refused: counts.refused,
        unknown: counts.unknown,
        configurations: truth.configurations,
        wishes: this.#clients.changes.asked,
        fulfilled: this.#clients.changes.made,
        ...truth.checkpoints.counts,
        upgraded: this.#plan.settings.upgrades === undefined ? 0 : 1,
        raised: this.#world.programs.raised ? 1 : 0,
        poisoned: this.#plan.settings.poison === undefined ? 0 : 1,
        failures: truth.skips.failures,
        skipped: truth.skips.committed.length,
        unskipped: this.#operator.counts.refused,
        faults: {
          ...this.#faults,
          ...this.#world.losses,
          'message twice': duplicated,
          'message late': reordered,
        },
      },
      timeline,
      digest: sim.digest,
    };
  }

  #show(): string {
    return this.#world.members
      .filter(({ asleep }) => !asleep)
      .map(({ id, condition, group, lost, sim }) => {
        const status = group?.status();
        const what = status
          ? `${status.role} of term ${status.term}, leader ${status.leader}, log to ${status.log.last}, committed ${status.committed.index}, applied ${status.applied.index}, bonds ${status.bonds.map((bond) => bond.id).join(',')}, ${status.doubt ? 'in doubt' : 'sure'}, ${status.members.map((each) => `${each.id} ${each.role}`).join(' ')}, ${status.trouble ?? 'no trouble'}`
          : '';
        return `${id} ${condition}${lost ? ' for good' : ''}${sim.process.paused ? ' paused' : ''} ${what}`;
      })
      .join('\n');
  }
}
