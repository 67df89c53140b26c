import { setTimeout as pause } from 'node:timers/promises';
import { readAll } from './audit.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';
import { type Connection, rawConnection } from './connection.ts';
import { Ledger, type OwnKey, valueFor } from './ledger.ts';

/** A client gives up an answer after so long, in milliseconds. */
const DEADLINE_MS = 5_000;
/** A write that could not be got through for so long has failed, in milliseconds. */
const FAILED_MS = 15_000;
const PAUSE_MS = 2;
const BACK_OFF_MS = 10;

/**
 * Clients that write all the time, and send what surely was not applied again, to one node after the other, until it
 * is. What became of a write is known, but for those whose connection or node was lost in the middle.
 */
export class SteadyWrites implements AsyncDisposable {
  readonly ledger = new Ledger();
  /** Writes that could not be got through. */
  readonly failed: string[] = [];
  /** What clients were told when a write was not applied, or is not known to be. */
  readonly told: string[] = [];
  readonly #cluster: Cluster;
  readonly #runs: Promise<void>[];
  #stopped = false;
  #lastAt = performance.now();
  #longestGapMs = 0;
  #longestWaitMs = 0;

  constructor(cluster: Cluster, clients = 4) {
    this.#cluster = cluster;
    this.#runs = Array.from({ length: clients }, (_, i) => this.#run(i));
  }

  /**
   * Since it was asked last, in milliseconds: the longest time without an acknowledged write, and the longest that one
   * client needed to get one through.
   */
  takeLongest(): { readonly gapMs: number; readonly waitMs: number } {
    const longest = { gapMs: Math.round(this.#longestGapMs), waitMs: Math.round(this.#longestWaitMs) };
    this.#longestGapMs = 0;
    this.#longestWaitMs = 0;
    return longest;
  }

  /** Resolves when so many more writes are acknowledged. */
  async more(count: number): Promise<void> {
    await this.ledger.acknowledgedSince(performance.now(), count);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#runs);
  }

  /** What is wrong with what that node holds now. */
  async audit(node: ClusterNode): Promise<string[]> {
    return this.ledger.audit(await readAll(node, [...this.ledger.keys.map(({ name }) => name)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(client: number): Promise<void> {
    let generation = 0;
    let round = client;
    let connection: Connection | null = null;
    let key = this.ledger.key(`s${client}-${generation}`);
    let began = performance.now();
    while (!this.#stopped) {
      if (connection === null || !connection.open) connection = await this.#connect(round++);
      const outcome = connection === null ? 'refused' : await this.#write(connection, key);
      if (outcome === 'done') {
        this.#longestWaitMs = Math.max(this.#longestWaitMs, performance.now() - began);
        await pause(PAUSE_MS);
        began = performance.now();
        continue;
      }
      // Who has been refused, or lost its node, tries another.
      connection?.close();
      connection = null;
      // What is left in doubt may come true later: it must not undo what is written then.
      if (outcome === 'unknown') key = this.ledger.key(`s${client}-${++generation}`);
      if (performance.now() - began > FAILED_MS) {
        this.failed.push(`${key.name} could not be written for ${FAILED_MS} ms`);
        began = performance.now();
      }
      await pause(BACK_OFF_MS);
    }
    connection?.close();
  }

  async #connect(round: number): Promise<Connection | null> {
    const living = this.#cluster.nodes.filter((node) => node.alive);
    const node = living[round % living.length];
    return node === undefined ? null : rawConnection(node.resp).catch(() => null);
  }

  async #write(connection: Connection, key: OwnKey): Promise<'done' | 'refused' | 'unknown'> {
    const number = ++key.sent;
    const began = performance.now();
    const [answer] = await connection.run([['SET', key.name, valueFor(number)]], DEADLINE_MS);
    if (answer?.outcome === 'done') {
      key.acked = number;
      const now = performance.now();
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastAt);
      this.#lastAt = now;
      this.ledger.done(began);
      return 'done';
    }
    const { outcome = 'unknown', why = 'no answer' } = answer ?? {};
    this.told.push(why);
    if (outcome === 'refused') {
      key.refused.add(number);
      this.ledger.refused++;
    } else {
      key.unknown.add(number);
      this.ledger.unknown++;
    }
    return outcome;
  }
}
