import fc from 'fast-check';
import { expect, it } from 'vitest';
import { happening, MemberHistory } from './support/member-history.ts';

/** More runs when somebody wants to look harder: SMALTI_RUNS. */
const RUNS = Number(process.env.SMALTI_RUNS ?? 400);

it('H4: members that change at random, with crashes, cuts and hand-overs, keep every promise of Raft', {
  timeout: 3_600_000,
}, () => {
  let changes = 0;
  let transfers = 0;
  fc.assert(
    fc.property(fc.array(happening, { minLength: 30, maxLength: 120 }), (happenings) => {
      const { counts } = new MemberHistory(happenings);
      changes += counts.changes;
      transfers += counts.transfers;
    }),
    { numRuns: RUNS, seed: 7 },
  );
  // That nothing went wrong means little if nothing happened.
  expect(changes).toBeGreaterThan(RUNS);
  expect(transfers).toBeGreaterThan(RUNS / 4);
});
