import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, QUICK } from '../../processes/cluster.ts';
import { Operator, tokenFlags } from '../../processes/operator.ts';
import { SteadyWrites } from '../../processes/steady-writes.ts';
import { until } from '../../processes/until.ts';

interface Summary {
  readonly cluster: string;
  readonly group: string;
  readonly index: number;
}

describe('a group that is backed up from a follower', () => {
  it('under load, and restored, is another group with the same state', async () => {
    await using old = await Cluster.plan({ timing: QUICK });
    for (const node of old.nodes) {
      node.launch([...(node.id === 'n1' ? ['--bootstrap'] : []), ...tokenFlags(old.directory)]);
    }
    await old.ready();
    const operator = new Operator(old);
    const [follower] = old.others(await old.leader());
    if (follower === undefined) throw new Error('there is a follower');
    const backUp = async (name: string): Promise<Summary> => {
      const file = join(old.directory, name);
      const { code, out, error } = await operator.run(['backup', file, '--fresh', '--json'], [follower]);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      const verified = await operator.run(['verify', file, '--json'], []);
      expect([verified.code, verified.out]).toEqual([0, out]);
      return JSON.parse(out) as Summary;
    };

    const load = new SteadyWrites(old);
    await load.more(300);
    const early = await backUp('under-load.backup');
    await load.more(100);
    await load.stop();
    const last = await backUp('last.backup');
    expect(last.index).toBeGreaterThan(early.index);
    const [before] = await old.agree();
    expect(last).toMatchObject({ cluster: before?.cluster, group: before?.group });

    await using fresh = await Cluster.plan({ timing: QUICK, joining: true });
    const first = fresh.node('n1');
    const { data } = first.place;
    const places = ['--data', data, '--id', 'n1', '--listen', first.listen, '--key-file', fresh.keyFile];
    const restored = await operator.run(
      ['restore', join(old.directory, 'last.backup'), ...places, '--json'],
      [],
    );
    expect({ code: restored.code, error: restored.error }).toEqual({ code: 0, error: '' });
    const founded = JSON.parse(restored.out) as Summary;
    expect(founded.group).toBe(last.group);
    expect(founded.cluster).not.toBe(last.cluster);

    // It knows where a node of the old group is, and has its key.
    const stranger = old.node('n3');
    first.launch(['--bootstrap', '--peers', `n1=${first.listen},${stranger.id}=${stranger.listen}`]);
    await first.ready();
    const [alone] = await fresh.agree([first]);
    expect(alone?.cluster).toBe(founded.cluster);
    expect(alone?.digest?.sha256).toBe(before?.digest?.sha256);
    expect(alone?.committed).toBeGreaterThan(founded.index);
    const refused = await until('they refuse each other', async () => {
      const { refusals, bonds } = await first.status();
      expect(bonds).toEqual([]);
      return refusals.find(({ code }) => code === 'WRONG_CLUSTER');
    });
    expect(refused.code).toBe('WRONG_CLUSTER');

    await first.kill();
    first.launch(['--bootstrap']);
    await first.ready();
    const [again] = await fresh.agree([first]);
    expect(again).toMatchObject({ cluster: founded.cluster, digest: { sha256: before?.digest?.sha256 } });

    const second = fresh.node('n2');
    second.launch(['--join', first.listen]);
    await second.ready();
    const [, joined] = await fresh.agree([first, second]);
    expect(joined?.digest?.sha256).toBe(before?.digest?.sha256);
    await old.agree();
  }, 90_000);
});
