import { type Anchor, CHECKPOINT_VERSION, EntryKind, type PartName, SmaltiError } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { configuration } from '../../engine/support/members.ts';
import { DeskWorld, REPEAT_MS } from './support/desk-world.ts';

const MINUTE = 60_000;

async function grown(size = 3, options = {}): Promise<DeskWorld> {
  const world = new DeskWorld(size, { everyEntries: 10, ...options });
  await world.sim.runFor(100);
  for (let i = 0; i < 10; i++) world.command(`c${i}`);
  return world;
}

describe('the checkpoints of a group', () => {
  it('are marked by the leader, agreed on, kept by all and announced', async () => {
    const world = await grown();
    await world.sim.runFor(2_000);
    const [marker] = world.markers();
    expect(world.outcomes()).toEqual([`agreed ${marker}`]);
    const roots = world.nodes.map(({ store }) => store.manifests().map(({ root, agreed }) => [root, agreed]));
    expect(roots[0]).toEqual([[expect.any(String), true]]);
    expect(new Set(roots.map(String)).size).toBe(1);
    for (const node of world.nodes) {
      expect(node.announced.map(({ at }) => at.index)).toEqual([marker]);
      expect(node.news.map(({ stage }) => stage)).toEqual(['agreed']);
      expect([node.captures, node.alive]).toEqual([1, 0]);
      expect(node.desk.status()).toMatchObject({ open: null, cutting: null, waiting: null });
    }
  });

  it('cost nothing while nothing happens', async () => {
    const world = await grown();
    await world.sim.runFor(MINUTE);
    const { events } = world.sim;
    await world.sim.runFor(100 * MINUTE);
    expect(world.sim.events).toBe(events);
    expect(world.markers()).toHaveLength(1);
  });

  it('come after a time if anything has changed, and never after nothing but their own entries', async () => {
    const world = new DeskWorld(3, { everyMs: MINUTE });
    await world.sim.runFor(MINUTE + 2_000);
    expect(world.markers()).toHaveLength(1);
    world.lead(1);
    await world.sim.runFor(10 * MINUTE);
    expect(world.markers()).toHaveLength(1);
    world.command();
    await world.sim.runFor(2_000);
    expect(world.markers()).toHaveLength(2);
  });

  it('are cut by followers first, and by a leader when the others have done so', async () => {
    const world = await grown();
    for (const node of world.nodes) node.ballast = 1024 * 1024;
    const waits = (): boolean => world.at(0).desk.status().waiting !== null;
    expect(await world.sim.runUntil(waits, 1_000)).toBe(true);
    await world.sim.runFor(0);
    expect(waits()).toBe(true);
    expect(world.at(1).desk.status().cutting).not.toBeNull();
    await world.sim.runFor(1_000);
    expect(world.at(0).store.manifests()).toHaveLength(1);
  });

  it('are cut by a leader when it has waited twice as long as the first one took, five seconds at least', async () => {
    for (const [MiB, seconds] of [
      [1, 5],
      [10, 20],
    ] as const) {
      const world = await grown(3, { cutBytesPerSecond: 1024 * 1024 });
      for (const node of world.nodes) node.ballast = MiB * 1024 * 1024;
      world.at(1).store.capacity = 0;
      await world.sim.runFor(seconds * 1_000 - 500);
      expect(world.at(0).desk.status().cutting).toBeNull();
      expect(world.at(2).store.manifests()).toHaveLength(1);
      await world.sim.runFor(1_000);
      expect(world.at(0).desk.status().cutting).not.toBeNull();
    }
  });

  it('are cut by a leader at a quarter of the time after which they are given up, if nobody reports', async () => {
    const world = await grown(3, { abandonMs: 4 * MINUTE });
    world.loses = true;
    await world.sim.runFor(MINUTE - 1_000);
    expect(world.at(0).store.manifests()).toHaveLength(0);
    await world.sim.runFor(2_000);
    expect(world.at(0).store.manifests()).toHaveLength(1);
  });

  it('are cut by a leader in time to be agreed on, if its own report is needed and cutting takes most of that', async () => {
    const world = new DeskWorld(3, { everyEntries: 10, cutBytesPerSecond: 1024 * 1024, abandonMs: 24_000 });
    await world.sim.runFor(100);
    world.at(2).connected = false;
    for (const node of world.nodes) node.ballast = 20 * 1024 * 1024;
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(30_000);
    expect(world.outcomes()).toEqual([expect.stringContaining('agreed')]);
  });

  it('are cut by a leader that waits for none that is not there, or keeps no checkpoints', async () => {
    const without: ((world: DeskWorld) => void)[] = [
      (world) => {
        world.at(1).connected = false;
      },
      (world) => {
        world.at(1).format = 0;
        world.at(1).writes = false;
        world.lead(0);
      },
    ];
    for (const take of without) {
      const world = new DeskWorld(3, { everyEntries: 10 });
      await world.sim.runFor(100);
      take(world);
      await world.sim.runFor(REPEAT_MS);
      for (let i = 0; i < 10; i++) world.command();
      await world.sim.runFor(2_000);
      expect(world.outcomes()).toEqual([expect.stringContaining('agreed')]);
    }
  });

  it('are cut by a leader in time to be agreed on, however soon they are given up', async () => {
    const world = await grown(3, { abandonMs: 3_000 });
    world.at(1).connected = false;
    await world.sim.runFor(2_000);
    expect(world.outcomes()).toEqual([expect.stringContaining('agreed')]);
  });

  it('are kept by a node that cuts so slowly that others were agreed on meanwhile, and show if it has diverged', async () => {
    const world = new DeskWorld(3, { everyEntries: 4 });
    const slow = world.at(2);
    slow.begin({ everyEntries: 4, cutBytesPerSecond: 64 * 1024 });
    for (const node of world.nodes) node.ballast = 1024 * 1024;
    const grow = async (): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        world.command();
        await world.sim.runFor(1_000);
      }
    };
    await grow();
    expect(world.outcomes().length).toBeGreaterThan(10);
    expect(slow.announced.length).toBeGreaterThan(1);
    const newest = slow.store.manifests().findLast(({ agreed }) => agreed);
    expect(newest?.anchor).toEqual(slow.announced.at(-1)?.at);
    expect(slow.quarantined).toBeNull();
    slow.odd = 'rot';
    await grow();
    expect(slow.quarantined).not.toBeNull();
  });

  it('H26: that fifty ask for on each node are one, and one more for those who come while it is made', async () => {
    const world = new DeskWorld(3);
    const taken: Promise<Anchor>[] = [];
    const ask = (): void => {
      for (const node of world.nodes) for (let i = 0; i < 50; i++) taken.push(node.desk.take());
    };
    world.command();
    await world.sim.runFor(100);
    ask();
    await world.sim.runUntil(() => world.markers().length === 1, MINUTE);
    // The state goes on while the first one is made.
    world.command();
    await world.sim.runFor(2);
    ask();
    await world.sim.runFor(5 * MINUTE);
    const [first, second] = world.markers();
    expect(world.markers()).toHaveLength(2);
    const indices = (await Promise.all(taken)).map(({ at }) => at.index);
    expect(indices).toEqual([...Array(150).fill(first), ...Array(150).fill(second)]);
    expect(world.outcomes().map((said) => said.split(' ')[0])).toEqual(['agreed', 'agreed']);
  });

  it('H40: are what the majority has, and a leader with another root hands over and is repaired', async () => {
    const world = new DeskWorld(3, { everyEntries: 10 });
    world.at(0).odd = 'rot';
    await world.sim.runFor(100);
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(20_000);
    expect(world.outcomes()).toEqual([`agreed ${world.markers()[0]}`]);
    const [leader, other] = [world.at(0), world.at(1)];
    expect(leader.quarantined).toMatchObject({ index: world.markers()[0] });
    expect(leader.handedOver).toBeGreaterThan(0);
    expect(other.quarantined).toBeNull();
    expect(leader.news.map(({ stage }) => stage)).toEqual(['agreed', 'diverged']);
    expect(leader.store.manifests()).toEqual([]);
    expect(leader.announced).toEqual([]);
    const root = other.store.manifests()[0]?.root as PartName;
    expect(leader.repairs[0]).toMatchObject({ root });
    expect(leader.desk.status().diverged).toContain('not what a majority has');
    const anchor = leader.repairs[0];
    if (anchor === undefined) throw new Error('no repair was asked for');
    leader.odd = '';
    leader.desk.installed(world.loaded(anchor));
    expect(leader.quarantined).toBeNull();
    expect(leader.news.at(-1)).toEqual({ stage: 'repaired' });
  });

  it('stop a node that diverges again soon after it was repaired, and not one that does after long', async () => {
    const diverge = async (between: number): Promise<DeskWorld> => {
      const world = new DeskWorld(3, { everyEntries: 3, divergenceSpan: 2 });
      const node = world.at(2);
      const more = async (): Promise<void> => {
        for (let i = 0; i < 5; i++) world.command();
        await world.sim.runFor(10_000);
      };
      node.odd = 'rot';
      await more();
      expect(node.quarantined).not.toBeNull();
      const anchor = node.repairs.at(-1);
      if (anchor === undefined) throw new Error('no repair was asked for');
      node.odd = '';
      node.desk.installed(world.loaded(anchor));
      for (let i = 0; i < between; i++) await more();
      node.odd = 'rot';
      await more();
      return world;
    };
    const soon = (await diverge(1)).at(2);
    expect(soon.failure).toMatchObject({ code: 'DIVERGED' });
    expect(soon.failure?.message).toContain('2 checkpoints after it was repaired');
    const late = (await diverge(2)).at(2);
    expect(late.failure).toBeNull();
    expect(late.quarantined).not.toBeNull();
  });

  it('are disputed if no root can be a majority\u2019s any more, with an alarm, and the next one may be agreed', async () => {
    const world = new DeskWorld(3, { everyEntries: 10 });
    for (const [i, node] of world.nodes.entries()) node.odd = `${i}`;
    await world.sim.runFor(100);
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(20_000);
    expect(world.outcomes()).toEqual([`disputed ${world.markers()[0]}`]);
    for (const node of world.nodes) {
      expect(node.news.map(({ stage }) => stage)).toEqual(['disputed']);
      expect([node.quarantined, node.alive]).toEqual([null, 0]);
      expect(node.store.manifests()).toEqual([]);
      node.odd = '';
    }
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(20_000);
    expect(world.outcomes().at(-1)).toBe(`agreed ${world.markers()[1]}`);
  });

  it('H43: are of a format that all who keep them can write, new nodes and old', async () => {
    const world = new DeskWorld(3, { everyEntries: 10 });
    world.at(1).format = CHECKPOINT_VERSION + 1;
    // Older than the first version: none is known here yet.
    world.at(2).format = CHECKPOINT_VERSION - 0.5;
    await world.sim.runFor(100);
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(20_000);
    expect(world.markers()).toEqual([]);
    world.at(2).format = CHECKPOINT_VERSION;
    world.at(2).desk.bonded(world.at(0).key);
    await world.sim.runFor(20_000);
    expect(world.outcomes()).toEqual([`agreed ${world.markers()[0]}`]);
    expect(world.at(1).store.manifests()).toMatchObject([{ agreed: true, format: CHECKPOINT_VERSION }]);
  });

  it('are begun without a word of a voter that keeps none, and not held up by it', async () => {
    const world = new DeskWorld(3, { everyEntries: 10 });
    world.at(2).format = 0;
    await world.sim.runFor(100);
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(20_000);
    expect(world.outcomes()).toEqual([`agreed ${world.markers()[0]}`]);
  });

  it('H43: are not reported by a node that cannot write them, which does not look like divergence', async () => {
    const world = new DeskWorld(3, { everyEntries: 10 });
    world.at(2).writes = false;
    await world.sim.runFor(100);
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(20_000);
    expect(world.outcomes()).toEqual([`agreed ${world.markers()[0]}`]);
    expect(world.at(2).captures).toBe(0);
    expect(world.at(2).quarantined).toBeNull();
    expect(world.at(2).store.manifests()).toEqual([]);
  });

  it('are not begun before a majority is known to write them', async () => {
    const world = new DeskWorld(3, { everyEntries: 10 });
    world.at(1).connected = false;
    world.at(2).connected = false;
    for (let i = 0; i < 20; i++) world.command();
    await world.sim.runFor(MINUTE);
    expect(world.markers()).toEqual([]);
    world.at(1).connected = true;
    world.at(1).desk.bonded(world.at(0).key);
    await world.sim.runFor(1_000);
    expect(world.markers()).toHaveLength(1);
  });

  it('are begun by what members say in this term, not by what they said in another', async () => {
    const world = new DeskWorld(3, { everyEntries: 10 });
    await world.sim.runFor(100);
    world.lead(1);
    await world.sim.runFor(100);
    world.at(1).connected = false;
    world.at(2).connected = false;
    world.lead(0);
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(MINUTE);
    expect(world.markers()).toEqual([]);
  });

  it('are taken though nothing has changed since one of which nothing came', async () => {
    const world = await grown(3, { abandonMs: 20_000 });
    world.loses = true;
    await world.sim.runFor(MINUTE);
    world.loses = false;
    const [marker] = world.markers();
    expect(world.outcomes()).toEqual([`abandoned ${marker}`]);
    const taken = await Promise.all(world.nodes.map(({ desk }) => world.sim.complete(desk.take(), MINUTE)));
    expect(world.outcomes()).toEqual([`abandoned ${marker}`, `agreed ${taken[0]?.at.index}`]);
    await world.sim.runFor(10 * MINUTE);
    expect(world.markers()).toHaveLength(2);
  });

  it('are taken though nothing has changed since one that a node could not cut', async () => {
    const world = await grown();
    const odd = world.at(1);
    odd.writes = false;
    await world.sim.runFor(MINUTE);
    expect([odd.store.manifests().length, world.outcomes().length]).toEqual([0, 1]);
    odd.writes = true;
    const taken = await world.sim.complete(odd.desk.take(), MINUTE);
    expect(world.markers()).toEqual([expect.any(Number), taken.at.index]);
  });

  it('are waited for, and no other is taken, where one is agreed on and is still being cut', async () => {
    const world = await grown();
    for (const node of world.nodes) node.ballast = 20 * 1024 * 1024;
    const leader = world.at(0);
    await world.sim.runUntil(() => world.outcomes().length > 0, MINUTE);
    await world.sim.runFor(10);
    expect(leader.store.manifests()).toEqual([]);
    const taken = await world.sim.complete(leader.desk.take(), MINUTE);
    expect(world.markers()).toEqual([taken.at.index]);
  });

  it('H46: are agreed on although reports are lost, since they are repeated', async () => {
    const world = new DeskWorld(3, { everyEntries: 10, abandonMs: 20_000 });
    await world.sim.runFor(100);
    for (let i = 0; i < 10; i++) world.command();
    world.loses = true;
    await world.sim.runFor(10_000);
    for (const { store } of world.nodes) expect(store.manifests()).toHaveLength(1);
    expect(world.outcomes()).toEqual([]);
    world.loses = false;
    await world.sim.runFor(REPEAT_MS + 10);
    expect(world.outcomes()).toEqual([`agreed ${world.markers()[0]}`]);
    const { length } = world.at(1).sent;
    await world.sim.runFor(MINUTE);
    expect(world.at(1).sent).toHaveLength(length);
  });

  it('H46: that are open are taken over by the next leader, which writes no other one meanwhile', async () => {
    const world = await grown();
    await world.sim.runUntil(() => world.markers().length > 0, 1_000);
    world.at(1).connected = false;
    world.at(2).connected = false;
    await world.sim.runFor(10_000);
    const [marker, ...more] = world.markers();
    expect(more).toEqual([]);
    for (let i = 0; i < 30; i++) world.command();
    world.at(1).connected = true;
    world.at(2).connected = true;
    world.at(0).connected = false;
    world.lead(1);
    await world.sim.runFor(6_000);
    expect(world.outcomes()[0]).toBe(`agreed ${marker}`);
    expect(world.markers().length).toBe(2);
    const second = world.markers()[1] ?? 0;
    const closed = world.log.findIndex(({ kind }) => kind === EntryKind.outcome) + 1;
    expect(second).toBeGreaterThan(closed);
  });

  it('H46: are not written by a leader that has not applied yet what others wrote before it', async () => {
    const world = await grown();
    const late = world.at(1);
    late.applies = false;
    late.advance();
    world.loses = true;
    await world.sim.runFor(100);
    expect(world.markers()).toHaveLength(1);
    expect(late.applied.index).toBeLessThan(world.markers()[0] ?? 0);
    world.lead(1);
    for (const node of world.nodes) node.desk.bonded(late.key);
    await world.sim.runFor(10_000);
    expect(world.markers()).toHaveLength(1);
  });

  it('H46: on which nobody agrees for long are given up, with an alarm', async () => {
    const world = await grown(3, { abandonMs: MINUTE });
    world.at(1).store.capacity = 0;
    world.at(2).store.capacity = 0;
    await world.sim.runFor(MINUTE - 1_000);
    expect(world.outcomes()).toEqual([]);
    await world.sim.runFor(2_000);
    expect(world.outcomes()).toEqual([`abandoned ${world.markers()[0]}`]);
    for (const node of world.nodes) {
      expect(node.news).toEqual([{ stage: 'abandoned', marker: expect.anything() }]);
      expect(node.alive).toBe(0);
      expect(node.desk.status().cutting).toBeNull();
    }
  });

  it('count the voters at the marker: of both configurations if it is joint, and never learners', async () => {
    const joint = configuration(['a', 'b', 'c'], ['e'], ['a', 'd']);
    const world = new DeskWorld(joint, { everyEntries: 10 });
    world.at(3).store.capacity = 0;
    await world.sim.runFor(100);
    for (let i = 0; i < 10; i++) world.command();
    await world.sim.runFor(30_000);
    expect(world.markers()).toHaveLength(1);
    expect(world.outcomes()).toEqual([]);
    expect(world.at(0).desk.status().reports).toHaveLength(4);
    // Who has become a voter since does not count, nor does it help that another has gone.
    world.change(configuration(['a', 'b', 'c']));
    await world.sim.runFor(10_000);
    expect(world.outcomes()).toEqual([]);
    world.at(3).store.capacity = Number.POSITIVE_INFINITY;
    await world.sim.runFor(10_000);
    expect(world.outcomes()).toEqual([`agreed ${world.markers()[0]}`]);
  });

  it('that are old go: the newest stays, and the one before it', async () => {
    const world = new DeskWorld(3, { everyEntries: 10 });
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 10; i++) world.command();
      await world.sim.runFor(10_000);
    }
    expect(world.markers()).toHaveLength(5);
    for (const { store } of world.nodes) {
      expect(store.manifests().map(({ anchor, agreed }) => [anchor.index, agreed])).toEqual(
        world
          .markers()
          .slice(-2)
          .map((index) => [index, true]),
      );
    }
  });
});

