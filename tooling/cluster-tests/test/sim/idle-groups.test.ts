import type { Group } from '@smalti/raft';
import { beforeAll, describe, expect, it } from 'vitest';
import { CounterMachine } from '../../src/counter.ts';
import { CounterCluster } from '../../src/counter-cluster.ts';

const GROUPS = 50;
const IDS = ['n1', 'n2', 'n3'];
const HEARTBEAT_MS = 100;
const ELECTION_MAX_MS = 2_000;

interface Part {
  readonly group: Group<number, void, number>;
  readonly machine: CounterMachine;
}

/** Three nodes, each with a part of many groups. */
class Idle {
  readonly cluster: CounterCluster;
  /** By node, then by group. */
  readonly parts = new Map<string, Part[]>();
  /** Frames that were sent. */
  frames = 0;

  constructor(seed: number) {
    this.cluster = new CounterCluster({ seed });
    const { network } = this.cluster.sim;
    const carry = network.carry.bind(network);
    network.carry = (...given) => {
      this.frames += 1;
      return carry(...given);
    };
  }

  /** Starts a process with all groups. */
  async boot(id: string): Promise<void> {
    const { cluster } = this;
    const parts: Part[] = [];
    for (let i = 0; i < GROUPS; i++) {
      const keys = [new TextEncoder().encode(`the key of group ${i}`)];
      const bootstrap = id === IDS[i % 3];
      if (i === 0) {
        const { group, machine } = await cluster.boot(id, { keys, bootstrap });
        parts.push({ group, machine });
      } else {
        const machine = new CounterMachine();
        const options = { ...cluster.joinOptions(id), keys, bootstrap, machine };
        const group = await cluster.sim.complete(cluster.member(id).node.join(options));
        parts.push({ group, machine });
      }
    }
    this.parts.set(id, parts);
  }

  of(group: number, ids: readonly string[] = IDS): Part[] {
    return ids.flatMap((id) => this.parts.get(id)?.[group] ?? []);
  }

  /** Every group has exactly one leader among these nodes, whom all of them follow. */
  led(ids: readonly string[] = IDS): boolean {
    return Array.from({ length: GROUPS }, (_, i) => this.of(i, ids)).every((parts) => {
      const all = parts.map(({ group }) => group.status());
      const leaders = all.filter(({ role }) => role === 'leader');
      return leaders.length === 1 && all.every(({ leader }) => leader === leaders[0]?.id);
    });
  }

  async untilLed(ids: readonly string[] = IDS, limitMs = 4 * ELECTION_MAX_MS): Promise<void> {
    expect(await this.cluster.sim.runUntil(() => this.led(ids), limitMs)).toBe(true);
  }

  terms(ids: readonly string[] = IDS): number[] {
    return Array.from({ length: GROUPS }, (_, i) =>
      Math.max(...this.of(i, ids).map(({ group }) => group.status().term)),
    );
  }

  /** Frames of a second. */
  async perSecond(): Promise<number> {
    const before = this.frames;
    await this.cluster.sim.runFor(10_000);
    return (this.frames - before) / 10;
  }

  /** One command for each group, sent at each of these nodes, has its effect everywhere. */
  async write(ids: readonly string[] = IDS): Promise<void> {
    const { sim } = this.cluster;
    const calls = Array.from({ length: GROUPS }, (_, i) =>
      this.of(i, ids).map(({ group }) => group.execute(1)),
    );
    await sim.complete(Promise.all(calls.flat()));
  }

  async expectEqual(): Promise<void> {
    const same = (): boolean =>
      Array.from({ length: GROUPS }, (_, i) => this.of(i)).every(
        ([first, ...others]) =>
          first !== undefined &&
          others.every(({ machine }) => machine.applied.length === first.machine.applied.length),
      );
    expect(await this.cluster.sim.runUntil(same, 20_000)).toBe(true);
    for (let i = 0; i < GROUPS; i++) {
      const [first, ...others] = this.of(i);
      for (const other of others) expect(other.machine.applied).toEqual(first?.machine.applied);
    }
  }
}

