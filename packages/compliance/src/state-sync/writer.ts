import type { SmaltiError } from '@smalti/core';
import type { SyncCluster } from './cluster.ts';

/** Commands that are under way at a time. */
const AT_ONCE = 200;
/** Between two commands of a group that is busy, in virtual milliseconds, if nothing else is said. */
const PAUSE_MS = 20;

/** Writes commands, each once, and knows which were acknowledged. */
export class Writer {
  readonly #cluster: SyncCluster;
  readonly #acknowledged = new Set<number>();
  #next = 0;
  #busy = false;

  constructor(cluster: SyncCluster) {
    this.#cluster = cluster;
  }

  /** How many commands were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** Writes so many commands of that many bytes, through the leader, and waits until they are applied. */
  async write(count: number, bytes: number): Promise<void> {
    for (let left = count; left > 0; left -= AT_ONCE) {
      const leader = await this.#cluster.untilLeader();
      const calls = Array.from({ length: Math.min(left, AT_ONCE) }, async () => {
        const number = this.#number();
        await leader.group.execute({ number, bytes }, { timeoutMs: 60_000 });
        this.#acknowledged.add(number);
      });
      await this.#cluster.sim.complete(Promise.all(calls), 120_000);
    }
  }

  /** From now on one command after the other is written, by whoever leads, until `stop`. */
  start(bytes: number, pauseMs = PAUSE_MS): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#again(bytes, pauseMs);
  }

  stop(): void {
    this.#busy = false;
  }

  /** What is wrong with what the nodes that run have applied, if anything. They have to be equal. */
  problems(): string[] {
    const problems: string[] = [];
    const [first, ...others] = this.#cluster.running;
    for (const { id, machine } of others) {
      if (String(machine.numbers) !== String(first?.machine.numbers)) {
        problems.push(`${id} holds ${machine.numbers.length} commands, and ${first?.id} others`);
      }
    }
    const held = new Set(first?.machine.numbers);
    if (held.size !== first?.machine.numbers.length) problems.push('a command was applied twice');
    const lost = [...this.#acknowledged].filter((number) => !held.has(number));
    if (lost.length > 0) problems.push(`${lost.length} acknowledged commands are lost, ${lost[0]} first`);
    return problems;
  }

  #number(): number {
    this.#next += 1;
    return this.#next;
  }

  #again(bytes: number, pauseMs: number): void {
    this.#cluster.sim.schedule(pauseMs, 'write', () => {
      if (!this.#busy) return;
      const { leader } = this.#cluster;
      const number = this.#number();
      leader?.group.submit(
        { number, bytes },
        (error: SmaltiError | null) => {
          if (error === null) this.#acknowledged.add(number);
        },
        { timeoutMs: 2000 },
      );
      this.#again(bytes, pauseMs);
    });
  }
}
