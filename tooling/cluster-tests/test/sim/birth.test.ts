import { describe, expect, it } from 'vitest';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';
import { KEY } from '../../src/sim-cluster.ts';

const NEW_KEY = new TextEncoder().encode('another key of this group');

describe('the birth of a group', () => {
  it('waits for every node that is named', async () => {
    const cluster = new CounterCluster();
    await cluster.boot('n1', { bootstrap: true });
    await cluster.boot('n2');
    await cluster.sim.runFor(20_000);
    for (const { group } of cluster.running) {
      expect(group.status()).toMatchObject({
        role: 'blank',
        cluster: null,
        trouble: expect.stringContaining('blank'),
      });
    }
    await cluster.boot('n3');
    await cluster.untilLeader();
    await cluster.converge();
    const [first, ...others] = cluster.running.map(({ group }) => group.status());
    for (const status of others) expect(status.cluster).toBe(first?.cluster);
    expect(first?.members.map(({ id, role }) => `${id} ${role}`)).toEqual([
      'n1 voter',
      'n2 voter',
      'n3 voter',
    ]);
  });

  it('of two nodes that were started to bootstrap both stop and name each other', async () => {
    const cluster = new CounterCluster({ size: 2 });
    await cluster.boot('n1', { bootstrap: true });
    await cluster.boot('n2', { bootstrap: true });
    const failures = cluster.running.map(({ node }) => node.failed);
    const [one, two] = await cluster.sim.complete(Promise.all(failures));
    for (const error of [one, two]) {
      expect(error?.code).toBe('TWO_BOOTSTRAPS');
      expect(error?.message).toContain('n1');
      expect(error?.message).toContain('n2');
    }
    for (const { group } of cluster.members.values()) expect(group.status().cluster).toBeNull();
  });

  it('against a peer that is born already is refused', async () => {
    const cluster = await new CounterCluster().ready();
    cluster.crash('n1');
    cluster.wipe('n1');
    const again = await cluster.boot('n1', { bootstrap: true });
    const error = await cluster.sim.complete(again.node.failed);
    expect(error.code).toBe('ALREADY_BORN');
    expect(error.message).toMatch(/n[23]/);
    const { error: refused } = await outcomeOf(cluster.sim.complete(again.group.execute(1)));
    expect(refused).toMatchObject({ code: 'STOPPED', outcome: 'not-applied' });
  });

  it('goes on wherever the founder or all of them crash meanwhile', async () => {
    for (let at = 0; at < 40; at++) {
      const cluster = new CounterCluster({
        seed: at + 1,
        simulation: { seed: at + 1, network: { delay: [1, 2] } },
      });
      for (const id of cluster.ids) await cluster.boot(id, { bootstrap: id === 'n1' });
      await cluster.sim.runFor(at);
      const victims = at % 2 === 0 ? ['n1'] : cluster.ids;
      for (const id of victims) cluster.crash(id);
      await cluster.sim.runFor(at % 3 === 0 ? 3000 : 0);
      for (const id of victims) await cluster.boot(id, { bootstrap: id === 'n1' });
      await cluster.untilLeader();
      await cluster.sim.complete(cluster.member('n2').group.execute(1));
      await cluster.converge();
      cluster.expectEqual();
      expect(new Set(cluster.running.map(({ group }) => group.status().cluster)).size).toBe(1);
      expect(cluster.running).toHaveLength(3);
    }
  });

  it('a blank node that the group does not name stays blank', async () => {
    const cluster = await new CounterCluster().ready();
    const stranger = await cluster.boot('n9', { peers: { n1: 'n1', n9: 'n9' } });
    await cluster.sim.runFor(5000);
    expect(stranger.group.status()).toMatchObject({ role: 'blank', cluster: null });
    expect(stranger.group.status().bonds.map(({ id }) => id)).toEqual(['n1']);
    const { error } = await outcomeOf(cluster.sim.complete(stranger.group.execute(1, { timeoutMs: 500 })));
    expect(error).toMatchObject({ code: 'OFFLINE', outcome: 'not-applied' });
  });

  it('that finds no room on the disk is written when there is some', async () => {
    const cluster = new CounterCluster();
    for (const id of cluster.ids) {
      await cluster.boot(id, { bootstrap: id === 'n1' });
      cluster.memory(id).capacity = 10;
    }
    await cluster.sim.runFor(5000);
    expect(cluster.member('n1').group.status().role).toBe('blank');
    cluster.memory('n1').capacity = 1e9;
    await cluster.sim.runFor(5000);
    expect(cluster.member('n1').group.status().cluster).not.toBeNull();
    expect(cluster.member('n2').group.status().role).toBe('blank');
    for (const id of ['n2', 'n3']) cluster.memory(id).capacity = 1e9;
    await cluster.untilLeader();
    await cluster.converge();
  });
});

