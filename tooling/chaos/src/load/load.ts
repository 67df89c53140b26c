import { SimRandom } from '@smalti/simulator';
import type { Subject } from '../field/subject.ts';
import { ClientRecord } from './client-record.ts';
import { httpWorker } from './http-worker.ts';
import { KeyRing } from './key-ring.ts';
import { respWorker } from './resp-worker.ts';

export interface LoadOptions {
  /** How many keys are in use at a time, and for about how long each, in milliseconds. */
  readonly keys: number;
  readonly keyLifeMs: number;
  /** From and to, between two requests of one client, in milliseconds. */
  readonly pauseMs: readonly [number, number];
}

/** Four clients at each node, one of them with a pipeline and one over HTTP. */
export class Load {
  readonly record = new ClientRecord();
  readonly keys: KeyRing;
  readonly #stop = new AbortController();
  readonly #workers: readonly Promise<void>[];

  constructor(seed: string, subjects: readonly Subject[], options: LoadOptions) {
    const random = new SimRandom(`load ${seed}`);
    const { keys, keyLifeMs, pauseMs } = options;
    this.keys = new KeyRing(random.fork('keys'), () => performance.now(), keys, keyLifeMs);
    this.#workers = subjects.flatMap(({ id, node }) =>
      ['a', 'b', 'pipeline', 'http'].map((kind) => {
        const name = `${id}.${kind}`;
        const isHttp = kind === 'http';
        const worker = {
          name,
          address: isHttp ? node.http : node.resp,
          depth: kind === 'pipeline' ? 4 : 1,
          pauseMs,
          keys: this.keys,
          record: this.record,
          random: random.fork(name),
        };
        return (isHttp ? httpWorker : respWorker)(worker, this.#stop.signal);
      }),
    );
  }

  /** Resolves when no client has anything under way any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#workers);
  }
}
