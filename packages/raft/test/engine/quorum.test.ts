import type { Configuration, Index, MemberKey } from '@smalti/core';
import { keyOf } from '@smalti/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  everyVoter,
  hasQuorum,
  isVoter,
  quorumIndex,
  quorumIsLost,
  quorumValue,
  votersOf,
} from '../../src/engine/quorum.ts';
import { configuration, key, namesOf } from './support/members.ts';

/** A set is a quorum if it has more than half of the voters, in a joint configuration of either list. */
function isQuorum(of: Configuration, has: (key: MemberKey) => boolean): boolean {
  return [of.voters, of.outgoing].every(
    (list) => list.length === 0 || 2 * list.filter((member) => has(keyOf(member))).length > list.length,
  );
}

const NAMES = namesOf(7);
const subset = fc.subarray(NAMES);
const configurations = fc
  .tuple(fc.subarray(NAMES, { minLength: 1 }), subset, subset)
  .map(([voters, outgoing, learners]) => configuration(voters, learners, outgoing));

/** Every set of members. */
function* subsets(): Generator<ReadonlySet<MemberKey>> {
  for (let bits = 0; bits < 2 ** NAMES.length; bits++) {
    yield new Set(NAMES.filter((_, i) => (bits >> i) & 1).map((name) => key(name)));
  }
}

describe('quorums, joint ones too (Raft §5.1, §6)', () => {
  it('are more than half of the voters of each configuration', () => {
    void fc.assert(
      fc.property(configurations, subset, (of, names) => {
        const yes = new Set(names.map((name) => key(name)));
        expect(hasQuorum(of, (member) => yes.has(member))).toBe(isQuorum(of, (member) => yes.has(member)));
      }),
    );
  });

  it('share a member, any two of them', () => {
    void fc.assert(
      fc.property(configurations, subset, subset, (of, one, other) => {
        const [a, b] = [one, other].map((names) => new Set(names.map((name) => key(name))));
        const both = (set: ReadonlySet<MemberKey> | undefined): boolean =>
          hasQuorum(of, (member) => set?.has(member) === true);
        if (both(a) && both(b))
          expect(votersOf(of).some((voter) => a?.has(voter) && b?.has(voter))).toBe(true);
      }),
    );
  });

  it('are lost exactly when those who have not refused are none', () => {
    void fc.assert(
      fc.property(configurations, subset, (of, names) => {
        const no = new Set(names.map((name) => key(name)));
        expect(quorumIsLost(of, (member) => no.has(member))).toBe(!isQuorum(of, (member) => !no.has(member)));
      }),
    );
  });

  it('have reached the highest value that the members of some quorum all have', () => {
    void fc.assert(
      fc.property(configurations, fc.array(fc.nat(9), { minLength: 7, maxLength: 7 }), (of, values) => {
        const valueAt = (member: MemberKey): number =>
          values[NAMES.findIndex((name) => key(name) === member)] ?? 0;
        let best = 0;
        for (const set of subsets()) {
          if (isQuorum(of, (member) => set.has(member)))
            best = Math.max(best, Math.min(...[...set].map(valueAt)));
        }
        expect(quorumValue(of, valueAt)).toBe(best);
        expect(quorumIndex(of, (member) => valueAt(member) as Index)).toBe(best);
      }),
      { numRuns: 60 },
    );
  });

  it('know their voters: those of either list, and no learner', () => {
    void fc.assert(
      fc.property(configurations, subset, (of, names) => {
        const expected = new Set([...of.voters, ...of.outgoing].map(keyOf));
        expect(new Set(votersOf(of))).toEqual(expected);
        expect(votersOf(of)).toHaveLength(expected.size);
        for (const name of NAMES) expect(isVoter(of, key(name))).toBe(expected.has(key(name)));
        const yes = new Set(names.map((name) => key(name)));
        expect(everyVoter(of, (member) => yes.has(member))).toBe(
          [...expected].every((member) => yes.has(member)),
        );
      }),
    );
  });

  it('H5: do not know a member by its id alone', () => {
    const of = configuration(['a', 'b', 'c']);
    expect(isVoter(of, key('a', 1))).toBe(false);
    expect(hasQuorum(of, (member) => member === key('a', 1) || member === key('b'))).toBe(false);
  });
});