describe('a restart', () => {
  it('goes on from its checkpoint: it is reported until its outcome is applied, and nothing is cut again', async () => {
    const world = await grown();
    world.loses = true;
    await world.sim.runFor(10_000);
    const [marker] = world.markers();
    const node = world.at(2);
    // What the node has is not agreed on yet: it begins with the first entry, and cuts what comes out.
    node.connected = false;
    node.desk.close(new Error('restarted') as never);
    node.begin({ everyEntries: 10 });
    node.connected = true;
    node.advance();
    world.loses = false;
    await world.sim.runFor(10_000);
    expect([node.captures, node.alive]).toEqual([2, 0]);
    expect(world.outcomes()).toEqual([`agreed ${marker}`]);
    // Now it is.
    const [manifest] = node.store.manifests();
    if (manifest === undefined) throw new Error('nothing was kept');
    node.desk.close(new Error('restarted') as never);
    node.announced.length = 0;
    node.begin({ everyEntries: 10 }, world.loaded({ at: manifest.anchor, root: manifest.root }));
    await world.sim.runFor(10);
    expect(node.desk.status().open).toEqual({ marker: manifest.anchor, own: manifest.root });
    expect(node.announced).toEqual([{ at: manifest.anchor, root: manifest.root }]);
    node.advance();
    await world.sim.runFor(10_000);
    expect(node.desk.status().open).toBeNull();
    expect(node.captures).toBe(2);
    expect(world.outcomes()).toHaveLength(1);
  });

  it('without a state asks for one until it is installed', async () => {
    const world = await grown();
    await world.sim.runFor(2_000);
    const [anchor] = world.at(0).announced;
    if (anchor === undefined) throw new Error('nothing was announced');
    const node = world.at(2);
    world.follows = false;
    node.desk.close(new Error('restarted') as never);
    const damage = new SmaltiError('STORAGE_CORRUPT', 'a part is missing');
    node.begin({ everyEntries: 10 }).lacks(anchor, damage);
    await world.sim.runFor(12_000);
    expect(node.repairs).toEqual([anchor, anchor, anchor]);
    expect(node.quarantined).toEqual(anchor.at);
    node.desk.installed(world.loaded(anchor));
    await world.sim.runFor(60_000);
    expect(node.quarantined).toBeNull();
    expect(node.repairs).toHaveLength(3);
    expect(node.news.map(({ stage }) => stage)).toEqual(['agreed', 'repaired']);
  });
});

