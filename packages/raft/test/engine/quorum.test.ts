import type { Configuration, Index, MemberKey } from '@smalti/core';
import { keyOf } from '@smalti/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  everybody,
  hasQuorum,
  isVoter,
  quorumIndex,
  quorumIsLost,
  quorumValue,
  votersOf,
} from '../../src/engine/quorum.ts';
import { configuration, key, namesOf } from './support/members.ts';
import {
  committedByTrial,
  majorityOfEach,
  outcomeByTrial,
  type VoteOutcome,
} from './support/quorum-oracle.ts';

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
        expect(hasQuorum(of, (member) => yes.has(member))).toBe(
          majorityOfEach(of, (member) => yes.has(member)),
        );
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
        expect(quorumIsLost(of, (member) => no.has(member))).toBe(
          !majorityOfEach(of, (member) => !no.has(member)),
        );
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
          if (majorityOfEach(of, (member) => set.has(member)))
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
        const alone = of.voters.length === 1 ? of.learners.map(keyOf) : [];
        const needed = [...expected, ...alone];
        expect(everybody(of, (member) => yes.has(member))).toBe(needed.every((member) => yes.has(member)));
      }),
    );
  });

  it('H5: do not know a member by its id alone', () => {
    const of = configuration(['a', 'b', 'c']);
    expect(isVoter(of, key('a', 1))).toBe(false);
    expect(hasQuorum(of, (member) => member === key('a', 1) || member === key('b'))).toBe(false);
  });
});

/** Every value of each of these members, in turn. */
function* assignments<T>(members: readonly MemberKey[], values: readonly T[]): Generator<Map<MemberKey, T>> {
  const [first, ...rest] = members;
  if (first === undefined) {
    yield new Map();
    return;
  }
  for (const others of assignments(rest, values)) {
    for (const value of values) yield new Map([...others, [first, value]]);
  }
}

/** Every configuration of these members that has a voter, joint ones too. */
function* allConfigurations(names: readonly string[]): Generator<Configuration> {
  const lists = Array.from({ length: 2 ** names.length }, (_, bits) =>
    names.filter((_, i) => (bits >> i) & 1),
  );
  for (const voters of lists) {
    if (voters.length === 0) continue;
    for (const outgoing of lists) yield configuration(voters, [], outgoing);
  }
}

function outcomeOf(of: Configuration, votes: ReadonlyMap<MemberKey, boolean>): VoteOutcome {
  const won = hasQuorum(of, (member) => votes.get(member) === true);
  const lost = quorumIsLost(of, (member) => votes.get(member) === false);
  if (won && lost) throw new Error('an election is both won and lost');
  return won ? 'won' : lost ? 'lost' : 'pending';
}

/** Compares by hand: there are too many cases for an assertion each. */
function mustAgree(
  said: unknown,
  right: unknown,
  of: Configuration,
  given: ReadonlyMap<MemberKey, unknown>,
): void {
  if (said !== right)
    expect.fail(`${said} instead of ${right} for ${JSON.stringify({ of, given: [...given] })}`);
}

describe('quorums against the definition, tried out (Raft §5.3, §5.2, §6)', () => {
  const small = namesOf(4);
  const large = Array.from({ length: 12 }, (_, i) => `m${i}`);
  const joint = fc
    .tuple(fc.subarray(large, { minLength: 1 }), fc.subarray(large))
    .map(([voters, outgoing]) => configuration(voters, [], outgoing));

  it('commit the highest index that a majority has, in every small configuration with every match', () => {
    let cases = 0;
    for (const of of allConfigurations(small)) {
      for (const matches of assignments(votersOf(of), [0, 1, 2, 3])) {
        const match = (member: MemberKey): number => matches.get(member) ?? 0;
        mustAgree(
          quorumIndex(of, (member) => match(member) as Index),
          committedByTrial(of, match, 3),
          of,
          matches,
        );
        cases += 1;
      }
    }
    // Each name is nowhere, or in one list or both with one of 4 values; less those without voters.
    expect(cases).toBe((1 + 3 * 4) ** 4 - (1 + 4) ** 4);
  });

  it('commit the same in large configurations, with gaps and equal matches', () => {
    const matches = fc.array(fc.oneof(fc.nat(5), fc.nat(1000)), { minLength: 12, maxLength: 12 });
    void fc.assert(
      fc.property(joint, matches, (of, values) => {
        const given = new Map(large.map((name, i) => [key(name), values[i] ?? 0]));
        const match = (member: MemberKey): number => given.get(member) ?? 0;
        expect(quorumValue(of, match)).toBe(committedByTrial(of, match, Math.max(...values)));
      }),
    );
  });

  it('win, lose or leave an election open, in every small configuration with every vote', () => {
    let cases = 0;
    for (const of of allConfigurations(small)) {
      for (const answers of assignments(votersOf(of), ['yes', 'no', 'none'])) {
        const votes = new Map<MemberKey, boolean>();
        for (const [member, answer] of answers) if (answer !== 'none') votes.set(member, answer === 'yes');
        mustAgree(outcomeOf(of, votes), outcomeByTrial(of, votes), of, answers);
        cases += 1;
      }
    }
    expect(cases).toBe((1 + 3 * 3) ** 4 - (1 + 3) ** 4);
  });

  it('win, lose or leave an election open in large configurations', () => {
    const answers = fc.array(fc.constantFrom(true, false, null), { minLength: 12, maxLength: 12 });
    void fc.assert(
      fc.property(joint, answers, (of, given) => {
        const votes = new Map<MemberKey, boolean>();
        for (const [i, name] of large.entries()) {
          const vote = given[i] ?? null;
          if (vote !== null) votes.set(key(name), vote);
        }
        expect(outcomeOf(of, votes)).toBe(outcomeByTrial(of, votes));
      }),
    );
  });
});
