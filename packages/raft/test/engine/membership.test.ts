import { keyOf } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { targetOf } from '../../src/engine/membership.ts';
import { Cluster } from './support/cluster.ts';
import { configuration, key, member } from './support/members.ts';

function keysOf(target: ReturnType<typeof targetOf>): { voters: string[]; learners: string[] } {
  if ('reason' in target) throw new Error(target.text);
  return { voters: target.voters.map(keyOf), learners: target.learners.map(keyOf) };
}

describe('two incarnations of one node', () => {
  /** b is a voter that lost its disk, and a learner under its new incarnation. */
  const both = { ...configuration(['a', 'b', 'c']), learners: [member('b', 1)] };

  it('H5: demoted, the old one is a member no more, and the new one stays', () => {
    for (const node of ['b', key('b')]) {
      const target = keysOf(targetOf(both, [{ type: 'demote', node }]));
      expect(target).toEqual({ voters: [key('a'), key('c')], learners: [key('b', 1)] });
    }
  });

  it('H5: promoted, the new one takes the place of the old one', () => {
    const target = keysOf(targetOf(both, [{ type: 'promote', node: 'b' }]));
    expect(target).toEqual({ voters: [key('a'), key('b', 1), key('c')], learners: [] });
  });

  it('are both removed by their id, and one by its key', () => {
    const all = keysOf(targetOf(both, [{ type: 'remove', node: 'b' }]));
    expect(all).toEqual({ voters: [key('a'), key('c')], learners: [] });
    const one = keysOf(targetOf(both, [{ type: 'remove', node: key('b') }]));
    expect(one).toEqual({ voters: [key('a'), key('c')], learners: [key('b', 1)] });
  });
});

it('H33: a node is seen as removed also when it has the entry that removed it', () => {
  const cluster = new Cluster();
  cluster.elect('a');
  expect(cluster.change('a', [{ type: 'remove', node: 'c' }])).toBeTypeOf('number');
  cluster.runUntil(() => cluster.node('c').engine.view.removed);
  expect(cluster.node('c').engine.view.configurationIndex).toBe(
    cluster.node('a').engine.view.configurationIndex,
  );
  expect(cluster.node('a').engine.view.removed).toBe(false);
});
