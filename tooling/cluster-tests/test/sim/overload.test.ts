import type { SmaltiError } from '@smalti/core';
import { type GroupHandle, Overloaded } from '@smalti/raft';
import { expect, it } from 'vitest';
import { CounterCluster, type CounterMember } from '../../src/counter-cluster.ts';

const MINUTE = 60_000;
const LIMITS = {
  maxPending: 300,
  maxHandlePending: 100,
  // A few entries for each way there and back: that is what makes this cluster slow.
  maxAppendBytes: 256,
  maxInflightBytes: 2_048,
};

/** One who calls, and what it saw. Each command is another number, so that what was applied can be told apart. */
class Client {
  readonly at: CounterMember;
  readonly handle: GroupHandle<number, void, number>;
  readonly acknowledged: number[] = [];
  readonly failures: SmaltiError[] = [];
  offered = 0;
  refused = 0;
  waiting = 0;
  slowest = 0;
  readonly hints = { least: Number.POSITIVE_INFINITY, most: 0 };

  constructor(at: CounterMember) {
    this.at = at;
    this.handle = at.group.handle();
  }

  send(number: number, now: () => number, then = (): void => {}): void {
    const sent = now();
    this.offered += 1;
    this.waiting += 1;
    this.handle.submit(
      number,
      (error) => {
        this.waiting -= 1;
        if (error === null) {
          this.acknowledged.push(number);
          this.slowest = Math.max(this.slowest, now() - sent);
        } else if (error instanceof Overloaded) {
          this.refused += 1;
          this.hints.least = Math.min(this.hints.least, error.retryAfterMs);
          this.hints.most = Math.max(this.hints.most, error.retryAfterMs);
        } else this.failures.push(error);
        then();
      },
      { timeoutMs: MINUTE },
    );
  }
}

it('H20: ten times of what a cluster takes is refused and not kept, nothing is lost, and shares are fair', async () => {
  const network = { delay: [10, 11] } as const;
  const cluster = await new CounterCluster({ join: { limits: LIMITS }, simulation: { network } }).ready();
  const { sim } = cluster;
  const leader = await cluster.untilLeader();
  const [follower] = cluster.others(leader);
  if (follower === undefined) throw new Error('no follower');
  const greedy = [leader, leader, follower, follower].map((member) => new Client(member));
  const polite = [leader, follower].map((member) => new Client(member));
  const patient = new Client(leader);
  const all = [...greedy, ...polite, patient];

  const { clock } = sim.node('world').ports;
  const now = (): number => sim.now;
  const end = sim.now + MINUTE;
  let numbers = 0;
  const next = (): number => {
    numbers += 1;
    return numbers;
  };
  const most = { handle: 0, node: 0 };
  const flood = (): void => {
    // What is refused was told by now: the rest is in memory.
    for (const { waiting } of all) most.handle = Math.max(most.handle, waiting);
    for (const member of [leader, follower]) {
      const here = all.filter(({ at }) => at === member).reduce((sum, { waiting }) => sum + waiting, 0);
      most.node = Math.max(most.node, here);
    }
    for (const client of greedy) client.send(next(), now);
    if (sim.now < end) clock.setTimer(1, flood);
  };
  const oneByOne = (client: Client): void => {
    if (sim.now < end) client.send(next(), now, () => clock.setTimer(1, () => oneByOne(client)));
  };
  const whenThereIsRoom = async (): Promise<void> => {
    while (sim.now < end) {
      await patient.handle.ready();
      patient.send(next(), now);
    }
  };
  flood();
  for (const client of polite) oneByOne(client);
  await sim.complete(whenThereIsRoom(), 2 * MINUTE);
  await sim.runUntil(() => all.every(({ waiting }) => waiting === 0), MINUTE);
  await cluster.converge();
  cluster.expectEqual();

  const acknowledged = all.flatMap((client) => client.acknowledged);
  const offered = all.reduce((sum, client) => sum + client.offered, 0);
  expect(offered).toBeGreaterThan(10 * acknowledged.length);
  expect(all.flatMap(({ failures }) => failures)).toEqual([]);
  const applied = leader.machine.applied.map(({ command }) => command);
  expect(acknowledged.sort((a, b) => a - b)).toEqual(applied.sort((a, b) => a - b));

  expect(most.handle).toBe(LIMITS.maxHandlePending);
  expect(most.node).toBeGreaterThan(LIMITS.maxPending * 0.8);
  expect(most.node).toBeLessThanOrEqual(LIMITS.maxPending);
  for (const { hints } of greedy) {
    expect(hints.least).toBeGreaterThanOrEqual(10);
    expect(hints.most).toBeLessThanOrEqual(5_000);
  }

  const shares = [...greedy, patient].map((client) => client.acknowledged.length);
  expect(Math.min(...shares)).toBeGreaterThan(0.5 * Math.max(...shares));
  expect(patient.refused).toBe(0);
  // The polite are never refused, and wait for the queues of both nodes at most: not for what was offered in a minute.
  const perMs = acknowledged.length / MINUTE;
  for (const { refused, slowest } of polite) {
    expect(refused).toBe(0);
    expect(slowest).toBeLessThan((2 * LIMITS.maxPending) / perMs);
  }
});
