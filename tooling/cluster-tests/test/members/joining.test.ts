import { describe, expect, it } from 'vitest';
import { Clients } from '../../src/clients.ts';
import { CounterCluster } from '../../src/counter-cluster.ts';
import { LedgerMachine } from '../../src/ledger.ts';
import { SimCluster } from '../../src/sim-cluster.ts';

/** What this node says of the members: `n1 voter, n2 learner`. */
function rolesOf(cluster: CounterCluster, id = cluster.leader?.id ?? 'n1'): string {
  const { members } = cluster.member(id).group.status();
  return members
    .map(({ id: name, role }) => `${name} ${role}`)
    .sort()
    .join(', ');
}

async function untilRoles(cluster: CounterCluster, roles: string, limitMs = 30_000): Promise<void> {
  const found = await cluster.sim.runUntil(
    () => cluster.leader !== null && rolesOf(cluster) === roles,
    limitMs,
  );
  expect(found, `${roles}\n${cluster.leader === null ? '' : rolesOf(cluster)}\n${cluster.show()}`).toBe(true);
}

/** A cluster of one, which others join. */
async function alone(options: ConstructorParameters<typeof CounterCluster>[0] = {}): Promise<CounterCluster> {
  return new CounterCluster({ size: 1, ...options }).ready();
}

const JOIN = { peers: {}, join: ['n1'] };

describe('nodes that join by themselves', () => {
  it('become learners, and voters when there is an odd number of those', async () => {
    const cluster = await alone();
    await cluster.sim.complete(cluster.member('n1').group.execute(5));
    await cluster.boot('n2', JOIN);
    await untilRoles(cluster, 'n1 voter, n2 learner');
    // With two there would be no more voters than can all be needed: it stays as it is.
    await cluster.sim.runFor(20_000);
    expect(rolesOf(cluster)).toBe('n1 voter, n2 learner');
    await cluster.boot('n3', JOIN);
    await untilRoles(cluster, 'n1 voter, n2 voter, n3 voter');
    const { result } = await cluster.sim.complete(cluster.member('n3').group.execute(2));
    expect(result).toBe(7);
    await cluster.converge();
    cluster.expectEqual();
  });

  it('ask again when the entry that named them was lost with the leader that wrote it', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    const leader = await cluster.untilLeader();
    const { group } = await cluster.boot('n4', { peers: {}, join: [leader.id] });
    await cluster.sim.runUntil(() => group.status().cluster !== null, 5_000);
    cluster.sim.network.partition([[leader.id, 'n4']]);
    const isNamed = (): boolean => group.status().members.some(({ id }) => id === 'n4');
    expect(await cluster.sim.runUntil(isNamed, 900), cluster.show()).toBe(true);
    await cluster.sim.runFor(20);
    for (const id of [leader.id, 'n4']) cluster.kill(id);
    cluster.heal();
    const others = cluster.others(leader).filter(({ id }) => id !== 'n4');
    await cluster.sim.runUntil(() => others.some((other) => other.group.status().role === 'leader'), 10_000);
    const again = await cluster.boot('n4', { peers: {}, join: others.map(({ id }) => id) });
    const believes = (): boolean => again.group.status().members.some(({ id }) => id === 'n4');
    expect(await cluster.sim.runUntil(believes, 100), cluster.show()).toBe(true);
    await untilRoles(cluster, 'n1 voter, n2 voter, n3 voter, n4 learner');
    await cluster.converge();
    cluster.expectEqual();
  });

  it('are at most five voters, and the others wait in reserve', async () => {
    const cluster = await alone();
    for (const id of ['n2', 'n3', 'n4', 'n5', 'n6', 'n7']) await cluster.boot(id, JOIN);
    await untilRoles(
      cluster,
      'n1 voter, n2 voter, n3 voter, n4 voter, n5 voter, n6 learner, n7 learner',
      60_000,
    );
    await cluster.sim.runFor(10_000);
    expect(cluster.member('n7').group.status().voter).toBe(false);
  });

  it('find the leader through whichever member they know', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    const leader = await cluster.untilLeader();
    const [follower] = cluster.others(leader);
    await cluster.boot('n9', { peers: {}, join: [follower?.id ?? ''] });
    await untilRoles(cluster, 'n1 voter, n2 voter, n3 voter, n9 learner');
    await cluster.converge();
    cluster.expectEqual();
  });

  it('come back after a restart as what they were, and need no address to join at any more', async () => {
    const cluster = await alone();
    await cluster.boot('n2', JOIN);
    await untilRoles(cluster, 'n1 voter, n2 learner');
    cluster.kill('n2');
    await cluster.sim.runFor(3_000);
    await cluster.boot('n2', { peers: {} });
    await cluster.sim.complete(cluster.member('n1').group.execute(3));
    await cluster.converge();
    expect(cluster.member('n2').machine.value).toBe(3);
  });

  it('observe for ever if that is what they are for', async () => {
    const cluster = await alone();
    for (const id of ['n2', 'n3', 'n4']) await cluster.boot(id, { ...JOIN, preference: 'observer' });
    await untilRoles(cluster, 'n1 voter, n2 learner, n3 learner, n4 learner');
    await cluster.sim.runFor(20_000);
    expect(rolesOf(cluster)).toBe('n1 voter, n2 learner, n3 learner, n4 learner');
    await expect(
      cluster.sim.complete(cluster.member('n2').group.members.promote('n3')),
    ).rejects.toMatchObject({ code: 'MEMBERSHIP_REFUSED', details: { reason: 'observer' } });
  });

  it('H4: have no say as learners: with both voters of three gone nothing is committed, whatever the learners hold', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    for (const id of ['n4', 'n5']) await cluster.boot(id, { ...JOIN, preference: 'observer' });
    await untilRoles(cluster, 'n1 voter, n2 voter, n3 voter, n4 learner, n5 learner');
    const leader = await cluster.untilLeader();
    const { index } = leader.group.status().committed;
    for (const id of ['n1', 'n2', 'n3']) if (id !== leader.id) cluster.kill(id);
    const outcome = leader.group.execute(1, { timeoutMs: 5_000 }).catch((error: Error) => error);
    await cluster.sim.runFor(20_000);
    expect(await outcome).toMatchObject({ outcome: 'unknown' });
    for (const { group } of cluster.running) expect(group.status().committed.index).toBe(index);
    expect(cluster.leader).toBe(null);
  });
});