describe('who a node is', () => {
  it('H5: a node that lost its disk is another: it catches up, is counted for nothing, and says so', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    await sim.complete(cluster.member('n1').group.execute(6));
    const victim = cluster.others(await cluster.untilLeader())[0];
    if (victim === undefined) throw new Error('no follower');
    const { incarnation } = victim.group.status();
    cluster.crash(victim.id);
    cluster.wipe(victim.id);
    const again = await cluster.boot(victim.id);
    await sim.runUntil(() => again.machine.value === 6, 10_000);
    const status = again.group.status();
    expect(status.incarnation).not.toBe(incarnation);
    expect(status).toMatchObject({ voter: false, trouble: expect.stringContaining('not counted') });
    expect(again.machine.value).toBe(6);
    // Two of three voters are left. With one more gone the new one must not make a quorum.
    const leader = await cluster.untilLeader();
    const [other] = cluster.others(leader).filter(({ id }) => id !== again.id);
    cluster.crash(other?.id ?? '');
    const { error } = await sim.complete(outcomeOf(leader.group.execute(1, { timeoutMs: 8000 })));
    expect(error).not.toBeNull();
    expect(again.machine.value).toBe(6);
    await sim.runFor(10_000);
    expect(cluster.leader).toBeNull();
  });

  it('H5: a node whose group key was rotated away does not come back blank under its old name', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    await sim.complete(cluster.member('n1').group.execute(6));
    // First every node accepts the new key too.
    for (const id of cluster.ids) {
      cluster.crash(id);
      await cluster.boot(id, { keys: [NEW_KEY, KEY] });
      await cluster.untilLeader();
    }
    await cluster.converge();
    const [victim] = cluster.others(await cluster.untilLeader());
    if (victim === undefined) throw new Error('no follower');
    const { group } = victim;
    cluster.crash(victim.id);
    const lost = await cluster.boot(victim.id, { keys: [NEW_KEY] });
    const error = await sim.complete(lost.node.failed);
    expect(error).toMatchObject({ code: 'STORAGE_FOREIGN', details: { group: group.id } });
    cluster.crash(victim.id);
    const found = await cluster.boot(victim.id, { keys: [NEW_KEY], group: group.id });
    await cluster.converge();
    expect(found.machine.value).toBe(6);
    expect(found.group.status().voter).toBe(true);
    expect(found.group.id).toBe(group.id);
  });

  it('H35: nodes of two clusters with one key do not mix, and each says whose the other is', async () => {
    const cluster = await new CounterCluster().ready();
    const clusters = new Set([cluster.member('n1').group.status().cluster]);
    const other = await cluster.boot('m1', { peers: { m1: 'm1' }, bootstrap: true });
    await cluster.sim.runUntil(() => other.group.status().role === 'leader', 10_000);
    clusters.add(other.group.status().cluster);
    cluster.crash('m1');
    const again = await cluster.boot('m1', { peers: { m1: 'm1', n1: 'n1' } });
    await cluster.sim.runFor(5000);
    expect(again.group.status().bonds).toEqual([]);
    const [refusal] = again.group.status().refusals;
    expect(refusal?.code).toBe('WRONG_CLUSTER');
    for (const name of clusters) expect(refusal?.detail).toContain(name);
    expect(
      cluster
        .member('n1')
        .group.status()
        .refusals.map(({ code }) => code),
    ).toContain('WRONG_CLUSTER');
  });
});
