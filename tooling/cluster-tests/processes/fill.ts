import type { ClusterNode } from './cluster-node.ts';
import { RespClient } from './resp-client.ts';

const DEPTH = 500;

/** Sets so many keys, in pipelines. @throws Error if one of them is not acknowledged. */
export async function fill(node: ClusterNode, count: number, value: string): Promise<void> {
  const client = await RespClient.connect(node.resp);
  for (let from = 0; from < count; from += DEPTH) {
    const sets = Array.from({ length: Math.min(DEPTH, count - from) }, (_, i) =>
      client.call('SET', `fill-${from + i}`, value),
    );
    for (const reply of await Promise.all(sets)) {
      if (reply !== 'OK') throw new Error(`a write was answered with ${String(reply)}`);
    }
  }
  client.close();
}