describe('voters that are gone', () => {
  it('make room for a learner after a while, and come back as learners', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    await cluster.boot('n4', JOIN);
    await untilRoles(cluster, 'n1 voter, n2 voter, n3 voter, n4 learner');
    const leader = await cluster.untilLeader();
    const gone = cluster.others(leader).find(({ id }) => id !== 'n4')?.id ?? '';
    cluster.kill(gone);
    await cluster.sim.runFor(30_000);
    expect(rolesOf(cluster)).toContain(`${gone} voter`);
    const rest = ['n1', 'n2', 'n3', 'n4'].map((id) => `${id} ${id === gone ? 'learner' : 'voter'}`);
    await untilRoles(cluster, rest.join(', '), 60_000);
    await cluster.boot(gone);
    await cluster.converge();
    cluster.expectEqual();
    await cluster.sim.runFor(10_000);
    expect(rolesOf(cluster)).toBe(rest.join(', '));
  });

  it('H5: that lost their disks get their place back in one change, under the new incarnation', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    const leader = await cluster.untilLeader();
    const [lost] = cluster.others(leader);
    if (lost === undefined) throw new Error('there are three');
    await cluster.sim.complete(leader.group.execute(4));
    const before = lost.group.status().incarnation;
    cluster.kill(lost.id);
    cluster.wipe(lost.id);
    const fresh = await cluster.boot(lost.id);
    await cluster.sim.runFor(1_000);
    expect(fresh.group.status().voter).toBe(false);
    await untilRoles(cluster, 'n1 voter, n2 voter, n3 voter', 60_000);
    expect(fresh.group.status().incarnation).not.toBe(before);
    const found = await cluster.sim.runUntil(() => fresh.group.status().voter, 60_000);
    expect(found, cluster.show()).toBe(true);
    await cluster.converge();
    cluster.expectEqual();
  });
});

