import { describe, expect, it } from 'vitest';
import { ack, append, at, Bench, heartbeat, messages, persists } from './support/bench.ts';
import { Cluster } from './support/cluster.ts';
import { command, shapeOf, TIMING } from './support/members.ts';

function led(size = 3): Cluster {
  const cluster = new Cluster({ size });
  cluster.elect('a');
  cluster.propose('a', 'x');
  cluster.run(30);
  return cluster;
}

describe('disks', () => {
  it('H29: a leader whose disk hangs gives up, and another one takes over', () => {
    const cluster = led();
    cluster.node('a').disk.held = true;
    cluster.propose('a', 'y');
    cluster.run(TIMING.diskStallMs + 5);
    expect(cluster.node('a').engine.role).toBe('follower');
    cluster.runUntil(() => cluster.leader !== undefined);
    expect(cluster.leader?.name).not.toBe('a');
    // It does not campaign either, as long as that lasts.
    cluster.crash('b');
    cluster.run(10 * TIMING.electionMaxMs);
    expect(cluster.node('a').engine.role).toBe('follower');
    cluster.restart('b');
    cluster.release('a');
    cluster.run(5 * TIMING.electionMaxMs);
    expect(cluster.node('a').engine.commit).toBe(cluster.leader?.engine.commit);
  });

  it('H29: what a leader with a hung disk got to a majority is not lost', () => {
    const cluster = led();
    cluster.node('a').disk.held = true;
    const [entry] = cluster.propose('a', 'y');
    cluster.run(10);
    cluster.crash('a');
    cluster.runUntil(() => (cluster.leader?.engine.commit ?? 0) > (entry?.index ?? 0));
    expect(cluster.leader?.disk.durable[(entry?.index ?? 0) - 1]?.frame).toEqual(entry?.frame);
  });

  it('H32: a leader whose disk is full gives up, refuses, and leads again when it is the only one who can', () => {
    const cluster = led();
    cluster.node('a').disk.full = true;
    cluster.propose('a', 'y');
    cluster.run(5);
    const { engine } = cluster.node('a');
    expect(engine.view).toMatchObject({ role: 'follower', full: true });
    cluster.propose('a', 'z');
    expect(cluster.node('a').refused).toBe(1);
    cluster.runUntil(() => cluster.leader !== undefined);
    expect(cluster.leader?.name).not.toBe('a');
    cluster.spaceBack('a');
    cluster.run(5 * TIMING.heartbeatMs);
    expect(engine.view.full).toBe(false);
    expect(engine.commit).toBe(cluster.leader?.engine.commit);
    expect(cluster.leader?.name).not.toBe('a');
  });

  it('H23: nothing that was acknowledged is lost when every disk is full, and all goes on when they are not', () => {
    const cluster = led();
    for (const node of cluster.nodes.values()) node.disk.full = true;
    cluster.propose('a', 'y');
    cluster.run(10 * TIMING.electionMaxMs);
    expect(cluster.leader).toBeUndefined();
    for (const node of cluster.nodes.values()) {
      expect(node.disk.durable).toHaveLength(3);
      cluster.spaceBack(node.name);
    }
    cluster.runUntil(() => (cluster.leader?.engine.commit ?? 0) > 3, 10 * TIMING.electionMaxMs);
  });

  it('H23: a follower whose disk is full catches up when it has room, without an election', () => {
    const cluster = led();
    cluster.node('b').disk.full = true;
    for (let i = 0; i < 5; i++) cluster.propose('a', `${i}`);
    cluster.run(200);
    expect(cluster.node('a').engine.commit).toBe(8);
    expect(cluster.node('b').engine.commit).toBe(3);
    cluster.spaceBack('b');
    cluster.run(5 * TIMING.heartbeatMs);
    expect(cluster.node('b').engine.commit).toBe(8);
    expect(cluster.leader?.name).toBe('a');
  });

  it('H23: refused writes are void, those after them too, and their completions mean nothing', () => {
    const bench = new Bench();
    bench.hear('b', append(2, at(1, 1), [2]));
    bench.hear('b', append(2, at(2, 2), [2]), 'slow');
    bench.hear('b', append(2, at(3, 2), [2]), 'slow');
    const [first = 0, second = 0] = bench.writes;
    const shape = shapeOf([...bench.entries, ...append(2, at(1, 1), [2]).entries]);
    const voided = bench.step({ type: 'disk-full', seq: first, shape });
    expect(messages(voided)).toEqual([]);
    expect(bench.engine.view).toMatchObject({ last: at(2, 2), durable: 2, full: true });
    expect(bench.step({ type: 'disk-full', seq: second, shape })).toEqual([]);
    expect(bench.step({ type: 'persisted', seq: second })).toEqual([]);
    expect(bench.engine.view.durable).toBe(2);
    // A later write is tried anew, and when it succeeds there is room.
    bench.hear('b', append(2, at(2, 2), [2, 2]), 'slow');
    expect(messages(bench.step({ type: 'persisted', seq: bench.writes.at(-1) ?? 0 }))).toEqual([ack(2, 4)]);
    expect(bench.engine.view.full).toBe(false);
  });

  it('H5: a vote that the disk refuses is not told, and is written before anything else of its term leaves', () => {
    const bench = new Bench();
    const vote = { type: 'vote', transfer: false, term: 2 as never, last: at(1, 1) } as const;
    bench.hear('b', vote, 'slow');
    bench.step({ type: 'disk-full', seq: bench.writes[0] ?? 0, shape: shapeOf(bench.entries) });
    expect(messages(bench.hear('b', vote, 'slow'))).toEqual([]);
    const back = bench.step({ type: 'space-back' });
    expect(messages(back)).toEqual([]);
    expect(persists(back)[0]?.hardState).toMatchObject({ term: 2, vote: expect.stringContaining('b@') });
    // Nobody else gets the vote of that term.
    bench.hear('c', vote, 'slow');
    expect(messages(bench.step({ type: 'persisted', seq: bench.writes.at(-1) ?? 0 }))).toMatchObject([
      { type: 'vote-reply', granted: false },
    ]);
  });

  it('H20: what waits for a hung disk is bounded, and the newest of it is kept', () => {
    const bench = new Bench();
    bench.hear('b', heartbeat(2, 1, 1), 'slow');
    for (let round = 2; round <= 5000; round++) {
      expect(messages(bench.hear('b', heartbeat(2, 1, round), 'slow'))).toEqual([]);
    }
    const said = messages(bench.complete());
    expect(said.length).toBeLessThanOrEqual(1024);
    expect(said.at(-1)).toMatchObject({ type: 'heartbeat-reply', round: 5000 });
    expect(messages(bench.hear('b', heartbeat(2, 1, 5001), 'slow'))).toHaveLength(1);
  });

  it('H38: a completion vouches for nothing that was cut since the write was asked for', () => {
    const bench = new Bench();
    bench.hear('b', append(2, at(1, 1), [2, 2, 2]), 'slow');
    bench.hear('c', append(3, at(2, 2), [3, 3]), 'slow');
    // The first write had 2 to 4; the second has cut from 3.
    expect(messages(bench.complete())).not.toContainEqual(expect.objectContaining({ match: 4 }));
    expect(bench.engine.view.durable).toBe(2);
    bench.sync();
    expect(bench.engine.view.durable).toBe(4);
  });

  it('H45: nor if the same entry stands there again', () => {
    const bench = new Bench();
    bench.hear('b', append(2, at(1, 1), [2, 2]), 'slow');
    bench.hear('c', append(3, at(1, 1), [3]), 'slow');
    // A leader that holds the entries of term 2 writes them anew.
    bench.hear('b', append(4, at(1, 1), [2, 2]), 'slow');
    bench.complete();
    expect(bench.engine.view.durable).toBe(1);
    bench.complete();
    expect(bench.engine.view.durable).toBe(1);
    expect(messages(bench.complete())).toContainEqual(ack(4, 3));
  });

  it('H38: a cut lowers what is durable at once, though the disk still has it', () => {
    const bench = new Bench({ log: [1, 1, 1] });
    bench.hear('b', append(2, at(2, 1), [2]), 'slow');
    expect(bench.engine.view.durable).toBe(2);
  });

  it('take many batches while one write is under way, as one log', () => {
    const cluster = led();
    cluster.node('a').disk.held = true;
    for (let i = 0; i < 10; i++) cluster.propose('a', `${i}`);
    cluster.run(10);
    expect(cluster.node('a').engine.commit).toBe(3);
    cluster.release('a');
    expect(cluster.node('a').engine.commit).toBe(13);
    cluster.input(cluster.node('a'), { type: 'propose', drafts: [command('last')] });
  });
});
