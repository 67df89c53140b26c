import { describe, expect, it } from 'vitest';
import { randomRun as run } from '../../src/random-run.ts';

const env: { readonly SIM_SEEDS?: string; readonly SIM_FIRST?: string; readonly SIM_SHOW?: string } =
  process.env;
const SEEDS = Number(env.SIM_SEEDS ?? 30);
const FIRST = Number(env.SIM_FIRST ?? 1);

describe('whatever happens, what was acknowledged lasts, once, and reads are fresh', () => {
  let acknowledged = 0;
  let reads = 0;
  let sessions = 0;
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const size = seed % 3 === 0 ? 5 : 3;
    const storage = seed % 2 === 0 ? 'wal' : 'memory';
    it(`seed ${seed}: ${size} nodes, ${storage}`, { timeout: 20_000 }, async () => {
      const { clients, sessions: watch } = await run(seed, size, storage);
      acknowledged += clients.acknowledged.size;
      reads += clients.reads;
      sessions += watch.done;
      if (env.SIM_SHOW) console.log(seed, clients.acknowledged.size, clients.reads, [...clients.codes]);
    });
  }

  it('was no idle talk', () => {
    expect(acknowledged).toBeGreaterThan(SEEDS * 100);
    expect(reads).toBeGreaterThan(SEEDS * 100);
    expect(sessions).toBeGreaterThan(0);
  });
});

describe('what a seed gives', () => {
  it.each([
    ['wal', 3],
    ['memory', 5],
  ] as const)(
    'is the same each time, to the last event (%s, %i nodes)',
    { timeout: 40_000 },
    async (storage, size) => {
      const first = await run(7, size, storage);
      const again = await run(7, size, storage);
      expect(again.digest).toBe(first.digest);
      expect([...again.clients.acknowledged]).toEqual([...first.clients.acknowledged]);
      expect((await run(8, size, storage)).digest).not.toBe(first.digest);
    },
  );
});
