import {
  type Configuration,
  type Entry,
  EntryKind,
  encodeOutcome,
  type Index,
  nameOfEntry,
  type SmaltiError,
  type Term,
  toPartName,
} from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { GroupError } from '../../../src/group/errors.ts';
import type { MachineFailure } from '../../../src/group/skips/machine-failure.ts';
import { SkipBook } from '../../../src/group/skips/skip-book.ts';
import { SkipDesk } from '../../../src/group/skips/skip-desk.ts';
import type { SkipOptions, SkippedCommand } from '../../../src/group/skips/skips-api.ts';
import { configuration, key } from '../../engine/support/members.ts';
import { Script } from '../support/applying.ts';

/** The desk of n1, which leads, and whose machine has failed at the command of the log. */
class World {
  readonly sim = new Simulation();
  readonly ports = this.sim.node('n1').ports;
  readonly script = new Script(this.ports.hasher);
  readonly poison = this.script.say('poison');
  readonly name = nameOfEntry(this.poison);
  leads = true;
  accepts = true;
  changing = false;
  unheard = 'n9';
  term = 2 as Term;
  commit = this.poison.index;
  members: Configuration = configuration(['n1', 'n2'], ['n3']);
  failure: MachineFailure | null = {
    at: { index: this.name.index, term: this.name.term },
    command: this.name,
  };
  readonly told: SkippedCommand[] = [];
  readonly ends: (SkippedCommand | string)[] = [];
  readonly termAt = (index: Index): Term | undefined => this.script.entries[index - 1]?.term;
  readonly book = new SkipBook({ termAt: this.termAt, committed: () => this.commit });
  readonly desk = new SkipDesk(this.book, this.ports.clock, {
    self: key('n1'),
    leads: () => this.leads,
    term: () => this.term,
    leader: () => (this.leads ? null : key('n2')),
    configuration: () => this.members,
    changing: () => this.changing,
    termAt: this.termAt,
    isHeard: (member) => member !== key(this.unheard),
    failure: () => this.failure,
    propose: (drafts) => {
      if (!this.accepts) return null;
      const [draft] = drafts;
      const entry = this.script.add(EntryKind.skip, draft?.payload ?? new Uint8Array());
      this.book.written([entry]);
      return [entry];
    },
    tell: (skipped) => this.told.push(skipped),
  });

  constructor() {
    this.hear('n2', 'n3');
  }

  hear(...names: string[]): void {
    for (const name of names) this.desk.received(key(name), this.name);
  }

  ask(options: Partial<SkipOptions> = {}, index: number = this.name.index): void {
    this.desk.skip(index, { reason: 'why', ...options }).then(
      (skipped) => this.ends.push(skipped),
      ({ code, details }: SmaltiError) =>
        this.ends.push(code === 'SKIP_REFUSED' ? String(details.reason) : code),
    );
  }

  /** What became of asking, at once. */
  async asked(options: Partial<SkipOptions> = {}, index?: number): Promise<unknown> {
    this.ask(options, index);
    await this.sim.runFor(1);
    return this.ends.shift() ?? null;
  }

  commitTo(index: number): void {
    this.commit = index as Index;
    this.desk.committed(this.commit);
  }

  get written(): readonly Entry[] {
    return this.script.entries.filter(({ kind }) => kind === EntryKind.skip);
  }
}

