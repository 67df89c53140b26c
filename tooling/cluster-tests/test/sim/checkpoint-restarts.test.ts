import { type SnapshotStore, toGroupId, toIncarnation, toPeerId } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { openChunks } from '@smalti/storage-chunks';
import type { MemorySnapshotStore } from '@smalti/storage-memory';
import { describe, expect, it } from 'vitest';
import { partsFrom } from '../../src/parts-strategy.ts';
import type { JoinExtras } from '../../src/sim-cluster.ts';
import { TallyCluster, type TallyMember } from '../../src/tally-cluster.ts';

/** Checkpoints often, a log that is cut right behind them, and little of it in memory. */
const OFTEN = { everyEntries: 20, keepBytes: 0 };
const SMALL = { limits: { windowBytes: 4_096 } };

class World extends TallyCluster {
  said = 0;
  /** False: nobody has parts for whoever catches up. */
  serves = true;

  constructor(
    storage: 'memory' | 'wal' = 'memory',
    options: { everyEntries: number; keepBytes: number } = OFTEN,
    join: JoinExtras = SMALL,
  ) {
    const other = (id: string): MemorySnapshotStore => {
      if (!this.serves) throw new Error('nobody serves');
      return this.store(id === 'n1' ? 'n2' : 'n1');
    };
    super(options, { storage, join, sync: (id) => [partsFrom(() => other(id)), logReplay()] });
  }

  async say(count: number, by = this.running[0] as TallyMember): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.sim.complete(by.group.execute(`word ${this.said % 5}`, { timeoutMs: 30_000 }), 60_000);
      this.said += 1;
    }
  }

  /** What was acknowledged is there, once, on every node that runs. */
  check(): void {
    for (const { id, machine } of this.running) {
      const sum = [...machine.counts.values()].reduce((all, one) => all + one, 0);
      expect(`${id} ${sum}`).toBe(`${id} ${this.said}`);
    }
  }

  /** How many checkpoints a node has on its disk. */
  kept(id: string): number {
    return this.store(id).manifests().length;
  }

  firstOf(id: string): number {
    return this.member(id).group.status().log.first;
  }
}

async function grown(storage: 'memory' | 'wal' = 'memory'): Promise<World> {
  const world = (await new World(storage).ready()) as World;
  await world.say(100);
  await world.sim.runFor(20_000);
  return world;
}

describe.each(['memory', 'wal'] as const)('a restart of a node that keeps checkpoints (%s)', (storage) => {
  it('H41: the power goes everywhere, after the log was cut: all that was acknowledged is there', async () => {
    const world = await grown(storage);
    for (const { id } of world.running) expect(world.firstOf(id)).toBeGreaterThan(50);
    for (const id of world.ids) world.crash(id);
    for (const id of world.ids) await world.boot(id);
    await world.untilLeader();
    await world.converge();
    world.check();
    expect(world.running).toHaveLength(3);
    await world.say(60);
    await world.sim.runFor(20_000);
    await world.converge();
    world.check();
    const roots = world.running.map(({ group }) => group.checkpoints.list().at(-1)?.root);
    expect(new Set(roots).size).toBe(1);
  });

  it('commands of before count once, by the sessions of the checkpoint', async () => {
    const world = await grown(storage);
    const { group } = world.member('n1');
    const session = await world.sim.complete(group.openSession());
    const id = { session, sequence: 1 };
    const first = await world.sim.complete(group.execute('once', { as: id }));
    world.said += 1;
    await world.say(60);
    await world.sim.runFor(20_000);
    for (const each of world.ids) world.crash(each);
    for (const each of world.ids) await world.boot(each);
    await world.untilLeader();
    await world.converge();
    const outcome = await world.sim.complete(world.member('n2').group.outcome(id));
    expect(outcome).toMatchObject({ applied: true, results: [first.result] });
    world.check();
  });
});

describe('a node that lacks what others have cut', () => {
  it('H36: installs their checkpoint, and keeps what follows it', async () => {
    const world = await grown();
    const late = world.others(await world.untilLeader())[0] as TallyMember;
    world.crash(late.id);
    const rest = world.running[0] as TallyMember;
    await world.say(200, rest);
    await world.sim.runFor(20_000);
    expect(world.firstOf(rest.id)).toBeGreaterThan(110);
    await world.boot(late.id);
    await world.sim.runFor(20_000);
    await world.converge();
    world.check();
    expect(world.firstOf(late.id)).toBeGreaterThan(200);
    await world.say(50, world.member(late.id));
    await world.converge();
    world.check();
  });
});

/** One in which the checkpoints of n3 are on a disk, which loses power with it. */
class DiskWorld extends World {
  #opened: SnapshotStore | null = null;

  constructor() {
    super('wal');
  }

  override async boot(id: string, join = {}): Promise<TallyMember> {
    if (id !== 'n3') return super.boot(id, join);
    const disk = this.sim.node('parts of n3');
    const ports = this.#opened === null ? disk.ports : disk.restart();
    const owner = {
      node: toPeerId(id),
      incarnation: toIncarnation('1'.repeat(32)),
      group: toGroupId('a'.repeat(64)),
    };
    const store = await this.sim.complete(openChunks({ ...ports, owner }));
    this.#opened = store;
    return super.boot(id, { checkpoints: { ...OFTEN, store }, ...join });
  }

