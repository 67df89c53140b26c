import type { MemberKey, PartName } from '@smalti/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../src/group/checkpoints/verdicts.ts';
import { configuration, key, namesOf } from '../../engine/support/members.ts';

const NAMES = namesOf(7);
const ROOTS = ['x', 'y', 'z'] as PartName[];
const subset = fc.subarray(NAMES);
const configurations = fc
  .tuple(fc.subarray(NAMES, { minLength: 1 }), subset, subset)
  .map(([voters, outgoing, learners]) => ({
    voters,
    outgoing,
    of: configuration(voters, learners, outgoing),
  }));
const reported = fc
  .array(fc.option(fc.constantFrom(...ROOTS)), { minLength: NAMES.length, maxLength: NAMES.length })
  .map((roots) => NAMES.map((name, i) => [key(name), roots[i] ?? null] as const));

type Reports = Map<MemberKey, PartName>;

function mapOf(list: readonly (readonly [MemberKey, PartName | null])[]): Reports {
  return new Map(list.flatMap(([of, root]) => (root === null ? [] : [[of, root] as const])));
}

/** More than half of those names, by counting. */
function most(names: readonly string[], yes: (of: MemberKey) => boolean): boolean {
  return names.length === 0 || names.filter((name) => yes(key(name))).length * 2 > names.length;
}

describe('what reports come to', () => {
  it('is a root exactly if more than half of each configuration reported it, whoever leads and learns', () => {
    void fc.assert(
      fc.property(configurations, reported, ({ voters, outgoing, of }, list) => {
        const reports = mapOf(list);
        const verdict = verdictOf(of, reports);
        const winners = ROOTS.filter((root) => {
          const yes = (member: MemberKey): boolean => reports.get(member) === root;
          return most(voters, yes) && most(outgoing, yes);
        });
        expect(winners.length).toBeLessThanOrEqual(1);
        expect(verdict.type === 'agreed' ? [verdict.root] : []).toEqual(winners);
      }),
    );
  });

  it('is a dispute exactly if no further reports can bring a root', () => {
    void fc.assert(
      fc.property(configurations, reported, ({ of }, list) => {
        const reports = mapOf(list);
        const now = verdictOf(of, reports);
        if (now.type === 'agreed') return;
        // Whatever could come is best for a root if all that are silent report just it.
        const possible = [...ROOTS, 'never seen' as PartName].some((root) => {
          const all = new Map(list.map(([member, was]) => [member, was ?? root]));
          return verdictOf(of, all).type === 'agreed';
        });
        expect(now.type).toBe(possible ? 'pending' : 'disputed');
      }),
    );
  });

  it('stays what it is, whatever else is reported', () => {
    void fc.assert(
      fc.property(configurations, reported, reported, ({ of }, list, more) => {
        const reports = mapOf(list);
        const later = new Map([...mapOf(more), ...reports]);
        const now = verdictOf(of, reports);
        if (now.type !== 'pending') expect(verdictOf(of, later)).toEqual(now);
      }),
    );
  });

  it('H40: is what a majority reported, even if the leader reported another root', () => {
    const of = configuration(['a', 'b', 'c']);
    const [x, y] = ROOTS as [PartName, PartName, PartName];
    const reports = new Map([
      [key('a'), x],
      [key('b'), y],
      [key('c'), y],
    ]);
    expect(verdictOf(of, reports)).toEqual({ type: 'agreed', root: y });
  });
});
