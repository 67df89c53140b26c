import { describe, expect, it } from 'vitest';
import type { CounterMachine } from '../../src/counter.ts';
import { CounterMachine as Machine } from '../../src/counter.ts';
import { CounterCluster } from '../../src/counter-cluster.ts';
import type { JoinExtras } from '../../src/sim-cluster.ts';

const key = (text: string): Uint8Array => new TextEncoder().encode(`the key of group ${text}`);

class Other extends Machine {
  override readonly signature = 'test/other/1' as 'test/counter/1';
}

describe('the identity of a group', () => {
  it('comes from key, machine and validators, and from nothing else', async () => {
    const id = async (
      join: JoinExtras,
      machine = (): CounterMachine => new Machine(),
      storage = 'memory' as 'memory' | 'wal',
    ) => {
      const cluster = new CounterCluster({ size: 1, machine, storage });
      const { group } = await cluster.boot('n1', join);
      return group.id;
    };
    const same = await id({ keys: [key('one')] });
    expect(await id({ keys: [key('one')] })).toBe(same);
    expect(await id({ keys: [key('one')] }, undefined, 'wal')).toBe(same);
    expect(await id({ keys: [key('one')], timing: { heartbeatMs: 50 }, limits: { maxPending: 7 } })).toBe(
      same,
    );
    expect(await id({ keys: [key('one')], validators: [] })).toBe(same);
    const a = await id({ keys: [key('one')], validators: ['a', 'b'] });
    expect(await id({ keys: [key('one')], validators: ['b', 'a'] })).toBe(a);
    const others = [
      same,
      a,
      await id({ keys: [key('two')] }),
      await id({ keys: [key('one')], validators: ['a'] }),
      await id({ keys: [key('one')] }, () => new Other()),
    ];
    expect(new Set(others).size).toBe(others.length);
  });
});

describe('several groups over one transport and one store', () => {
  it.each(['memory', 'wal'] as const)('have exactly the bonds of their own members (%s)', async (storage) => {
    const cluster = new CounterCluster({ size: 4, storage });
    const groups: Record<string, readonly string[]> = {
      one: ['n1', 'n2', 'n3'],
      two: ['n2', 'n3', 'n4'],
      three: ['n1', 'n4'],
    };
    const { sim } = cluster;
    const joined = new Map<string, Awaited<ReturnType<typeof cluster.boot>>['group']>();
    for (const id of cluster.ids) {
      const mine = Object.entries(groups).filter(([, ids]) => ids.includes(id));
      for (const [name, ids] of mine) {
        const join = {
          keys: [key(name)],
          peers: Object.fromEntries(ids.map((peer) => [peer, peer])),
          bootstrap: ids[0] === id,
        };
        const machine = new Machine();
        const first = cluster.members.get(id);
        const group =
          first === undefined
            ? (await cluster.boot(id, join)).group
            : await sim.complete(first.node.join({ ...cluster.joinOptions(id), ...join, machine }));
        joined.set(`${name} ${id}`, group);
      }
    }
    const expected = (name: string, id: string): string[] =>
      (groups[name] ?? []).filter((peer) => peer !== id).sort();
    const bonds = (name: string, id: string): string[] =>
      (joined.get(`${name} ${id}`)?.status().bonds ?? []).map((bond) => bond.id).sort();
    const all = Object.entries(groups).flatMap(([name, ids]) => ids.map((id) => [name, id] as const));
    const whole = (): boolean =>
      all.every(([name, id]) => bonds(name, id).join() === expected(name, id).join());
    expect(await sim.runUntil(whole, 10_000)).toBe(true);
    for (const [i, name] of Object.keys(groups).entries()) {
      for (const id of groups[name] ?? []) {
        const done = await sim.complete(joined.get(`${name} ${id}`)?.execute(10 ** i) ?? Promise.reject());
        expect(done.result % 10 ** i).toBe(0);
      }
    }
    await sim.runFor(5000);
    for (const [name, id] of all) expect(bonds(name, id)).toEqual(expected(name, id));
    // One leaves: the others' bonds of the other groups stay.
    await sim.complete(joined.get('two n3')?.close() ?? Promise.reject());
    await sim.runFor(1000);
    expect(bonds('two', 'n2')).toEqual(['n4']);
    expect(bonds('one', 'n2')).toEqual(['n1', 'n3']);
    expect((await sim.complete(joined.get('two n2')?.execute(1) ?? Promise.reject())).result).toBe(31);
  });
});
