import type { Cluster } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';
import type { Ledger } from './ledger.ts';
import { ErrorReply, RespClient } from './resp-client.ts';

const AT_ONCE = 200;

/** What a node answers to strong reads of these keys. */
export async function readAll(
  node: ClusterNode,
  keys: readonly string[],
): Promise<Map<string, string | null>> {
  const client = await RespClient.connect(node.resp);
  try {
    const values = new Map<string, string | null>();
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const part = keys.slice(at, at + AT_ONCE);
      const replies = await Promise.all(part.map((key) => client.call('GET', key)));
      for (const [i, key] of part.entries()) {
        const reply = replies[i] ?? null;
        if (reply instanceof ErrorReply) throw reply;
        values.set(key, reply === null ? null : String(reply));
      }
    }
    return values;
  } finally {
    client.close();
  }
}

/** Every acknowledged write is on every node, nothing else is, and the replicas are equal. Gives what is wrong. */
export async function auditCluster(cluster: Cluster, ledger: Ledger): Promise<string[]> {
  const names = [...ledger.keys.map(({ name }) => name), ledger.counter];
  const faults: string[] = [];
  for (const node of cluster.nodes) {
    const found = ledger.audit(await readAll(node, names));
    faults.push(...found.map((fault) => `${node.id}: ${fault}`));
  }
  await cluster.agree();
  return faults;
}