describe('changes by hand', () => {
  it('go through any node: promote, demote, remove, and hand over', async () => {
    const cluster = await new CounterCluster({ size: 3, join: { policy: null } }).ready();
    await cluster.boot('n4', JOIN);
    await untilRoles(cluster, 'n1 voter, n2 voter, n3 voter, n4 learner');
    const { members } = cluster.member('n4').group;
    await cluster.sim.complete(members.promote('n4'));
    expect(rolesOf(cluster)).toBe('n1 voter, n2 voter, n3 voter, n4 voter');
    await cluster.sim.complete(members.transfer('n4'));
    await cluster.sim.runFor(1_000);
    expect(cluster.leader?.id).toBe('n4');
    await cluster.sim.complete(members.demote('n1'));
    await cluster.sim.complete(members.remove('n1'));
    expect(rolesOf(cluster)).toBe('n2 voter, n3 voter, n4 voter');
    // It leads, and removes itself: it hands over first.
    await cluster.sim.complete(members.remove('n4').catch((error: Error) => error));
    await untilRoles(cluster, 'n2 voter, n3 voter');
    const { result } = await cluster.sim.complete(cluster.member('n2').group.execute(1));
    expect(result).toBe(1);
  });

  it('H33: a removed node is told, its calls end with REMOVED, and it disturbs nobody, though it restarts', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    const leader = await cluster.untilLeader();
    const [gone] = cluster.others(leader);
    if (gone === undefined) throw new Error('there are three');
    const { term } = leader.group.status();
    const waiting = gone.group.when.leaderIs('n9' as never).catch((error: Error) => error);
    await cluster.sim.complete(leader.group.members.remove(gone.id));
    await cluster.sim.runFor(500);
    expect(await waiting).toMatchObject({ code: 'REMOVED' });
    await expect(cluster.sim.complete(gone.group.execute(1))).rejects.toMatchObject({
      code: 'REMOVED',
      outcome: 'not-applied',
    });
    expect(gone.group.status().trouble).toContain('removed');
    cluster.kill(gone.id);
    const again = await cluster.boot(gone.id);
    await cluster.sim.runFor(20_000);
    expect(again.group.status().trouble).toContain('removed');
    expect(leader.group.status()).toMatchObject({ term, role: 'leader' });
    await cluster.sim.complete(leader.group.execute(1));
  });

  it('H33: a removed node that was away meanwhile is told when it comes back', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    const leader = await cluster.untilLeader();
    const [gone] = cluster.others(leader);
    if (gone === undefined) throw new Error('there are three');
    cluster.kill(gone.id);
    await cluster.sim.complete(leader.group.members.remove(gone.id));
    const { term } = leader.group.status();
    const again = await cluster.boot(gone.id);
    await cluster.sim.runFor(5_000);
    expect(again.group.status().trouble).toContain('removed');
    expect(leader.group.status()).toMatchObject({ term, role: 'leader' });
  });

  it('are refused when the quorum would be lost at once, and made by force', async () => {
    const cluster = await new CounterCluster({ size: 3, join: { policy: null } }).ready();
    const leader = await cluster.untilLeader();
    const [down, up] = cluster.others(leader);
    if (down === undefined || up === undefined) throw new Error('there are three');
    cluster.kill(down.id);
    await cluster.sim.runFor(3_000);
    await expect(cluster.sim.complete(leader.group.members.remove(up.id))).rejects.toMatchObject({
      code: 'MEMBERSHIP_REFUSED',
      details: { reason: 'quorum-at-risk' },
    });
    await cluster.sim.complete(leader.group.members.remove(down.id));
    expect(rolesOf(cluster)).toBe(
      [leader.id, up.id]
        .sort()
        .map((id) => `${id} voter`)
        .join(', '),
    );
  });

  it('from one to three to five to three to one, under load: no write fails', async () => {
    const cluster = await new SimCluster<number, void, number, LedgerMachine>({
      size: 1,
      machine: () => new LedgerMachine(),
      join: { policy: null },
    }).ready();
    const { sim } = cluster;
    const clients = new Clients(cluster, { clients: 4, pauseMs: 10, reads: 0.1, timeoutMs: 20_000 });
    const over = clients.start();
    const first = cluster.member('n1').group;
    for (const id of ['n2', 'n3', 'n4', 'n5']) {
      await cluster.boot(id, JOIN);
      await sim.runUntil(() => first.members.list().some((member) => member.id === id), 20_000);
      await sim.runFor(1_000);
      await sim.complete(first.members.promote(id, { timeoutMs: 20_000 }));
    }
    for (const id of ['n1', 'n2', 'n3', 'n4']) {
      const { group } = cluster.member('n5');
      await sim.complete(group.members.remove(id, { timeoutMs: 20_000 }));
      await sim.runFor(300);
      cluster.kill(id);
    }
    await sim.runFor(2_000);
    clients.stop();
    await sim.complete(over);
    expect(clients.check()).toEqual([]);
    expect(
      cluster
        .member('n5')
        .group.status()
        .members.map(({ id }) => id),
    ).toEqual(['n5']);
  });
});

describe('leadership', () => {
  it('is handed over when a leader stops: no election timeout passes', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    const leader = await cluster.untilLeader();
    await cluster.sim.runFor(1_000);
    const began = cluster.sim.now;
    await cluster.sim.complete(leader.group.close());
    const [other] = cluster.others(leader);
    const { result } = await cluster.sim.complete(other?.group.execute(1) ?? Promise.reject());
    expect(result).toBe(1);
    expect(cluster.sim.now - began).toBeLessThan(100);
  });

  it('is not wanted by the reluctant as long as others live', async () => {
    const cluster = new CounterCluster({ size: 3 });
    for (const id of cluster.ids) {
      await cluster.boot(id, { bootstrap: id === 'n1', preference: id === 'n3' ? 'normal' : 'reluctant' });
    }
    await cluster.untilLeader();
    expect(cluster.leader?.id).toBe('n3');
  });

  it('stays where it is for an hour of quiet', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    const leader = await cluster.untilLeader();
    const { term } = leader.group.status();
    await cluster.sim.runFor(3_600_000);
    expect(leader.group.status()).toMatchObject({ term, role: 'leader' });
  }, 60_000);

  it('H21: is not lost to a node that flaps each second for two minutes', async () => {
    const cluster = await new CounterCluster({ size: 3 }).ready();
    const leader = await cluster.untilLeader();
    const [flapping] = cluster.others(leader);
    const { term } = leader.group.status();
    const index = leader.group.status().log.last;
    for (let second = 0; second < 120; second++) {
      if (second % 2 === 0) cluster.isolate(flapping?.id ?? '');
      else cluster.heal();
      await cluster.sim.runFor(1_000);
    }
    cluster.heal();
    await cluster.sim.runFor(3_000);
    expect(leader.group.status()).toMatchObject({ term, role: 'leader' });
    expect(leader.group.status().log.last).toBe(index);
    await cluster.converge();
  });
});
