import { describe, expect, it } from 'vitest';
import { randomRun } from '../../src/random-run.ts';

const env: { readonly SIM_SEEDS?: string; readonly SIM_FIRST?: string; readonly SIM_SHOW?: string } =
  process.env;
const SEEDS = Number(env.SIM_SEEDS ?? 10);
const FIRST = 1000 + Number(env.SIM_FIRST ?? 1);

/** A window of the newest entry: whoever missed anything that is committed has to fetch it. */
const windowBytes = 1;

describe('whatever happens while nodes catch up, what was acknowledged lasts', () => {
  let done = 0;
  let entries = 0;
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const size = seed % 3 === 0 ? 5 : 3;
    const storage = seed % 2 === 0 ? 'wal' : 'memory';
    it(`seed ${seed}: ${size} nodes, ${storage}`, { timeout: 20_000 }, async () => {
      const { sessions, clients } = await randomRun(seed, size, storage, { windowBytes });
      expect(clients.acknowledged.size).toBeGreaterThan(50);
      // None was given up: the deadline is longer than any fault.
      expect(sessions.failed).toBe(0);
      done += sessions.done;
      entries += sessions.entries;
      if (env.SIM_SHOW) console.log(seed, sessions.begun, sessions.done, sessions.entries);
    });
  }

  it('was no idle talk', () => {
    expect(done).toBeGreaterThan(SEEDS * 3);
    expect(entries).toBeGreaterThan(SEEDS * 50);
  });
});

it.each(['wal', 'memory'] as const)(
  'a seed gives the same run each time, sessions among it (%s)',
  { timeout: 40_000 },
  async (storage) => {
    const first = await randomRun(2007, 3, storage, { windowBytes });
    const again = await randomRun(2007, 3, storage, { windowBytes });
    expect(first.sessions.done).toBeGreaterThan(0);
    expect(again.digest).toBe(first.digest);
    expect(again.sessions.entries).toBe(first.sessions.entries);
    expect([...again.clients.acknowledged]).toEqual([...first.clients.acknowledged]);
    expect((await randomRun(2008, 3, storage, { windowBytes })).digest).not.toBe(first.digest);
  },
);