describe('fifty groups on three nodes, in which nothing happens', () => {
  let idle: Idle;

  beforeAll(async () => {
    idle = new Idle(1);
    for (const id of IDS) await idle.boot(id);
    await idle.untilLed();
    await idle.cluster.sim.runFor(5_000);
  });

  it('send a few frames in each interval, however many they are, and hold no elections', async () => {
    const before = idle.terms();
    // A pulse and its answer in each direction of each pair of nodes, on each of their links; and keep-alive.
    const most = (1_000 / HEARTBEAT_MS) * 3 * 2 * 2 * 2 + 10;
    expect(await idle.perSecond()).toBeLessThan(most);
    await idle.cluster.sim.runFor(60_000);
    expect(idle.terms()).toEqual(before);
    expect(idle.led()).toBe(true);
  });

  it('take commands and strong reads at once, on every node', async () => {
    const { sim } = idle.cluster;
    const before = idle.of(0)[0]?.machine.value ?? 0;
    await idle.write();
    const reads = Array.from({ length: GROUPS }, (_, i) =>
      idle.of(i).map(({ group }) => group.query(undefined, 'strong')),
    );
    for (const { result } of await sim.complete(Promise.all(reads.flat()))) expect(result).toBe(before + 3);
    await idle.expectEqual();
  });

  it('H9: read what was written by a new leader, whatever pulses told the old one', async () => {
    const { sim } = idle.cluster;
    await sim.runFor(5_000);
    const leads = idle.parts.get('n1')?.findIndex(({ group }) => group.status().role === 'leader') ?? -1;
    expect(leads).toBeGreaterThanOrEqual(0);
    const [old] = idle.of(leads, ['n1']);
    const before = old?.machine.value ?? 0;
    idle.cluster.isolate('n1');
    const stale = old?.group.query(undefined, 'strong', { timeoutMs: 1_500 }).then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );
    expect(await sim.complete(stale ?? Promise.reject())).toBe('TIMEOUT');
    await idle.untilLed(['n2', 'n3']);
    await idle.write(['n2', 'n3']);
    idle.cluster.heal();
    await idle.untilLed();
    const reads = idle.of(leads).map(({ group }) => group.query(undefined, 'strong'));
    for (const { result } of await sim.complete(Promise.all(reads))) expect(result).toBe(before + 2);
    await idle.expectEqual();
  });

  it('H21: elect others when a node is cut off or paused, and it deposes nobody when it comes back', async () => {
    const { sim } = idle.cluster;
    for (const how of ['cut', 'paused'] as const) {
      await sim.runFor(5_000);
      const others = ['n1', 'n3'];
      if (how === 'cut') idle.cluster.isolate('n2');
      else idle.cluster.member('n2').sim.pause();
      await idle.untilLed(others);
      await idle.write(others);
      const before = idle.terms(others);
      if (how === 'cut') idle.cluster.heal();
      else idle.cluster.member('n2').sim.resume();
      await idle.untilLed();
      await sim.runFor(5_000);
      expect(idle.terms()).toEqual(before);
      await idle.expectEqual();
    }
  });

  it('elect others when a process is killed, and rest again when it is back', async () => {
    const { sim } = idle.cluster;
    idle.cluster.kill('n3');
    await idle.untilLed(['n1', 'n2']);
    await idle.boot('n3');
    await idle.untilLed();
    await sim.runFor(10_000);
    expect(await idle.perSecond()).toBeLessThan(300);
    await idle.write();
    await idle.expectEqual();
  });

  it('elect another where the leader of one group alone is gone, though its process lives', async () => {
    const { sim } = idle.cluster;
    await sim.runFor(5_000);
    const group = 7;
    const led = IDS.find((id) => idle.of(group, [id])[0]?.group.status().role === 'leader') ?? '';
    const others = IDS.filter((id) => id !== led);
    await sim.complete(idle.of(group, [led])[0]?.group.close() ?? Promise.reject());
    const elected = (): boolean =>
      idle.of(group, others).some((part) => part.group.status().role === 'leader');
    expect(await sim.runUntil(elected, 4 * ELECTION_MAX_MS)).toBe(true);
  });
});
