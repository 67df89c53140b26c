import {
  type Entry,
  EntryKind,
  type GroupLog,
  type Index,
  type LogStore,
  type SmaltiError,
  toGroupId,
} from '@smalti/core';
import { SimRandom, simHasher } from '@smalti/simulator';
import {
  allText,
  type Change,
  type Content,
  type Contents,
  changed,
  lastOf,
  NOTHING,
  shownBy,
  submit,
  textOf,
} from './model.ts';
import { RandomChanges } from './random-changes.ts';
import { Told, World } from './world.ts';

/** How a history goes. */
export interface HistoryOptions {
  readonly groups: number;
  readonly rounds: number;
  readonly segmentBytes?: number;
  readonly maxBatchBytes?: number;
}

interface UnderWay {
  readonly group: number;
  readonly change: Change;
  readonly after: Contents;
}

/**
 * A store with a few groups through writes, full disks, kills, losses of power and starts that are interrupted, next
 * to a model of what may be there. Throws at the first difference. The same seed gives the same history.
 */
export class RandomHistory {
  readonly #random: SimRandom;
  readonly #changes: RandomChanges;
  readonly #world: World;
  readonly #groups: number;
  readonly #rounds: number;
  /** What was told to be durable. */
  #durable: Contents;
  /** Submitted since, in order. */
  #underWay: UnderWay[] = [];
  /** Contents that a write which failed halfway may have left, until a later one succeeds. */
  #ghosts = new Map<string, Contents>();
  #store: LogStore | null = null;
  #logs: GroupLog[] = [];
  #refusing: UnderWay[] = [];
  #closing = false;
  #problem: Error | null = null;
  #readsUnderWay = 0;
  /** How often each thing happened: a test of the test. */
  readonly counts: Record<string, number> = {};

  constructor(seed: number | string, options: HistoryOptions) {
    const { groups, rounds, segmentBytes = 8192, maxBatchBytes = 4096 } = options;
    this.#random = new SimRandom(`history ${seed}`);
    this.#changes = new RandomChanges(this.#random);
    this.#world = new World(`world ${seed}`, { segmentBytes, maxBatchBytes });
    this.#groups = groups;
    this.#rounds = rounds;
    this.#durable = Array.from({ length: groups }, () => NOTHING);
  }

  run(): void {
    this.#open();
    for (let round = 0; round < this.#rounds; round++) {
      const kind = this.#random.next();
      if (kind < 0.12) this.#end(() => this.#stop());
      else if (kind < 0.16) this.#stopAtOperation();
      else if (kind < 0.2) this.#close();
      else if (kind < 0.27) this.#fillDisk();
      else if (kind < 0.3) this.#failWrite();
      else if (kind < 0.36) this.#freeDisk();
      else this.#burst();
      this.#check();
    }
    this.#end(() => this.#stop());
  }

