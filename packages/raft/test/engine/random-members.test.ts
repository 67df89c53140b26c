import fc from 'fast-check';
import { expect, it } from 'vitest';
import { happening, happeningWithCheckpoints, MemberHistory } from './support/member-history.ts';

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

it('H4: members change, and logs are pruned up to what is committed: nobody is lost or forgotten', {
  timeout: 3_600_000,
}, () => {
  let changes = 0;
  let installs = 0;
  fc.assert(
    fc.property(fc.array(happeningWithCheckpoints, { minLength: 30, maxLength: 120 }), (happenings) => {
      const { cluster, counts } = new MemberHistory(happenings);
      changes += counts.changes;
      for (const { fetchers } of cluster.nodes.values()) {
        for (const fetcher of fetchers) installs += fetcher.installs;
      }
    }),
    { numRuns: RUNS, seed: 7 },
  );
  expect(changes).toBeGreaterThan(RUNS);
  expect(installs).toBeGreaterThan(RUNS / 4);
});