describe('a checkpoint that is taken', () => {
  it('is agreed on and here, on whichever node it is asked for; those who ask together share one', async () => {
    const world = new DeskWorld(3);
    world.command();
    await world.sim.runFor(100);
    const taken = await Promise.all(world.nodes.map(({ desk }) => world.sim.complete(desk.take())));
    const [marker] = world.markers();
    expect(world.markers()).toHaveLength(1);
    for (const [i, { at, root }] of taken.entries()) {
      expect(at.index).toBe(marker);
      expect(world.at(i).store.manifests()).toMatchObject([{ root, agreed: true }]);
    }
    // Nothing has changed since: the same one will do.
    expect(await world.sim.complete(world.at(1).desk.take())).toEqual(taken[1]);
    expect(world.markers()).toHaveLength(1);
  });

  it('ends with an error if there is no agreement, if its caller wants it no more, and when the group ends', async () => {
    const world = new DeskWorld(3);
    for (const [i, node] of world.nodes.entries()) node.odd = `${i}`;
    world.command();
    await world.sim.runFor(100);
    await expect(world.sim.complete(world.at(1).desk.take())).rejects.toMatchObject({
      code: 'CHECKPOINT_FAILED',
      message: expect.stringContaining('disputed'),
    });
    world.leader = null;
    world.command();
    await world.sim.runFor(100);
    const abort = new AbortController();
    const left = world.at(1).desk.take(abort.signal);
    abort.abort();
    await expect(left).rejects.toMatchObject({ code: 'ABORTED' });
    const over = world.at(2).desk.take();
    world.at(2).desk.close(new Error('over') as never);
    await expect(over).rejects.toThrow('over');
  });

  it('is let go of when the group ends while it is cut', async () => {
    const world = await grown();
    const node = world.at(1);
    node.ballast = 8 * 1024 * 1024;
    expect(await world.sim.runUntil(() => node.alive === 1, 1_000)).toBe(true);
    await world.sim.runFor(50);
    node.desk.close(new Error('over') as never);
    expect(node.alive).toBe(0);
    await world.sim.runFor(10_000);
    expect(node.store.manifests()).toEqual([]);
  });
});
