import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditCluster } from '../../processes/audit.ts';
import { Cluster } from '../../processes/cluster.ts';
import { canMakeNamespaces, Namespaces } from '../../processes/namespaces.ts';
import { doneOf, Prober } from '../../processes/prober.ts';
import { RespClient } from '../../processes/resp-client.ts';
import { until } from '../../processes/until.ts';
import { Load } from '../../processes/writers.ts';

/** As many writes and reads as a client has time for while a leader finds out that it is alone, and after that. */
const ASKED = 15;

/** Linux and root; without them nothing here can be shown. */
describe.skipIf(!canMakeNamespaces())('a leader whose lines are cut', () => {
  let namespaces: Namespaces;
  let cluster: Cluster;

  beforeAll(async () => {
    namespaces = new Namespaces(3);
    cluster = await Cluster.start({ namespaces });
  }, 30_000);

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    namespaces?.[Symbol.dispose]();
  });

  it.each([
    ['both ways', true, true],
    ['so that it hears nobody', false, true],
    ['so that nobody hears it', true, false],
  ])(
    'H2, H9: serves neither writes nor strong reads, cut %s',
    { timeout: 60_000 },
    async (way, out, back) => {
      await using load = new Load(cluster.nodes, 6);
      await load.ledger.acknowledgedSince(0, 200);
      const old = await cluster.leader();
      const rest = cluster.others(old);
      const at = cluster.nodes.indexOf(old);
      for (const node of rest) {
        const other = cluster.nodes.indexOf(node);
        if (out) namespaces.cut(at, other);
        if (back) namespaces.cut(other, at);
      }
      const cut = performance.now();
      await using prober = new Prober(old, `isolated ${way}`, 'of the isolated');
      const next = await cluster.leader(rest);
      const elected = performance.now() - cut;
      const client = await RespClient.connect(next.resp);
      expect(await client.call('SET', 'committed meanwhile', way)).toBe('OK');
      client.close();
      await load.ledger.acknowledgedSince(performance.now(), 300);
      await until('the isolated one was asked often', () => prober.writes.length >= ASKED);
      await prober.stop();
      expect(doneOf(prober.writes)).toEqual([]);
      expect(doneOf(prober.reads)).toEqual([]);

      namespaces.heal();
      await cluster.ready();
      const healed = await RespClient.connect(old.resp);
      expect(await healed.call('GET', 'committed meanwhile')).toBe(way);
      healed.close();
      const ledger = await load.stop();
      expect(await auditCluster(cluster, ledger)).toEqual([]);
      console.log(
        `cut ${way}: another led after ${Math.round(elected)} ms; the isolated one left ` +
          `${prober.writes.length} writes and ${prober.reads.length} reads undone; ` +
          `${ledger.acknowledged} acknowledged, ${ledger.refused} refused, ${ledger.unknown} unknown`,
      );
    },
  );
});
