import { cursor, toIndex } from '@smalti/core';
import { refused, same } from '../suite/expect.ts';
import type { LogStoreCase } from './case-list.ts';
import { commands, configurationEntry, hardState } from './entries.ts';
import { after, type Change, EMPTY } from './model.ts';

/** 1 to 10: terms 1 1 1 2 2 2 3 3 3 3, with configurations at 2, 5 and 8. */
const LOG: Change = {
  kind: 'write',
  write: {
    entries: [
      ...commands(1, 1, 1),
      configurationEntry(2, 1),
      ...commands(3, 3, 1),
      ...commands(4, 4, 2),
      configurationEntry(5, 2),
      ...commands(6, 6, 2),
      ...commands(7, 7, 3),
      configurationEntry(8, 3),
      ...commands(9, 10, 3),
    ],
    hardState: hardState(3, 'n2', 4),
  },
};

/** Makes the changes on the log above, and sees after each that the log is as the contract says. */
function steps(...changes: readonly Change[]): LogStoreCase['run'] {
  return async (bench) => {
    const { log } = await bench.openLog();
    let state = EMPTY;
    for (const change of [LOG, ...changes]) {
      await bench.make(log, change);
      state = after(state, change);
      await bench.expect(log, state);
    }
    const { index, term } = log.last;
    const more: Change = { kind: 'write', write: { entries: commands(index + 1, index + 2, term + 1) } };
    await bench.make(log, more);
    await bench.expect(log, after(state, more));
  };
}

const prune = (through: number): Change => ({ kind: 'prune', through });
const reset = (term: number, index: number, configuration = configurationEntry(2, 1)): Change => ({
  kind: 'reset',
  cursor: cursor(term, index),
  hardState: hardState(5, 'n3', index),
  configuration,
});
const truncate = (from: number, to: number, term: number): Change => ({
  kind: 'write',
  write: { truncateFrom: toIndex(from), entries: commands(from, to, term) },
});

/** Truncating, pruning, resetting, and the hard state. */
export const changeCases: readonly LogStoreCase[] = [
  {
    id: 'lists',
    title: 'knows terms, runs of terms and configurations',
    run: steps(),
  },
  {
    id: 'truncate-overwrite',
    title: 'replaces a suffix by a longer one, a shorter one, and nothing',
    run: steps(truncate(9, 14, 4), truncate(5, 6, 5), truncate(3, 2, 6)),
  },
  {
    id: 'truncate-all',
    title: 'replaces everything there is',
    run: steps(truncate(1, 3, 7)),
  },
  {
    id: 'truncate-nothing',
    title: 'takes a truncation after the end for nothing',
    run: steps(truncate(11, 12, 4)),
  },
  {
    id: 'hard-state',
    title: 'replaces the hard state, with entries and without',
    run: steps(
      { kind: 'write', write: { hardState: hardState(6, null, 5) } },
      { kind: 'write', write: { hardState: hardState(6, 'n3', 5) } },
      {
        kind: 'write',
        write: { entries: commands(11, 11, 6), hardState: { ...hardState(7, null, 9), doubt: true } },
      },
      { kind: 'write', write: {} },
    ),
  },
  {
    id: 'prune',
    title: 'prunes a prefix once, keeps indices, and knows the term and the configuration at its base',
    run: steps(prune(1), prune(4), prune(4), prune(2), prune(0), prune(5), prune(9)),
  },
  {
    id: 'prune-all',
    title: 'prunes everything, and goes on after it',
    run: steps(prune(10), prune(10), prune(3)),
  },
  {
    id: 'prune-beyond',
    title: 'refuses to prune beyond its end, and is as before',
    async run(bench) {
      const { log } = await bench.openLog();
      await bench.make(log, LOG);
      await refused(bench.make(log, prune(11)), 'STORAGE_RANGE', 'pruning beyond the end');
      await bench.expect(log, after(EMPTY, LOG));
    },
  },
  {
    id: 'reset-forward',
    title: 'is empty after a reset beyond its end',
    run: steps(reset(4, 20, configurationEntry(18, 4))),
  },
  {
    id: 'reset-keeps-suffix',
    title: 'keeps what follows the cursor of a reset if exactly that entry is there (H36)',
    run: steps(
      reset(2, 6, configurationEntry(5, 2)),
      reset(3, 7, configurationEntry(5, 2)),
      reset(3, 7, configurationEntry(5, 2)),
    ),
  },
  {
    id: 'reset-drops-suffix',
    title: 'drops what follows the cursor of a reset if another term is there',
    run: steps(reset(3, 6, configurationEntry(6, 3))),
  },
  {
    id: 'reset-at-end',
    title: 'resets to its last entry, and to its base',
    run: steps(reset(3, 10, configurationEntry(8, 3)), reset(3, 10, configurationEntry(8, 3))),
  },
  {
    id: 'reset-without-configuration',
    title: 'knows no configuration before the cursor if the reset gives none',
    run: steps({ kind: 'reset', cursor: cursor(9, 30), hardState: hardState(9), configuration: null }),
  },
  {
    id: 'many-terms',
    title: 'is right about a log with many terms, pruned and truncated within them',
    async run(bench) {
      const { log } = await bench.openLog();
      const entries = Array.from({ length: 300 }, (_, i) =>
        commands(i + 1, i + 1, Math.ceil((i + 1) / 3)),
      ).flat();
      const changes: Change[] = [
        { kind: 'write', write: { entries } },
        prune(100),
        truncate(251, 260, 200),
        prune(200),
      ];
      await bench.make(log, ...changes);
      await bench.expect(log, changes.reduce(after, EMPTY));
      same((await bench.read(log, 205, 210)).length, 6, 'entries 205 to 210');
    },
  },
];
