import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterNode } from './cluster-node.ts';
import {
  type Answer,
  type Connect,
  type Connection,
  ioredisConnection,
  rawConnection,
} from './connection.ts';
import { Ledger, numberIn, type OwnKey, valueFor } from './ledger.ts';

/** A client gives a connection up after so long without an answer, in milliseconds. */
const DEADLINE_MS = 3_000;
const BACK_OFF_MS = 20;
const KEYS_EACH = 3;

/** A client that writes all the time, to one node after the other, and keeps a record. */
class Writer {
  readonly #name: string;
  readonly #nodes: readonly ClusterNode[];
  readonly #connect: Connect;
  readonly #depth: number;
  readonly #ledger: Ledger;
  readonly #keys: OwnKey[];
  #generation = 0;
  #round: number;
  #stopped = false;

  constructor(
    number: number,
    nodes: readonly ClusterNode[],
    connect: Connect,
    depth: number,
    ledger: Ledger,
  ) {
    this.#name = `w${number}`;
    this.#round = number;
    this.#nodes = nodes;
    this.#connect = connect;
    this.#depth = depth;
    this.#ledger = ledger;
    this.#keys = Array.from({ length: KEYS_EACH }, () => this.#newKey());
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<void> {
    let connection: Connection | null = null;
    while (!this.#stopped) {
      if (connection === null || !connection.open) connection = await this.#reconnect();
      if (connection === null) continue;
      const key = this.#keys[this.#round++ % KEYS_EACH];
      if (key === undefined) throw new Error('there are keys');
      const known = await this.#write(connection, key).catch((error: unknown) => {
        this.#ledger.faults.push(`${this.#name}: ${String(error)}`);
        return false;
      });
      if (known) continue;
      // What is left in doubt is never written again, so that what is found at the end has one explanation.
      this.#keys[this.#keys.indexOf(key)] = this.#newKey();
      connection.close();
      connection = null;
    }
    connection?.close();
  }

  async #reconnect(): Promise<Connection | null> {
    const node = this.#nodes[this.#round++ % this.#nodes.length];
    try {
      return await this.#connect(node?.resp ?? '');
    } catch {
      await pause(BACK_OFF_MS);
      return null;
    }
  }

  #newKey(): OwnKey {
    return this.#ledger.key(`${this.#name}-${this.#generation++}`);
  }

  /** One pipeline. False if the outcome of a part of it is not known. */
  async #write(connection: Connection, key: OwnKey): Promise<boolean> {
    const sets = Array.from({ length: this.#depth }, () => ++key.sent);
    const acked = key.acked;
    const began = performance.now();
    const commands = [
      ...sets.map((number) => ['SET', key.name, valueFor(number)]),
      ['INCR', this.#ledger.counter],
      ['GET', key.name],
    ];
    const answers = await connection.run(commands, DEADLINE_MS);
    for (const [i, number] of sets.entries()) this.#recordSet(key, number, answers[i], began);
    const [increment, read] = answers.slice(sets.length);
    this.#recordIncrement(increment, began);
    this.#recordRead(key, Math.max(acked, key.acked), read);
    const refused = answers.some(({ outcome }) => outcome === 'refused');
    if (refused) await pause(BACK_OFF_MS);
    return answers.every(({ outcome }) => outcome !== 'unknown');
  }

  #recordSet(key: OwnKey, number: number, answer: Answer | undefined, began: number): void {
    if (answer?.outcome === 'done') {
      if (answer.reply !== 'OK') this.#ledger.faults.push(`SET was answered with ${String(answer.reply)}`);
      key.acked = number;
      this.#ledger.done(began);
    } else if (answer?.outcome === 'refused') {
      key.refused.add(number);
      this.#ledger.refused++;
    } else {
      key.unknown.add(number);
      this.#ledger.unknown++;
    }
  }

  #recordIncrement(answer: Answer | undefined, began: number): void {
    if (answer?.outcome === 'done') this.#ledger.incremented(began, Number(answer.reply));
    else if (answer?.outcome === 'unknown') this.#ledger.unknownIncrement();
    else this.#ledger.refused++;
  }

  /** A strong read sees at least what was acknowledged to the same client before it. */
  #recordRead(key: OwnKey, atLeast: number, answer: Answer | undefined): void {
    if (answer?.outcome !== 'done') return;
    const seen = typeof answer.reply === 'string' ? numberIn(answer.reply) : null;
    const fault = key.fault(seen, atLeast);
    if (fault !== null) this.#ledger.faults.push(`a strong read: ${fault}`);
  }
}

/** Clients under way: half of them ioredis, half of them raw, some with pipelines. */
export class Load implements AsyncDisposable {
  readonly ledger = new Ledger();
  readonly #writers: readonly Writer[];
  readonly #runs: Promise<void>[];

  constructor(nodes: readonly ClusterNode[], clients = 8) {
    this.#writers = Array.from({ length: clients }, (_, i) => {
      const connect = i % 2 === 0 ? rawConnection : ioredisConnection;
      return new Writer(i, nodes, connect, i % 4 < 2 ? 1 : 8, this.ledger);
    });
    this.#runs = this.#writers.map((writer) => writer.run());
  }

  /** Resolves when no client has anything under way any more. */
  async stop(): Promise<Ledger> {
    for (const writer of this.#writers) writer.stop();
    await Promise.all(this.#runs);
    return this.ledger;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
