import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { DiskFile } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { type SimNode, SimRandom, Simulation, simHasher } from '../src/index.ts';

/** A world that does a bit of everything, and what happened in it. */
function busyWorld(seed: number): { digest: string; events: number } {
  const sim = new Simulation({ seed, network: { loss: 0.02 } });
  const nodes = ['a', 'b', 'c'].map((name) => sim.node(name));
  const chatter = (node: SimNode): void => {
    const { clock, random, disk } = node.ports;
    for (const other of nodes) {
      if (other !== node) sim.network.carry(node.name, other.name, 100, () => sim.note(`${other.name} got`));
    }
    disk.open(`f${clock.now()}`, 'create', (_error, file) =>
      file?.writeAndSync(0, random.bytes(600), () => {}),
    );
    clock.setTimer(1 + random.next() * 20, () => chatter(node));
  };
  for (const node of nodes) chatter(node);
  sim.schedule(100, 'cut', () => sim.network.partition([['a'], ['b', 'c']]));
  sim.schedule(200, 'heal', () => sim.network.heal());
  sim.schedule(150, 'crash', () => nodes[1]?.crash());
  sim.runSync(500);
  for (const node of nodes)
    for (const path of node.disk.paths()) sim.note(`${path} ${node.disk.contents(path)}`);
  return { digest: sim.digest, events: sim.events };
}

