import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterNode } from './cluster-node.ts';
import { type Answer, type Connection, rawConnection } from './connection.ts';

const DEADLINE_MS = 1_000;
const PAUSE_MS = 10;

/** Asks one node for writes and strong reads, again and again, and keeps what it answers. */
export class Prober implements AsyncDisposable {
  readonly writes: Answer[] = [];
  readonly reads: Answer[] = [];
  readonly #runs: Promise<void>[];
  #stopped = false;

  constructor(node: ClusterNode, key: string, value: string, clients = 3) {
    this.#runs = Array.from({ length: clients }, () => this.#run(node, key, value));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#runs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(node: ClusterNode, key: string, value: string): Promise<void> {
    let connection: Connection | null = null;
    while (!this.#stopped) {
      connection ??= await rawConnection(node.resp).catch(() => null);
      if (connection === null) {
        await pause(PAUSE_MS);
        continue;
      }
      const commands = [
        ['SET', key, value],
        ['GET', key],
      ];
      const [write, read] = await connection.run(commands, DEADLINE_MS);
      if (write !== undefined) this.writes.push(write);
      if (read !== undefined) this.reads.push(read);
      if (!connection.open) connection = null;
      await pause(PAUSE_MS);
    }
    connection?.close();
  }
}

/** What there is too much of: answers that say that something was done. */
export function doneOf(answers: readonly Answer[]): Answer[] {
  return answers.filter(({ outcome }) => outcome === 'done');
}
