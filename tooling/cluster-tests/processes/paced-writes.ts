import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterNode } from './cluster-node.ts';
import { RespClient } from './resp-client.ts';

/** Writes numbered values at a steady rate to one node, and remembers what was acknowledged. */
export class PacedWrites {
  readonly acknowledged: string[] = [];
  readonly faults: string[] = [];
  #stopped = false;
  readonly #run: Promise<void>;

  constructor(node: ClusterNode, perSecond: number, everyMs = 10) {
    this.#run = this.#write(node, Math.round((perSecond * everyMs) / 1000), everyMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#run;
  }

  async #write(node: ClusterNode, atOnce: number, everyMs: number): Promise<void> {
    const client = await RespClient.connect(node.resp);
    const open: Promise<void>[] = [];
    for (let number = 0; !this.#stopped; ) {
      for (let i = 0; i < atOnce; i++) {
        number += 1;
        const key = `paced-${number}`;
        open.push(
          client.call('SET', key, key).then(
            (reply) => {
              if (reply === 'OK') this.acknowledged.push(key);
              else this.faults.push(`${key}: ${String(reply)}`);
            },
            (error: unknown) => {
              this.faults.push(`${key}: ${String(error)}`);
            },
          ),
        );
      }
      await pause(everyMs);
    }
    await Promise.all(open);
    client.close();
  }
}
