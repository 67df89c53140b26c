import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, QUICK } from '../../processes/cluster.ts';
import { Operator, tokenFlags } from '../../processes/operator.ts';
import { SteadyWrites } from '../../processes/steady-writes.ts';

interface Summary {
  readonly cluster: string;
  readonly group: string;
  readonly index: number;
}

describe('a group that is backed up from a follower', () => {
  it('under load, goes on, and the backup makes another group', async () => {
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
    await old.agree();
  }, 90_000);
});
