import { type GroupLog, SmaltiError } from '@smalti/core';
import { check, refused, same } from '../suite/expect.ts';
import type { Bench } from './bench.ts';
import type { LogStoreCase } from './case-list.ts';
import { commands, groupOf, hardState, NODE, OTHER_NODE } from './entries.ts';
import { after, type Change, EMPTY, type GroupState } from './model.ts';

const MOST_WRITES = 2000;
const ENTRY_BYTES = 16_000;

/** Media without space, media that fail, and directories that are not ours to open. */
export const faultCases: readonly LogStoreCase[] = [
  {
    id: 'full',
    title: 'refuses as a whole what finds no space, and goes on when there is space again (H23, H32)',
    requires: ['full'],
    async run(bench) {
      const { store, log } = await bench.openLog();
      const before: Change = {
        kind: 'write',
        write: { entries: commands(1, 5, 1), hardState: hardState(1, 'n1') },
      };
      await bench.make(log, before);
      await bench.harness.fill();
      const state = await writeUntilFull(bench, log, after(EMPTY, before));
      await bench.expect(log, state);
      await refused(
        bench.call((done) => log.probe(8 * 1024 * 1024, done)),
        'STORAGE_FULL',
        'a probe',
      );
      await bench.harness.free();
      await bench.call((done) => log.probe(ENTRY_BYTES, done));
      const { index } = log.last;
      const later: Change = {
        kind: 'write',
        write: { entries: commands(index + 1, index + 3, 2, ENTRY_BYTES) },
      };
      await bench.make(log, later);
      await bench.expect(log, after(state, later));
      if (!bench.reopens) return;
      await bench.close(store);
      await bench.expect((await bench.openLog()).log, after(state, later));
    },
  },
  {
    id: 'full-crash',
    title: 'has after a crash what it had when it was full, and nothing that it refused',
    requires: ['full', 'crash'],
    seeded: true,
    async run(bench, seed) {
      const { log } = await bench.openLog();
      await bench.harness.fill();
      const state = await writeUntilFull(bench, log, EMPTY);
      await bench.harness.crash(seed);
      await bench.harness.free();
      await bench.expect((await bench.openLog()).log, state);
    },
  },
  {
    id: 'failure',
    title: 'fails for good when its medium fails (H23)',
    requires: ['failure'],
    seeded: true,
    async run(bench, seed) {
      const { store, log } = await bench.openLog();
      const faults: string[] = [];
      store.onFault(({ code }) => faults.push(code));
      const kept: Change = {
        kind: 'write',
        write: { entries: commands(1, 5, 1), hardState: hardState(1, 'n1') },
      };
      await bench.make(log, kept);
      await bench.harness.breakDown(seed);
      const lost = [6, 7, 8].map((index) => {
        const work = bench.make(log, { kind: 'write', write: { entries: commands(index, index, 1) } });
        return refused(work, 'STORAGE_FAILED', `the write of ${index} on a broken medium`);
      });
      await Promise.all(lost);
      await refused(
        bench.make(log, { kind: 'write', write: {} }),
        'STORAGE_FAILED',
        'a write after a failure',
      );
      await refused(
        bench.make(log, { kind: 'prune', through: 2 }),
        'STORAGE_FAILED',
        'prunePrefix after a failure',
      );
      await refused(bench.read(log, 1, 2), 'STORAGE_FAILED', 'a read after a failure');
      check(faults.length <= 1, `the listener of faults was called ${faults.length} times`);
    },
  },
  {
    id: 'lock',
    title: 'refuses a second opening, and goes on with the first (H35)',
    requires: ['lock'],
    async run(bench) {
      const { store, log } = await bench.openLog();
      await refused(bench.open(), 'STORAGE_LOCKED', 'a second opening');
      const change: Change = { kind: 'write', write: { entries: commands(1, 2, 1) } };
      await bench.make(log, change);
      await bench.expect(log, after(EMPTY, change));
      await bench.close(store);
      if (bench.reopens) await bench.expect((await bench.openLog()).log, after(EMPTY, change));
    },
  },
  {
    id: 'foreign',
    title: 'refuses to open what belongs to another node, names both, and changes nothing (H35)',
    requires: ['foreign', 'reopen'],
    async run(bench) {
      const { store, log } = await bench.openLog();
      const change: Change = { kind: 'write', write: { entries: commands(1, 2, 1) } };
      await bench.make(log, change);
      const { identity } = store;
      await bench.close(store);
      const opening = bench.harness.drive(bench.harness.open(OTHER_NODE));
      const { message } = await refused(opening, 'STORAGE_FOREIGN', 'opening as another node');
      check(
        message.includes(NODE) && message.includes(OTHER_NODE),
        `"${message}" should name ${NODE} and ${OTHER_NODE}`,
      );
      const again = await bench.open();
      same(again.identity, identity, 'the identity');
      await bench.expect(await bench.group(again, groupOf(1)), after(EMPTY, change));
    },
  },
];

/** Writes, several at a time, until one is refused; sees that those after it are refused too. Gives what was accepted. */
async function writeUntilFull(bench: Bench, log: GroupLog, start: GroupState): Promise<GroupState> {
  let state = start;
  for (let writes = 0; writes < MOST_WRITES; writes += 3) {
    const first = log.last.index + 1;
    const changes = [0, 1, 2].map((i): Change => {
      return {
        kind: 'write',
        write: {
          entries: commands(first + i, first + i, 2, ENTRY_BYTES),
          hardState: hardState(2 + i + writes),
        },
      };
    });
    const codes = await Promise.all(
      changes.map((change) => bench.make(log, change).then(() => null, codeOf)),
    );
    const refusals = codes.filter((code) => code !== null).length;
    for (const [i, change] of changes.entries())
      if (i < codes.length - refusals) state = after(state, change);
    for (const [i, code] of codes.entries()) {
      const expected = i < codes.length - refusals ? null : 'STORAGE_FULL';
      same(code, expected, `the outcome of write ${i} of 3, of which ${refusals} were refused,`);
    }
    await bench.expect(log, state);
    if (refusals > 0) return state;
  }
  throw new Error(
    `${MOST_WRITES} writes of ${ENTRY_BYTES} bytes found room after fill(): use a store with small files`,
  );
}

function codeOf(error: unknown): string {
  return error instanceof SmaltiError ? error.code : String(error);
}