describe('a leader is asked to skip a command', () => {
  it('writes it once, and answers when it is committed', async () => {
    const world = new World();
    expect(await world.asked()).toBeNull();
    expect(await world.asked({ reason: 'again' })).toBeNull();
    expect(world.written.length).toBe(1);
    expect(world.desk.holdsReads).toBe(true);
    const at = { index: 3, term: 2 };
    world.commitTo(3);
    await world.sim.runFor(1);
    const skipped = { entry: { index: 2, term: 2 }, at, by: 'n1', reason: 'why' };
    expect(world.ends).toEqual([skipped, skipped]);
    expect(world.told).toEqual([skipped]);
    expect(world.desk.skipped).toEqual([skipped]);
    expect(world.desk.failure).toMatchObject({ skippable: true, skippedBy: at });
    expect(world.desk.holdsReads).toBe(false);
    world.commitTo(4);
    expect(world.told.length).toBe(1);
    // Whoever leads by then: it is done.
    world.leads = false;
    world.ends.length = 0;
    expect(await world.asked()).toEqual(skipped);
  });

  it.each<[string, string, (world: World) => void]>([
    ['a voter has not told', 'not-all-failed', (world) => world.desk.rebonded(key('n2'))],
    ['a learner has not told', 'not-all-failed', (world) => world.desk.rebonded(key('n3'))],
    ['one tells that its machine works', 'not-all-failed', (world) => world.desk.received(key('n2'), null)],
    ['one has not been heard lately', 'not-all-failed', (world) => (world.unheard = 'n3')],
    ['they told in another term', 'not-all-failed', (world) => (world.term = 3 as Term)],
    [
      'one has failed at an entry of another term',
      'not-all-failed',
      (world) => world.desk.received(key('n2'), { ...world.name, term: 1 as Term }),
    ],
    [
      'one has failed at another command there',
      'not-all-failed',
      (world) => world.desk.received(key('n2'), { ...world.name, checksum: world.name.checksum ^ 1 }),
    ],
    [
      'one has failed elsewhere',
      'not-all-failed',
      (world) => world.desk.received(key('n3'), { ...world.name, index: 9 as Index }),
    ],
    [
      'one who is on the way in has not told',
      'not-all-failed',
      (world) => (world.members = configuration(['n1', 'n2', 'n4'], ['n3'], ['n1', 'n2'])),
    ],
    [
      'one who is on the way out has not told',
      'not-all-failed',
      (world) => (world.members = configuration(['n1', 'n2'], ['n3'], ['n1', 'n2', 'n4'])),
    ],
    ['the members are being changed', 'changing', (world) => (world.changing = true)],
    [
      'the log says that a majority once had applied it',
      'applied',
      (world) => {
        const payload = encodeOutcome({
          verdict: 'agreed',
          marker: 2 as Index,
          root: toPartName('ab'.repeat(32)),
        });
        world.book.written([world.script.add(EntryKind.outcome, payload)]);
      },
    ],
    ['its own machine works', 'not-failed', (world) => (world.failure = null)],
    [
      'its own machine needs another program',
      'not-a-command',
      (world) => (world.failure = { at: { index: world.name.index, term: world.name.term }, command: null }),
    ],
    ['it does not lead', 'not-leader', (world) => (world.leads = false)],
    ['it hands over', 'not-leader', (world) => (world.accepts = false)],
  ])('refuses it if %s', async (_, reason, change) => {
    const world = new World();
    change(world);
    expect(await world.asked()).toBe(reason);
    expect(world.written).toEqual([]);
  });

  it('takes what is told while it does not lead for nothing', async () => {
    const world = new World();
    world.desk.rebonded(key('n2'));
    world.leads = false;
    world.hear('n2');
    world.leads = true;
    expect(await world.asked()).toBe('not-all-failed');
    world.hear('n2');
    expect(await world.asked()).toBeNull();
    expect(world.written.length).toBe(1);
  });

  it('says so if another leader has taken its place before it was committed', async () => {
    const world = new World();
    world.ask();
    const [entry] = world.script.entries.splice(2, 1) as [Entry];
    world.script.entries.push({ ...entry, term: 3 as Term });
    world.commitTo(3);
    await world.sim.runFor(1);
    expect(world.ends).toEqual(['overtaken']);
    expect(world.desk.skipped).toEqual([]);
  });

  it('ends at the deadline, with its signal, and with the group', async () => {
    const world = new World();
    world.ask({ timeoutMs: 50 });
    await world.sim.runFor(51);
    const stop = new AbortController();
    world.ask({ signal: stop.signal });
    stop.abort();
    world.ask();
    world.desk.close(new GroupError('GROUP_CLOSED', 'closed'));
    world.ask();
    await world.sim.runFor(1);
    expect(world.ends).toEqual(['TIMEOUT', 'ABORTED', 'GROUP_CLOSED', 'GROUP_CLOSED']);
  });
});
