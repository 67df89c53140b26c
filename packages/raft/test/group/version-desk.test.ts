import {
  type Configuration,
  type Cursor,
  cursor,
  decodeMachineVersion,
  type Entry,
  type EntryDraft,
  EntryKind,
  type Index,
  type Term,
} from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import type { GroupBody } from '@smalti/wire';
import { describe, expect, it } from 'vitest';
import { VersionDesk } from '../../src/group/versions/version-desk.ts';
import { configuration, key } from '../engine/support/members.ts';

const REPEAT_MS = 200;

/** The desk of n1, and what it may see of its group. */
class World {
  readonly sim = new Simulation();
  leads = true;
  term = 2 as Term;
  leader: string | null = null;
  inForce = 1;
  applied: Cursor = cursor(2, 10);
  members: Configuration = configuration(['n1', 'n2', 'n3']);
  accepts = true;
  connected = true;
  readonly written: number[] = [];
  readonly sent: GroupBody[] = [];
  readonly notes: string[] = [];
  readonly desk: VersionDesk;

  constructor(newest = 3, reported = false) {
    const { clock } = this.sim.node('n1').ports;
    this.desk = new VersionDesk(
      { newest, reported, clock, repeatMs: REPEAT_MS },
      {
        self: key('n1'),
        leads: () => this.leads,
        term: () => this.term,
        leader: () => (this.leader === null ? null : key(this.leader)),
        applied: () => this.applied,
        inForce: () => this.inForce,
        configuration: () => this.members,
        failed: () => null,
        send: (_, body) => {
          if (this.connected) this.sent.push(body);
          return this.connected;
        },
        propose: (drafts) => this.#propose(drafts),
        note: (text) => this.notes.push(text),
        wake: () => this.desk.look(),
      },
    );
  }

  hear(name: string, machine: number): void {
    this.desk.received(key(name), { machine });
  }

  #propose(drafts: readonly EntryDraft[]): readonly Entry[] | null {
    if (!this.accepts) return null;
    const [draft] = drafts;
    expect(draft?.kind).toBe(EntryKind.version);
    this.written.push(decodeMachineVersion(draft?.payload ?? new Uint8Array()));
    return [{ index: (this.applied.index + 1) as Index, term: this.term } as Entry];
  }
}

describe('a leader', () => {
  it('raises the version to what every member knows, once all have told', () => {
    const world = new World();
    world.hear('n2', 3);
    expect(world.written).toEqual([]);
    world.hear('n3', 2);
    expect(world.written).toEqual([2]);
    expect(world.notes).toEqual(['every member knows version 2 of the state machine: it comes into force']);
  });

  it('writes no other entry while one is not applied, nor what is in force', () => {
    const world = new World();
    for (const name of ['n2', 'n3']) world.hear(name, 2);
    world.hear('n3', 3);
    world.hear('n2', 3);
    expect(world.written).toEqual([2]);
    [world.applied, world.inForce] = [cursor(2, 11), 2];
    world.desk.look();
    world.desk.look();
    expect(world.written).toEqual([2, 3]);
    [world.applied, world.inForce] = [cursor(2, 12), 3];
    world.desk.look();
    expect(world.written).toEqual([2, 3]);
  });

  it('waits for learners, for those on the way out, and for nobody else', () => {
    const world = new World();
    world.members = configuration(['n1', 'n2'], ['n4'], ['n1', 'n3']);
    for (const name of ['n2', 'n3', 'n5']) world.hear(name, 2);
    expect(world.written).toEqual([]);
    world.hear('n4', 1);
    expect(world.written).toEqual([]);
    world.hear('n4', 2);
    expect(world.written).toEqual([2]);
    const joint = new World();
    joint.members = configuration(['n1', 'n2'], [], ['n1', 'n3']);
    joint.hear('n2', 2);
    expect(joint.written).toEqual([]);
  });

  it.each(['bonded', 'unbonded'] as const)(
    'forgets what a member has told when it is %s, as it may have another program now',
    (change) => {
      const world = new World();
      world.hear('n2', 2);
      world.desk[change](key('n2'));
      world.hear('n3', 2);
      expect(world.written).toEqual([]);
      world.hear('n2', 2);
      expect(world.written).toEqual([2]);
    },
  );

  it('goes by nothing that was told in another term, or before it has applied an entry of its own', () => {
    const world = new World();
    world.hear('n2', 2);
    world.term = 3 as Term;
    world.hear('n3', 2);
    expect(world.written).toEqual([]);
    world.hear('n2', 2);
    expect(world.written).toEqual([]);
    world.applied = cursor(3, 11);
    world.desk.look();
    expect(world.written).toEqual([2]);
  });

  it('listens to nobody while it does not lead', () => {
    const world = new World();
    world.leads = false;
    for (const name of ['n2', 'n3']) world.hear(name, 2);
    world.leads = true;
    world.desk.look();
    expect(world.written).toEqual([]);
  });

  it('tries again what could not be proposed', async () => {
    const world = new World();
    world.accepts = false;
    for (const name of ['n2', 'n3']) world.hear(name, 2);
    world.accepts = true;
    expect(world.written).toEqual([]);
    await world.sim.runFor(REPEAT_MS + 1);
    expect(world.written).toEqual([2]);
  });
});

describe('a member that keeps no checkpoints', () => {
  const WORD = {
    type: 'checkpoint-report',
    marker: 0,
    root: new Uint8Array(0),
    format: 0,
    machine: 3,
    wanted: 0,
    failedIndex: 0,
    failedTerm: 0,
    failedChecksum: 0,
  };

  it('tells each leader once in a term, and again over a new bond', () => {
    const world = new World();
    [world.leads, world.leader] = [false, 'n2'];
    world.desk.look();
    world.desk.look();
    expect(world.sent).toEqual([WORD]);
    world.desk.bonded(key('n2'));
    expect(world.sent).toHaveLength(2);
    // The same leader, elected again: it has forgotten.
    world.term = 3 as Term;
    world.desk.look();
    world.leader = 'n3';
    world.desk.look();
    expect(world.sent).toHaveLength(4);
  });

  it('says it again if it could not be sent', async () => {
    const world = new World();
    [world.leads, world.leader, world.connected] = [false, 'n2', false];
    world.desk.look();
    world.connected = true;
    await world.sim.runFor(REPEAT_MS + 1);
    expect(world.sent).toEqual([WORD]);
  });

  it('leaves it to the report of its checkpoints if it keeps some', () => {
    const world = new World(3, true);
    [world.leads, world.leader] = [false, 'n2'];
    world.desk.look();
    expect(world.sent).toEqual([]);
  });
});
