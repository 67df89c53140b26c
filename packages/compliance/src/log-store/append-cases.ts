import { checkDescriptor, toIndex } from '@smalti/core';
import { check, refused, same } from '../suite/expect.ts';
import { throwsNow } from './bench.ts';
import type { LogStoreCase } from './case-list.ts';
import { commands, configurationEntry, groupOf, hardState, NODE } from './entries.ts';
import { after, type Change, EMPTY, frameOf, submit } from './model.ts';

const write = (entries: ReturnType<typeof commands>): Change => ({ kind: 'write', write: { entries } });

/** Appending, reading, and the order of completions. */
export const appendCases: readonly LogStoreCase[] = [
  {
    id: 'empty',
    title: 'is empty when new, and says whose it is',
    async run(bench) {
      const { store, log } = await bench.openLog();
      checkDescriptor(store.descriptor, 'log-store');
      same(store.identity.node, NODE, 'identity.node');
      check(/^[0-9a-f]{32}$/.test(store.identity.incarnation), 'the incarnation should be 32 hex digits');
      same(store.groups, [groupOf(1)], 'groups');
      await bench.expect(log, EMPTY);
      await bench.close(store);
    },
  },
  {
    id: 'visible-at-once',
    title: 'shows a write as soon as it is submitted, to getters and to reads',
    async run(bench) {
      const { log } = await bench.openLog();
      const change = write([...commands(1, 3, 1), configurationEntry(4, 1)]);
      const state = after(EMPTY, change);
      const completed = bench.make(log, change);
      bench.expectVisible(log, state);
      await bench.expect(log, state);
      await completed;
      await bench.expect(log, state);
    },
  },
  {
    id: 'frames',
    title: 'gives back the frames that were written, byte for byte, small and large',
    async run(bench) {
      const { log } = await bench.openLog();
      const entries = [0, 1, 475, 476, 477, 5000, 300_000].flatMap((bytes, i) =>
        commands(i + 1, i + 1, 1, bytes),
      );
      await bench.make(log, write(entries));
      same((await bench.readAll(log)).map(frameOf), entries.map(frameOf), 'the frames');
      check(log.bytes > 300_000, `bytes is ${log.bytes}, less than what was written`);
    },
  },
  {
    id: 'read-range',
    title: 'reads a range, inclusive, clamped to what is there',
    async run(bench) {
      const { log } = await bench.openLog();
      await bench.make(log, write(commands(1, 10, 1)));
      const indices = async (first: number, last: number): Promise<number[]> =>
        (await bench.read(log, first, last)).map(({ index }) => index);
      same(await indices(3, 5), [3, 4, 5], 'read(3, 5)');
      same(await indices(9, 50), [9, 10], 'read(9, 50)');
      same(await indices(0, 2), [1, 2], 'read(0, 2)');
      same(await indices(11, 20), [], 'read(11, 20)');
      same(await indices(6, 5), [], 'read(6, 5)');
      await bench.make(log, { kind: 'prune', through: 4 });
      same(await indices(1, 6), [5, 6], 'read(1, 6) after pruning to 4');
      same(await indices(1, 4), [], 'read(1, 4) after pruning to 4');
    },
  },
  {
    id: 'read-budget',
    title: 'reads no more than the byte budget, and at least one entry',
    async run(bench) {
      const { log } = await bench.openLog();
      const entries = commands(1, 10, 1, 100);
      await bench.make(log, write(entries));
      const frame = entries[0]?.frame.length ?? 0;
      const count = async (maxBytes: number): Promise<number> =>
        (await bench.read(log, 2, 9, maxBytes)).length;
      same(await count(3 * frame), 3, `entries within ${3 * frame} bytes`);
      same(await count(3 * frame - 1), 2, `entries within ${3 * frame - 1} bytes`);
      same(await count(0), 1, 'entries within 0 bytes');
    },
  },
  {
    id: 'ordered-completions',
    title: 'completes writes in the order of submission, once each, never within the call',
    async run(bench) {
      const { log } = await bench.openLog();
      const order: number[] = [];
      const changes: Change[] = [];
      let next = 1;
      for (let i = 1; i <= 40; i++) {
        if (i % 5 === 0) changes.push({ kind: 'write', write: {} });
        else if (i % 7 === 0) changes.push({ kind: 'write', write: { hardState: hardState(i) } });
        else changes.push(write(commands(next, next++, 1, i * 50)));
      }
      const completions = changes.map((change, i) =>
        bench.call((done) =>
          submit(log, change, (error) => {
            order.push(i);
            done(error);
          }),
        ),
      );
      await bench.harness.drive(Promise.all(completions));
      same(
        order,
        changes.map((_, i) => i),
        'the order of completions',
      );
    },
  },
  {
    id: 'refuses-holes',
    title: 'refuses entries that do not follow, and is as before',
    async run(bench) {
      const { log } = await bench.openLog();
      const changes = [write(commands(1, 5, 2)), { kind: 'prune', through: 2 } as const];
      await bench.make(log, ...changes);
      const state = changes.reduce(after, EMPTY);
      const never = (): void => {};
      throwsNow(() => log.write({ entries: commands(7, 7, 2) }, never), 'InvariantError', 'a hole');
      throwsNow(
        () => log.write({ entries: commands(5, 6, 2) }, never),
        'InvariantError',
        'an overlap without truncateFrom',
      );
      const below = { truncateFrom: toIndex(2), entries: commands(2, 3, 3) };
      throwsNow(() => log.write(below, never), 'InvariantError', 'a truncation of what was pruned (H22)');
      const beside = { truncateFrom: toIndex(5), entries: commands(4, 4, 3) };
      throwsNow(() => log.write(beside, never), 'InvariantError', 'entries before the truncation');
      await bench.expect(log, state);
      await bench.make(log, write(commands(6, 6, 2)));
      await bench.expect(log, after(state, write(commands(6, 6, 2))));
    },
  },
  {
    id: 'groups',
    title: 'keeps the logs of many groups apart',
    async run(bench) {
      const { store, log: first } = await bench.openLog(groupOf(0));
      const logs = [first];
      for (let i = 1; i < 20; i++) logs.push(await bench.group(store, groupOf(i)));
      const changes = logs.map((_, i): Change => {
        return {
          kind: 'write',
          write: { entries: commands(1, i + 1, i + 1), hardState: hardState(i + 1, `v${i}`) },
        };
      });
      await bench.harness.drive(Promise.all(logs.map((log, i) => bench.make(log, changes[i] as Change))));
      for (const [i, log] of logs.entries()) await bench.expect(log, after(EMPTY, changes[i] as Change));
      same([...store.groups].sort(), logs.map(({ group }) => group).sort(), 'groups');
    },
  },
  {
    id: 'close',
    title: 'completes what is under way when it is closed, and refuses what comes after',
    async run(bench) {
      const { store, log } = await bench.openLog();
      let completed = 0;
      for (let i = 1; i <= 5; i++) {
        log.write({ entries: commands(i, i, 1) }, (error) => {
          if (error === null) completed += 1;
        });
      }
      await bench.call((done) => log.close(done));
      same(completed, 5, 'writes that completed before close did');
      await refused(bench.make(log, { kind: 'write', write: {} }), 'STORAGE_CLOSED', 'a write after close');
      await bench.expect(await bench.group(store, groupOf(1)), after(EMPTY, write(commands(1, 5, 1))));
      await bench.close(store);
      await refused(bench.group(store, groupOf(2)), 'STORAGE_CLOSED', 'openGroup after close');
    },
  },
];
