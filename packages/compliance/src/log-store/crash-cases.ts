import { cursor, toIndex } from '@smalti/core';
import type { LogStoreCase } from './case-list.ts';
import { CrashRun } from './crash-run.ts';
import { commands, configurationEntry, hardState } from './entries.ts';
import type { Change } from './model.ts';
import { randomChange } from './workload.ts';

/** What a store is after a crash. */
export const crashCases: readonly LogStoreCase[] = [
  {
    id: 'crash-completed',
    title: 'has everything that completed after a crash at that very moment (H5, H23)',
    requires: ['crash'],
    seeded: true,
    async run(bench, seed) {
      const run = new CrashRun(bench, seed, 1);
      for (let round = 0; round < 4; round++) {
        await run.open();
        for (let i = 1 + run.random.below(6); i > 0; i--) {
          run.submit(0, randomChange(run.random, run.state(0)));
          await run.complete();
        }
        await run.crash();
      }
      await run.open();
    },
  },
  {
    id: 'crash-anywhere',
    title: 'has what completed, and a beginning of what was under way, after a crash at any point',
    requires: ['crash'],
    seeded: true,
    async run(bench, seed) {
      const groups = 1 + (seed % 3);
      const run = new CrashRun(bench, seed, groups);
      for (let round = 0; round < 4; round++) {
        await run.open();
        for (let i = run.random.below(20); i > 0; i--) {
          const group = run.random.below(groups);
          run.submit(group, randomChange(run.random, run.state(group)));
          if (run.random.chance(0.4)) await bench.harness.pass(run.random.below(8));
        }
        await bench.harness.pass(run.random.below(30));
        await run.crash();
      }
      await run.open();
    },
  },
  {
    id: 'crash-while-opening',
    title: 'recovers after crashes within its recovery',
    requires: ['crash'],
    seeded: true,
    async run(bench, seed) {
      const run = new CrashRun(bench, seed, 2);
      await run.open();
      for (let round = 0; round < 3; round++) {
        for (let i = 5 + run.random.below(10); i > 0; i--) {
          const group = run.random.below(2);
          run.submit(group, randomChange(run.random, run.state(group)));
        }
        await bench.harness.pass(run.random.below(40));
        await run.crash();
        for (let i = run.random.below(4); i > 0; i--) await run.crashWhileOpening(run.random.below(60));
        await run.open();
      }
    },
  },
  {
    id: 'crash-new',
    title: 'comes to be after crashes at any point of its first opening',
    requires: ['crash'],
    seeded: true,
    async run(bench, seed) {
      const run = new CrashRun(bench, seed, 1);
      for (let i = 1 + run.random.below(3); i > 0; i--) await run.crashWhileOpening(run.random.below(40));
      await run.open();
      run.submit(0, { kind: 'write', write: { entries: commands(1, 3, 1), hardState: hardState(1, 'n1') } });
      await run.complete();
      await run.crash();
      await run.open();
    },
  },
  {
    id: 'crash-truncated',
    title: 'never shows again what a completed write has cut',
    requires: ['crash'],
    seeded: true,
    async run(bench, seed) {
      const run = new CrashRun(bench, seed, 1);
      await run.open();
      const changes: readonly Change[] = [
        {
          kind: 'write',
          write: { entries: commands(1, 30, 1, run.random.below(400)), hardState: hardState(1) },
        },
        {
          kind: 'write',
          write: { truncateFrom: toIndex(11), entries: commands(11, 12, 2), hardState: hardState(2) },
        },
        { kind: 'write', write: { truncateFrom: toIndex(9), hardState: hardState(3) } },
        { kind: 'write', write: { entries: commands(9, 9, 3, run.random.below(400)) } },
      ];
      for (const change of changes) {
        run.submit(0, change);
        await run.complete();
        await run.crash();
        await run.open();
      }
    },
  },
  {
    id: 'crash-vote',
    title: 'never loses a term or a vote that was written, alone or with entries (H5)',
    requires: ['crash'],
    seeded: true,
    async run(bench, seed) {
      const run = new CrashRun(bench, seed, 3);
      await run.open();
      for (let term = 1; term <= 5; term++) {
        const group = run.random.below(3);
        const last = run.state(group).entries.length;
        const entries = run.random.chance(0.5) ? commands(last + 1, last + 2, term) : [];
        run.submit(group, {
          kind: 'write',
          write: { entries, hardState: hardState(term, `n${1 + (term % 3)}`) },
        });
        await run.complete();
        if (run.random.chance(0.5))
          run.submit(group, { kind: 'write', write: { hardState: hardState(term + 1) } });
        await bench.harness.pass(run.random.below(6));
        await run.crash();
        await run.open();
      }
    },
  },
  {
    id: 'crash-reset',
    title: 'resets as one step: base, hard state and configuration together, or nothing',
    requires: ['crash'],
    seeded: true,
    async run(bench, seed) {
      const run = new CrashRun(bench, seed, 1);
      await run.open();
      const entries = [configurationEntry(1, 1), ...commands(2, 12, 1), ...commands(13, 20, 2)];
      run.submit(0, { kind: 'write', write: { entries, hardState: hardState(2, 'n1', 8) } });
      await run.complete();
      const index = run.random.pick([5, 15, 20, 40]);
      const term = index === 40 ? 4 : run.random.pick([index <= 12 ? 1 : 2, 3]);
      run.submit(0, {
        kind: 'reset',
        cursor: cursor(term, index),
        hardState: hardState(5, null, index),
        configuration: configurationEntry(1, 1),
      });
      if (run.random.chance(0.3)) await run.complete();
      else await bench.harness.pass(run.random.below(12));
      await run.crash();
      await run.open();
    },
  },
];
