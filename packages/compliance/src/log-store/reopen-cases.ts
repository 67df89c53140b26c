import { SimRandom } from '@smalti/simulator';
import { same } from '../suite/expect.ts';
import type { LogStoreCase } from './case-list.ts';
import { commands, groupOf, hardState } from './entries.ts';
import { after, type Change, EMPTY, type GroupState } from './model.ts';
import { randomChange } from './workload.ts';

/** What a store is after it was closed and opened again. */
export const reopenCases: readonly LogStoreCase[] = [
  {
    id: 'reopen-empty',
    title: 'is the same incarnation when it is opened again',
    requires: ['reopen'],
    async run(bench) {
      const store = await bench.open();
      const { identity } = store;
      await bench.close(store);
      same((await bench.open()).identity, identity, 'the identity');
    },
  },
  {
    id: 'reopen',
    title: 'has log and hard state when it is opened again, groups apart',
    requires: ['reopen'],
    async run(bench) {
      const changes: Change[] = [
        { kind: 'write', write: { entries: commands(1, 20, 1), hardState: hardState(2, 'n2', 7) } },
        { kind: 'prune', through: 5 },
      ];
      const { store, log } = await bench.openLog();
      await bench.make(log, ...changes);
      const other: Change = { kind: 'write', write: { hardState: hardState(9, 'n3') } };
      await bench.make(await bench.group(store, groupOf(2)), other);
      await bench.close(store);
      const again = await bench.open();
      same([...again.groups].sort(), [groupOf(1), groupOf(2)], 'groups');
      await bench.expect(await bench.group(again, groupOf(1)), changes.reduce(after, EMPTY));
      await bench.expect(await bench.group(again, groupOf(2)), after(EMPTY, other));
    },
  },
  {
    id: 'random',
    title: 'is as the contract says after any changes, opened again or not',
    seeded: true,
    async run(bench, seed) {
      const random = new SimRandom(`random ${seed}`);
      let store = await bench.open();
      const states: GroupState[] = [EMPTY, EMPTY];
      for (let round = 0; round < 3; round++) {
        for (const number of states.keys()) {
          const log = await bench.group(store, groupOf(number));
          await bench.expect(log, states[number] ?? EMPTY);
          const completions: Promise<void>[] = [];
          for (let i = random.below(15); i > 0; i--) {
            const change = randomChange(random, states[number] ?? EMPTY);
            states[number] = after(states[number] ?? EMPTY, change);
            const completion = bench.make(log, change);
            bench.expectVisible(log, states[number] ?? EMPTY);
            if (random.chance(0.3)) await completion;
            else completions.push(completion);
          }
          await bench.harness.drive(Promise.all(completions));
          await bench.expect(log, states[number] ?? EMPTY);
          await bench.call((done) => log.close(done));
        }
        if (!bench.reopens) continue;
        await bench.close(store);
        store = await bench.open();
      }
    },
  },
];