describe('Simulation', () => {
  it('runs the same world in the same way, and another seed in another', () => {
    expect(busyWorld(1)).toEqual(busyWorld(1));
    expect(busyWorld(1).digest).not.toBe(busyWorld(2).digest);
    expect(busyWorld(1).events).toBeGreaterThan(100);
  });

  it('orders events by time, then by when they were scheduled', () => {
    const sim = new Simulation();
    const random = new SimRandom(1);
    const expected: [number, number][] = [];
    const seen: [number, number][] = [];
    for (let i = 0; i < 500; i++) {
      const at = random.below(20);
      expected.push([at, i]);
      const event = sim.schedule(at, 'x', () => seen.push([sim.now, i]));
      if (i % 7 === 0) {
        event.cancel();
        expected.pop();
      }
    }
    sim.runSync(100);
    expect(seen).toEqual(expected.sort(([a, i], [b, j]) => a - b || i - j));
    expect(sim.now).toBe(100);
  });

  it('leaves turns to promises between events', async () => {
    const sim = new Simulation();
    const { clock } = sim.node('n');
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(ms, resolve));
    const seen: string[] = [];
    const worker = async (name: string, ms: number): Promise<string> => {
      for (let i = 0; i < 3; i++) {
        await sleep(ms);
        seen.push(`${name}${clock.now()}`);
      }
      return name;
    };
    const results = await Promise.all([sim.complete(worker('a', 10)), sim.complete(worker('b', 15))]);
    expect(results).toEqual(['a', 'b']);
    expect(seen).toEqual(['a10', 'b15', 'a20', 'b30', 'a30', 'b45']);
    expect(await sim.runUntil(() => false, 100)).toBe(false);
  });

  it('gives up on promises that nothing will settle, and on those that take too long', async () => {
    const sim = new Simulation();
    await expect(sim.complete(new Promise(() => {}))).rejects.toThrow('nothing is left to happen');
    const { clock } = sim.node('n');
    const late = new Promise<void>((resolve) => void clock.setTimer(500, resolve));
    await expect(sim.complete(late, 100)).rejects.toThrow('next is n timer at 500');
    await expect(sim.complete(late, 1000)).resolves.toBeUndefined();
    await expect(sim.complete(Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});

describe('the ports of a node', () => {
  it('runs work at the end of the turn, in order, and next turns later at the same time', () => {
    const sim = new Simulation();
    const { clock, scheduler } = sim.node('n');
    const seen: string[] = [];
    clock.setTimer(5, () => {
      scheduler.nextTurn(() => seen.push(`next ${clock.now()}`));
      scheduler.endOfTurn(() => {
        seen.push('end 1');
        scheduler.endOfTurn(() => seen.push('end 3'));
      });
      scheduler.endOfTurn(() => seen.push('end 2'));
      seen.push('event');
    });
    clock.setTimer(5, () => seen.push('another event'));
    sim.runSync(5);
    expect(seen).toEqual(['event', 'end 1', 'end 2', 'end 3', 'another event', 'next 5']);
  });

  it('runs work at the end of a turn that a test began from outside', () => {
    const sim = new Simulation();
    const seen: number[] = [];
    sim.node('n').scheduler.endOfTurn(() => seen.push(1));
    expect(seen).toEqual([]);
    sim.runSync(0);
    expect(seen).toEqual([1]);
  });

  it('never fires a timer that was cancelled, nor within the call', () => {
    const sim = new Simulation();
    const { clock } = sim.node('n');
    const seen: string[] = [];
    clock.setTimer(1, () => seen.push('cancelled')).cancel();
    clock.setTimer(-5, () => seen.push('at once'));
    expect(seen).toEqual([]);
    sim.runSync(10);
    expect(seen).toEqual(['at once']);
  });

  it('has a wall clock that can be off and drift', () => {
    const sim = new Simulation({ wallStart: 1000 });
    const node = sim.node('n');
    node.wall.offset = -11_000;
    node.wall.drift = 0.5;
    sim.runSync(100);
    expect([node.clock.now(), node.clock.wallNow()]).toEqual([100, 1000 + 150 - 11_000]);
  });

  it('holds everything while paused, and does it late and in order', () => {
    const sim = new Simulation();
    const node = sim.node('n');
    const seen: string[] = [];
    const note = (what: string) => () => seen.push(`${what} ${sim.now}`);
    const cancelled = node.clock.setTimer(30, note('cancelled'));
    node.clock.setTimer(10, note('timer'));
    sim.network.carry('m', 'n', 1, note('delivery'));
    node.disk.list('', () => {});
    node.ports.disk.list('', note('disk'));
    node.pause();
    sim.runSync(50);
    expect(seen).toEqual([]);
    cancelled.cancel();
    node.resume();
    sim.runSync(50);
    expect(seen.map((text) => text.split(' ')[1])).toEqual(['50', '50', '50']);
    expect(seen.at(-1)).toBe('timer 50');
  });

  it('drops for ever what a dead process was to do', () => {
    const sim = new Simulation();
    const node = sim.node('n');
    const old = node.ports;
    const never = () => expect.unreachable();
    old.clock.setTimer(10, never);
    old.scheduler.nextTurn(never);
    sim.network.carry('m', 'n', 1, never);
    old.disk.list('', never);
    node.kill();
    expect(node.running).toBe(false);
    const fresh = node.restart();
    old.clock.setTimer(1, never);
    old.scheduler.endOfTurn(never);
    old.disk.open('zombie', 'create', never);
    let alive = false;
    fresh.clock.setTimer(1, () => {
      alive = true;
    });
    sim.runSync(2000);
    expect([alive, node.disk.paths()]).toEqual([true, []]);
  });

  it('keeps the cache of a process that is killed, and loses it with the power', () => {
    for (const [end, left] of [['kill', 600] as const, ['crash', 0] as const]) {
      const sim = new Simulation();
      const node = sim.node('n');
      const file = sim.call<DiskFile>((done) => node.ports.disk.open('f', 'create', done));
      sim.call((done) => node.ports.disk.syncDirectory('', done));
      sim.call((done) => file.writeAt(0, new Uint8Array(600), done));
      sim.call((done) => node.ports.disk.lock('lock', done));
      if (end === 'kill') node.kill();
      else node.crash({ keep: 'nothing' });
      expect(node.disk.contents('f').length).toBe(left);
      const { disk } = node.restart();
      sim.call((done) => disk.lock('lock', done));
    }
  });
});

describe('SimRandom', () => {
  it('is the same for the same seed, and spread evenly', () => {
    const draws = (seed: number | string): number[] => {
      const random = new SimRandom(seed);
      return Array.from({ length: 10_000 }, () => random.below(10));
    };
    expect(draws('x')).toEqual(draws('x'));
    expect(draws('x')).not.toEqual(draws('y'));
    const counts = new Map<number, number>();
    for (const draw of draws(1)) counts.set(draw, (counts.get(draw) ?? 0) + 1);
    for (let value = 0; value < 10; value++)
      expect(Math.abs((counts.get(value) ?? 0) - 1000)).toBeLessThan(150);
  });

  it('gives seeds that follow each other unlike sequences', () => {
    const first = Array.from({ length: 200 }, (_, seed) => new SimRandom(seed).uint32());
    expect(new Set(first).size).toBe(200);
    expect(new Set(Array.from({ length: 200 }, (_, i) => new SimRandom(1).fork(`${i}`).uint32())).size).toBe(
      200,
    );
    expect(new SimRandom(1).bytes(7)).toHaveLength(7);
    expect(new SimRandom(1).shuffle([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
  });
});

describe('simHasher', () => {
  it('gives what zlib and node:crypto give', () => {
    const random = new SimRandom(1);
    for (let length = 0; length < 300; length += 13) {
      const [a, b, key] = [random.bytes(length), random.bytes(40), random.bytes(length % 90)];
      expect(simHasher.crc32(a)).toBe(crc32(a));
      expect(simHasher.crc32(b, simHasher.crc32(a))).toBe(crc32(b, crc32(a)));
      const sha = createHash('sha256').update(a).update(b).digest('hex');
      expect(Buffer.from(simHasher.sha256(a, b)).toString('hex')).toBe(sha);
      const mac = createHmac('sha256', key).update(a).update(b).digest('hex');
      expect(Buffer.from(simHasher.hmacSha256(key, a, b)).toString('hex')).toBe(mac);
      expect([simHasher.equal(a, a.slice()), simHasher.equal(a, b)]).toEqual([true, false]);
    }
  });
});
