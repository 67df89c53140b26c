import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { auditCluster } from '../../processes/audit.ts';
import { Cluster, QUICK } from '../../processes/cluster.ts';
import { ErrorReply, type Reply, RespClient } from '../../processes/resp-client.ts';
import { Load } from '../../processes/writers.ts';

const PAUSED_MS = 3 * QUICK.electionMaxMs + 200;

it('H34: a leader that was paused for three election timeouts answers fresh or not at all', {
  timeout: 60_000,
}, async () => {
  await using cluster = await Cluster.start({ timing: QUICK });
  await using load = new Load(cluster.nodes, 4);
  const seen: Record<string, number> = {};
  for (let round = 1; round <= 3; round++) {
    await load.ledger.acknowledgedSince(performance.now(), 100);
    const old = await cluster.leader();
    const reader = await RespClient.connect(old.resp);
    expect(await reader.call('SET', 'round', `stale ${round}`)).toBe('OK');
    old.pause();
    const until = pause(PAUSED_MS);
    const next = await cluster.leader(cluster.others(old));
    const writer = await RespClient.connect(next.resp);
    expect(await writer.call('SET', 'round', `fresh ${round}`)).toBe('OK');
    writer.close();
    await until;
    // In its socket before it wakes, so that it finds them before it finds out what it has missed.
    const waiting = Array.from({ length: 20 }, () => reader.call('GET', 'round'));
    old.resume();
    const after = Array.from({ length: 20 }, () => reader.call('GET', 'round'));
    for (const reply of await Promise.all([...waiting, ...after])) {
      expect(reply === `fresh ${round}` || isRefusal(reply), String(reply)).toBe(true);
      const kind = reply instanceof ErrorReply ? reply.code : 'fresh';
      seen[kind] = (seen[kind] ?? 0) + 1;
    }
    reader.close();
    await old.ready();
  }
  const ledger = await load.stop();
  expect(await auditCluster(cluster, ledger)).toEqual([]);
  console.log(`reads of a leader that was paused: ${JSON.stringify(seen)}`);
});

function isRefusal(reply: Reply): boolean {
  return reply instanceof ErrorReply && ['TRYAGAIN', 'UNKNOWN'].includes(reply.code);
}