  get #now(): Contents {
    return this.#underWay.at(-1)?.after ?? this.#durable;
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  #fail(what: string): void {
    this.#problem ??= new Error(what);
  }

  #check(): void {
    if (this.#problem !== null) throw this.#problem;
  }

  #burst(): void {
    for (let left = 1 + this.#random.below(7); left > 0; left--) {
      if (this.#random.chance(0.2)) this.#read();
      else if (this.#random.chance(0.05)) this.#probe();
      else this.#submit();
    }
    if (this.#random.chance(0.7)) this.#complete();
    else for (let steps = this.#random.below(60); steps > 0; steps--) this.#world.sim.step();
  }

  #complete(): void {
    const { sim } = this.#world;
    const idle = (): boolean =>
      this.#problem !== null || (this.#underWay.length === 0 && this.#readsUnderWay === 0);
    if (!sim.runUntilSync(idle, 600_000)) this.#fail('something was never told');
    this.#check();
  }

  #submit(): void {
    const group = this.#random.below(this.#groups);
    const log = this.#logs[group] as GroupLog;
    const before = this.#now;
    const change = this.#changes.next(before[group] as Content);
    const after = before.with(group, changed(before[group] as Content, change));
    const operation: UnderWay = { group, change, after };
    this.#underWay.push(operation);
    this.#count(change.kind);
    const store = this.#store;
    let told = false;
    submit(log, change, (error) => {
      if (told) this.#fail('told twice');
      told = true;
      if (store !== this.#store) this.#fail('told after the end of its process');
      this.#settle(operation, error);
    });
    this.#compareGetters(group);
  }

  #settle(operation: UnderWay, error: SmaltiError | null): void {
    if (error?.code === 'STORAGE_FULL') {
      this.#refused(operation);
      return;
    }
    if (error !== null) this.#fail(`${error.code}: ${error.message}`);
    if (this.#underWay.shift() !== operation) this.#fail('told out of order');
    this.#durable = operation.after;
    const { change } = operation;
    const isEmpty = change.kind === 'write' && Object.keys(change.write).length === 0;
    if (!isEmpty && change.kind !== 'prune') this.#ghosts.clear();
  }

  /** The first refusal of a batch takes all that were submitted after it along, and they are told in order. */
  #refused(operation: UnderWay): void {
    this.#count('refused');
    if (!this.#refusing.includes(operation)) {
      if (this.#underWay[0] !== operation) this.#fail('refused out of order');
      // A write that failed halfway can have left all of its batch, and a batch is a beginning of what was refused.
      for (const { after } of this.#underWay) this.#ghosts.set(allText(after), after);
      this.#refusing = this.#underWay;
      this.#underWay = [];
      for (let group = 0; group < this.#groups; group++) this.#compareGetters(group);
    }
    if (this.#refusing.shift() !== operation) this.#fail('refusals out of order');
  }

  #compareGetters(group: number): void {
    const log = this.#logs[group] as GroupLog;
    const content = this.#now[group] as Content;
    const last = lastOf(content);
    const runs: string[] = [];
    let term = 0;
    for (const entry of content.entries) {
      if (entry.term !== term) runs.push(`${entry.index}:${entry.term}`);
      term = entry.term;
      if (log.termAt(entry.index) !== entry.term) this.#fail(`the term at ${entry.index}`);
    }
    const said = `${shownBy(log, [])} ${log.last.index}:${log.last.term} ${log.terms.map((run) => `${run.first}:${run.term}`)}`;
    const meant = `${textOf({ ...content, entries: [] })} ${last.index}:${last.term} ${runs}`;
    if (said !== meant) this.#fail(`the getters say\n${said}\nand it should be\n${meant}`);
    if (log.termAt((last.index + 1) as Index) !== undefined) this.#fail('a term behind the end');
    const configurations = content.entries.filter(({ kind }) => kind === EntryKind.configuration);
    const known = log.configurations.filter(({ index }) => index > content.base.index);
    if (known.map(({ index }) => index).join() !== configurations.map(({ index }) => index).join())
      this.#fail('the configurations differ');
    let bytes = 0;
    for (const { frame } of content.entries) bytes += frame.length;
    if (log.bytes !== bytes) this.#fail(`${log.bytes} bytes instead of ${bytes}`);
  }

  #read(): void {
    const group = this.#random.below(this.#groups);
    const { base, entries } = this.#now[group] as Content;
    const first = base.index + this.#random.below(entries.length + 2);
    const until = first + this.#random.below(12) - 1;
    const maxBytes = this.#random.pick([0, 300, 1500, 1e9]);
    const within = entries.filter(({ index }) => index >= first && index <= until);
    let bytes = 0;
    const wanted = within.filter(({ frame }, at) => {
      bytes += frame.length;
      return at === 0 || bytes <= maxBytes;
    });
    this.#count('read');
    this.#readsUnderWay += 1;
    (this.#logs[group] as GroupLog).read(first as Index, until as Index, maxBytes, (error, found) => {
      this.#readsUnderWay -= 1;
      if (error !== null) this.#fail(`a read: ${error.code}: ${error.message}`);
      else if (namesOf(found) !== namesOf(wanted))
        this.#fail(`read ${first} to ${until} gave ${namesOf(found)} instead of ${namesOf(wanted)}`);
    });
  }

  #probe(): void {
    this.#logs[0]?.probe(this.#random.below(5000), (error) => {
      this.#count(error === null ? 'probe' : 'probe full');
      if (error?.code === 'STORAGE_CLOSED' && this.#closing) return;
      if (error !== null && (error.code !== 'STORAGE_FULL' || this.counts.full === undefined))
        this.#fail(`a probe: ${error.code}: ${error.message}`);
    });
  }

  #fillDisk(): void {
    const { disk } = this.#world.node;
    disk.capacity = disk.used + this.#random.below(3) * 4096;
    this.#count('full');
  }

  #freeDisk(): void {
    const { disk } = this.#world.node;
    disk.capacity = Number.POSITIVE_INFINITY;
    disk.clearFaults();
  }

  #failWrite(): void {
    const { disk } = this.#world.node;
    const paths = disk.paths().filter((path) => path.startsWith('wal-'));
    disk.fail({
      kind: 'write',
      code: 'full',
      path: paths[paths.length - 1 - this.#random.below(2)] ?? 'wal-0000000001.log',
    });
    this.#count('failed write');
  }

  /** Ends the process somewhere within what a burst begins. */
  #stopAtOperation(): void {
    const { disk } = this.#world.node;
    const at = disk.operations + 1 + this.#random.below(25);
    const stage = this.#random.pick(['submitted', 'applied'] as const);
    let stopped = false;
    const end = disk.onOperation((operation, now) => {
      if (stopped || operation.sequence < at || now !== stage) return;
      stopped = true;
      this.#stop();
    });
    for (let left = 10; left > 0 && !stopped; left--) {
      this.#submit();
      for (let steps = this.#random.below(20); steps > 0 && !stopped; steps--) this.#world.sim.step();
    }
    end();
    this.#end(() => {
      if (!stopped) this.#stop();
    });
  }

  #stop(): void {
    const { node } = this.#world;
    if (this.#random.chance(0.35)) node.kill();
    else node.crash({ random: this.#random.fork(`crash ${node.disk.operations}`) });
  }

  #close(): void {
    const told = new Told<void>();
    const store = this.#store as LogStore;
    this.#closing = true;
    store.close(told.done);
    const idle = (): boolean => told.settled && this.#underWay.length === 0;
    if (!this.#world.sim.runUntilSync(idle, 600_000)) this.#fail('close was never told');
    this.#count('close');
    this.#end(() => {
      if (this.#random.chance(0.5)) this.#stop();
      else this.#world.node.restart();
    });
  }

  /** The process ends, and is started again; starts are interrupted now and then. */
  #end(stop: () => void): void {
    this.#store = null;
    this.#closing = false;
    stop();
    this.#check();
    this.#readsUnderWay = 0;
    this.#freeDisk();
    for (let tries = 0; tries < 4 && this.#random.chance(0.3); tries++) this.#interruptedStart();
    this.#open();
  }

  /** A doubt is kept twice, and ends when both places say so: it may still be there if its end was under way. */
  #stillDoubtful(contents: Contents): Contents {
    return contents.map((content, group) => {
      const isDoubtful =
        (this.#logs[group] as GroupLog).hardState.doubt && this.#durable[group]?.hardState.doubt;
      return isDoubtful ? { ...content, hardState: { ...content.hardState, doubt: true } } : content;
    });
  }

  #interruptedStart(): void {
    const { node, sim } = this.#world;
    node.restart();
    const told = new Told<LogStore | null>();
    this.#world.opening()(told.done);
    const at = node.disk.operations + this.#random.below(30);
    let stopped = false;
    const end = node.disk.onOperation((operation) => {
      if (stopped || operation.sequence < at) return;
      stopped = true;
      this.#stop();
    });
    while (!stopped && !told.settled && sim.step());
    end();
    if (told.error !== null) this.#fail(`${told.error.code}: ${told.error.message}`);
    this.#check();
    this.#count('interrupted start');
    if (!stopped) this.#stop();
  }

  #open(): void {
    const { node } = this.#world;
    if (!node.running) node.restart();
    this.#store = this.#world.open();
    this.#logs = [];
    for (let group = 0; group < this.#groups; group++) {
      const id = toGroupId(`${group + 10}`.padStart(2, '0').repeat(32));
      this.#logs.push(this.#world.openLog(this.#store, id));
    }
    const found = this.#logs.map((log) => shownBy(log, this.#world.read(log))).join('\n');
    const allowed = [this.#durable, ...this.#underWay.map(({ after }) => after), ...this.#ghosts.values()];
    const match = allowed
      .map((contents) => this.#stillDoubtful(contents))
      .find((contents) => allText(contents) === found);
    if (match === undefined) {
      const lines = allowed.map(allText).join('\n-- or --\n');
      throw new Error(`after a restart there is\n${found}\nand what may be there is\n${lines}`);
    }
    this.#durable = match;
    this.#underWay = [];
    this.#refusing = [];
    this.#ghosts.clear();
    for (let group = 0; group < this.#groups; group++) this.#compareGetters(group);
    this.#check();
    this.#count('start');
  }
}

function namesOf(entries: readonly Entry[]): string {
  return entries
    .map(({ index, term, stamp, frame }) => `${index}:${term}#${stamp}.${simHasher.crc32(frame)}`)
    .join(' ');
}
