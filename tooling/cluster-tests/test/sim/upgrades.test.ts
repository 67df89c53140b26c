import { describe, expect, it } from 'vitest';
import { type Account, NewTally, OldTally } from '../../src/double-tally.ts';
import { SimCluster } from '../../src/sim-cluster.ts';
import { UpgradeCluster, upgradeRun } from '../../src/upgrade-cluster.ts';

async function say(cluster: UpgradeCluster, word: string, times: number): Promise<number[]> {
  const said: number[] = [];
  for (let i = 0; i < times; i++) {
    const { group } = cluster.running[i % cluster.running.length] ?? cluster.member('n1');
    said.push((await cluster.sim.complete(group.execute(word))).result);
  }
  return said;
}

describe('a machine that is upgraded in place', () => {
  it('goes on as it was until the last node knows the new version, and then changes everywhere at once', async () => {
    const cluster = await new UpgradeCluster().ready();
    expect(await say(cluster, 'a', 3)).toEqual([1, 2, 3]);
    await cluster.upgrade('n2');
    await cluster.untilLeader();
    await cluster.upgrade('n1');
    await cluster.untilLeader();
    await cluster.sim.runFor(20_000);
    expect(cluster.versions.sort()).toEqual(['1/1', '1/2', '1/2']);
    expect(await say(cluster, 'a', 3)).toEqual([4, 5, 6]);
    await cluster.upgrade('n3');
    await cluster.sim.runFor(20_000);
    expect(cluster.versions).toEqual(['2/2', '2/2', '2/2']);
    expect(await say(cluster, 'a', 3)).toEqual([8, 10, 12]);
    await cluster.converge();
    for (const { machine } of cluster.running) expect(machine.counts.get('a')).toBe(12);
  });

  it('H43: has checkpoints on which old nodes and new ones agree, and goes on from them', async () => {
    const cluster = await new UpgradeCluster().ready();
    await say(cluster, 'a', 11);
    const versionOf = async (): Promise<void> => {
      const taken = await cluster.sim.complete(
        Promise.all(cluster.running.map(({ group }) => group.checkpoints.take())),
      );
      expect(new Set(taken.map(({ root }) => root)).size).toBe(1);
    };
    for (const id of cluster.ids) {
      await versionOf();
      await cluster.upgrade(id);
      await cluster.untilLeader();
      await say(cluster, 'a', 2);
    }
    await cluster.sim.runFor(20_000);
    await say(cluster, 'a', 4);
    await versionOf();
    const count = cluster.running[0]?.machine.counts.get('a');
    for (const id of cluster.ids) cluster.kill(id);
    for (const id of cluster.ids) await cluster.boot(id);
    await cluster.untilLeader();
    await cluster.converge();
    expect(cluster.versions).toEqual(['2/2', '2/2', '2/2']);
    for (const { machine } of cluster.running) expect(machine.counts.get('a')).toBe(count);
    expect(await say(cluster, 'a', 1)).toEqual([(count ?? 0) + 2]);
  });

  it('changes in groups that keep no checkpoints, too, and over changes of leader', async () => {
    const account: Account = new Map();
    let isNew = false;
    const machine = (): OldTally => (isNew ? new NewTally(account) : new OldTally(account));
    const cluster = await new SimCluster<string, string, number, OldTally>({ size: 3, machine }).ready();
    isNew = true;
    for (const id of cluster.ids) {
      cluster.kill(id);
      await cluster.boot(id);
      await cluster.untilLeader();
    }
    await cluster.sim.runFor(20_000);
    const inForce = cluster.running.map(({ group }) => group.status().machineVersion);
    expect(inForce).toEqual(cluster.ids.map(() => ({ inForce: 2, newest: 2 })));
    expect((await cluster.sim.complete(cluster.member('n1').group.execute('a'))).result).toBe(2);
  });

  it('waits for a node that is down, and for no other word once it knows', async () => {
    const cluster = await new UpgradeCluster().ready();
    cluster.kill('n3');
    await cluster.upgrade('n1');
    await cluster.untilLeader();
    await cluster.upgrade('n2');
    await cluster.untilLeader();
    await cluster.sim.runFor(60_000);
    expect(cluster.versions).toEqual(['1/2', '1/2']);
    await cluster.upgrade('n3');
    await cluster.sim.runFor(20_000);
    expect(cluster.versions).toEqual(['2/2', '2/2', '2/2']);
    const { last } = cluster.member('n1').group.status().log;
    await cluster.sim.runFor(60_000);
    expect(cluster.member('n1').group.status().log.last).toBe(last);
  });

  it('leaves an old node behind that comes later: it says why, and the others go on', async () => {
    const cluster = await new UpgradeCluster().ready();
    await say(cluster, 'a', 3);
    for (const id of cluster.ids) {
      await cluster.upgrade(id);
      await cluster.untilLeader();
    }
    await cluster.sim.runFor(20_000);
    cluster.kill('n3');
    cluster.upgraded.delete('n3');
    await cluster.boot('n3');
    await cluster.untilLeader();
    await cluster.sim.runFor(20_000);
    const { group } = cluster.member('n3');
    expect(group.status().machineVersion).toEqual({ inForce: 1, newest: 1 });
    expect(group.status().trouble).toContain('the state machine failed');
    await expect(cluster.sim.complete(group.query('a', 'weak'))).rejects.toMatchObject({
      code: 'MACHINE_FAILED',
      message: expect.stringContaining('upgrade this node'),
    });
    const { group: healthy } = cluster.member('n1');
    expect((await cluster.sim.complete(healthy.execute('a'))).result).toBe(5);
    await cluster.upgrade('n3');
    await cluster.untilLeader();
    await cluster.converge();
    expect(cluster.member('n3').machine.counts.get('a')).toBe(5);
  });

  it('is not begun by an old node whose checkpoints are newer', async () => {
    const cluster = await new UpgradeCluster().ready();
    for (const id of cluster.ids) {
      await cluster.upgrade(id);
      await cluster.untilLeader();
    }
    await cluster.sim.runFor(20_000);
    await say(cluster, 'a', 3);
    await cluster.sim.complete(cluster.member('n3').group.checkpoints.take());
    cluster.kill('n3');
    cluster.upgraded.delete('n3');
    await expect(cluster.boot('n3')).rejects.toMatchObject({
      code: 'STORAGE_VERSION',
      message: expect.stringContaining('version 2 of its machine is in force there, and 1 is known here'),
    });
  });
});

describe('upgrades among random troubles', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'seed %i: old code and new make the same of every entry and every checkpoint',
    async (seed) => {
      const run = await upgradeRun(seed);
      expect(run.troubles).toEqual([]);
      expect(run.versions).toEqual(['2/2', '2/2', '2/2']);
      expect(run.states.size).toBe(1);
      expect(run.roots.size).toBe(1);
      expect(run.roots.has('none')).toBe(false);
    },
  );

  it('show new code that does at once what is new', async () => {
    const troubles: string[] = [];
    for (let seed = 1; seed <= 3; seed++) troubles.push(...(await upgradeRun(seed, true)).troubles);
    expect(troubles.join()).toMatch(/the state machine failed/);
  });
});