  override kept(id: string): number {
    return id === 'n3' ? (this.#opened?.manifests().length ?? 0) : super.kept(id);
  }

  override crash(id: string): void {
    super.crash(id);
    if (id === 'n3') this.sim.node('parts of n3').crash();
  }
}

/** A world in which n3 was away while the others cut their logs, and has just been started again. */
async function lagging(storage: 'memory' | 'wal' | 'disk'): Promise<{ world: World; late: TallyMember }> {
  const made = storage === 'disk' ? new DiskWorld() : new World(storage);
  const world = (await made.ready()) as World;
  world.crash('n3');
  await world.say(100, world.member('n1'));
  await world.sim.runFor(20_000);
  return { world, late: await world.boot('n3') };
}

describe.each(['memory', 'wal', 'disk'] as const)('a node that crashes while it installs (%s)', (storage) => {
  it('H39: goes on from any point of it, with what was acknowledged', async () => {
    const { world: first } = await lagging(storage);
    const begin = first.sim.events;
    const isKnown = (): boolean => first.kept('n3') > 0;
    await first.sim.runUntil(isKnown, 60_000);
    const known = first.sim.events - begin;
    await first.sim.runUntil(() => first.member('n3').machine.counts.size > 0, 60_000);
    const swapped = first.sim.events - begin;
    expect(swapped).toBeGreaterThan(known);
    const found = new Set<string>();
    for (let events = known - 2; events <= swapped + 1; events++) {
      const { world } = await lagging(storage);
      for (let i = 0; i < events; i++) world.sim.step();
      world.crash('n3');
      const { group, machine } = await world.boot('n3');
      await world.sim.runUntil(() => group.status().role !== 'blank', 1_000);
      found.add(`log from ${group.status().log.first}, ${machine.counts.size} words`);
      await world.converge();
      world.check();
      await world.say(3, world.member('n3'));
    }
    // Before it was known as agreed nothing had changed; from then on the restart alone brings the state.
    expect(found).toEqual(new Set(['log from 1, 0 words', 'log from 106, 5 words']));
  }, 60_000);
});

describe('a node whose checkpoint is damaged', () => {
  it('answers nothing, replicates and votes, until it has installed one', async () => {
    const world = await grown();
    const leader = await world.untilLeader();
    const bad = world.others(leader)[0] as TallyMember;
    world.crash(bad.id);
    for (const { root } of world.store(bad.id).data.manifests) world.store(bad.id).data.parts.delete(root);
    world.serves = false;
    await world.boot(bad.id);
    await world.sim.runFor(1_000);
    const { group } = world.member(bad.id);
    expect(group.status().trouble).toContain('has no state');
    const refused = expect.objectContaining({ code: 'OFFLINE' });
    await expect(world.sim.complete(group.query('word 1', 'weak'))).rejects.toEqual(refused);
    await expect(world.sim.complete(group.execute('word 1'))).rejects.toMatchObject({
      code: 'OFFLINE',
      outcome: 'not-applied',
    });
    // Without it there would be no quorum.
    const other = world.others(leader).find(({ id }) => id !== bad.id) as TallyMember;
    world.crash(other.id);
    await world.say(10, leader);
    await world.boot(other.id);
    expect(group.status()).toMatchObject({
      applied: { index: 0 },
      log: { last: leader.group.status().log.last },
    });
    world.serves = true;
    await world.sim.runFor(60_000);
    await world.converge();
    expect(group.status().trouble).toBeNull();
    world.check();
    await world.say(30, world.member(bad.id));
    world.check();
  });

  it('that the one before and the log make up for, cuts it anew, and prunes nothing before that', async () => {
    const world = (await new World('memory').ready()) as World;
    await world.say(100);
    await world.sim.runFor(20_000);
    world.crash('n3');
    const { data } = world.store('n3');
    const [before, newest] = data.manifests.slice(-2);
    if (before === undefined || newest === undefined) throw new Error('there are two checkpoints');
    data.parts.delete(newest.root);
    // Nobody else can help: what this node has must be enough, now and at every later start.
    world.serves = false;
    for (let i = 0; i < 2; i++) {
      const { group } = await world.boot('n3');
      await world.sim.runFor(20_000);
      await world.converge();
      expect(group.status().trouble).toBeNull();
      world.check();
      const { manifests, parts } = world.store('n3').data;
      expect(manifests.at(-1)).toEqual(newest);
      expect(parts.has(newest.root)).toBe(true);
      expect(world.firstOf('n3')).toBe(before.anchor.index + 1);
      world.crash('n3');
    }
  });

  it('installs a younger one if nobody has that one any more, though its log is whole', async () => {
    const options = { ...OFTEN };
    const world = (await new World('memory', options, {}).ready()) as World;
    await world.say(100);
    await world.sim.runFor(20_000);
    for (const id of world.ids) world.crash(id);
    const { data } = world.store('n3');
    for (const { root } of data.manifests) data.parts.delete(root);
    const base = world.firstOf('n3');
    // The others keep enough of their logs to send the node all that it lacks.
    options.keepBytes = 1024 * 1024;
    for (const id of ['n1', 'n2']) await world.boot(id);
    await world.untilLeader();
    await world.say(100);
    await world.sim.runFor(120_000);
    expect(world.firstOf('n1')).toBe(base);
    const { group } = await world.boot('n3');
    await world.sim.runFor(120_000);
    expect(group.status().trouble).toBeNull();
    await world.converge();
    world.check();
  });
});
