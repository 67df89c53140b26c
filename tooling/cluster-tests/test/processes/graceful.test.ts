import { expect, it } from 'vitest';
import { Cluster } from '../../processes/cluster.ts';
import { SteadyWrites } from '../../processes/steady-writes.ts';

const ROUNDS = 4;
/** Without a hand-over nothing is written for longer than the shortest of these. So long that no busy machine is. */
const TIMING = { electionMinMs: 3_000, electionMaxMs: 6_000 };

it('a leader that is told to stop hands over: no election timeout passes without a write', {
  timeout: 120_000,
}, async () => {
  await using cluster = await Cluster.start({ timing: TIMING });
  await using load = new SteadyWrites(cluster);
  const gaps: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await load.more(200);
    const leader = await cluster.leader();
    const { term } = await leader.status();
    load.takeLongest();
    expect(await leader.stop()).toEqual({ code: 0, signal: null });
    await load.more(200);
    const { gapMs } = load.takeLongest();
    expect(gapMs).toBeLessThan(TIMING.electionMinMs);
    gaps.push(gapMs);
    const next = await cluster.leader(cluster.others(leader));
    expect((await next.status()).term).toBe(term + 1);
    leader.launch();
    await leader.ready();
  }
  await load.stop();
  expect(load.failed).toEqual([]);
  for (const node of cluster.nodes) expect(await load.audit(node)).toEqual([]);
  const { acknowledged, refused, unknown } = load.ledger;
  console.log(
    `leader stopped: at most ${gaps.join(', ')} ms without a write; ` +
      `${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown: ${[...new Set(load.told)].join(' | ')}`,
  );
});
