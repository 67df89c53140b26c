import { statSync } from 'node:fs';
import { type ClusterNode, type Exit, until } from '@smalti/cluster-tests/processes';
import { type FakeClock, removeFakeTimeTraces } from '../machine/fake-clock.ts';
import type { Tmpfs } from '../machine/tmpfs.ts';
import { unexpectedEnd } from './exits.ts';

/** What a node says when it has read its log. */
const STARTED = '"msg":"started"';
const STARTED_WITHIN_MS = 60_000;

/** One node, what belongs to it, and the knowledge of whether it may be down. */
export class Subject {
  readonly node: ClusterNode;
  readonly number: number;
  readonly tmpfs: Tmpfs | null;
  readonly clock: FakeClock | null;
  readonly #fault: (what: string) => void;
  /** Of all its restarts, in milliseconds. */
  slowestStartMs = 0;
  #logFrom = 0;
  /** Ends of its process that were brought about. */
  #mayEnd = false;

  constructor(
    node: ClusterNode,
    number: number,
    parts: { readonly tmpfs: Tmpfs | null; readonly clock: FakeClock | null },
    fault: (what: string) => void,
  ) {
    this.node = node;
    this.number = number;
    this.tmpfs = parts.tmpfs;
    this.clock = parts.clock;
    this.#fault = fault;
  }

  get id(): string {
    return this.node.id;
  }

  /** What the process that was launched last said. */
  get said(): string {
    return Buffer.from(this.node.said).subarray(this.#logFrom).toString();
  }

  /** @param mayEnd true if this process is meant to end by itself. */
  launch(mayEnd = false, more: readonly string[] = []): void {
    this.#logFrom = statSync(this.node.place.log, { throwIfNoEntry: false })?.size ?? 0;
    this.#mayEnd = mayEnd;
    this.node.launch(more);
    const { pid } = this.node;
    void this.node.ended.then((exit) => this.#ended(exit, pid));
  }

  /** SIGKILL, and gone. */
  async kill(): Promise<void> {
    this.#mayEnd = true;
    if (this.node.alive) await this.node.kill();
  }

  /** SIGTERM, and gone: that it does not end well is a fault. */
  async stop(): Promise<void> {
    this.#mayEnd = true;
    const { code, signal } = await this.node.stop();
    if (code !== 0) this.#fault(`${this.id} was told to stop, and ended with ${code ?? signal}`);
  }

  pause(): void {
    this.node.pause();
  }

  resume(): void {
    this.node.resume();
  }

  /**
   * A new process, which has read its log: until then nothing can be asked of it. That it never gets so far, or takes
   * too long, is a fault.
   */
  async restart(): Promise<void> {
    this.launch();
    const began = performance.now();
    try {
      await until(
        `${this.id} has started`,
        () => !this.node.alive || this.said.includes(STARTED),
        STARTED_WITHIN_MS,
      );
    } catch (error) {
      this.#fault((error as Error).message);
    }
    this.slowestStartMs = Math.max(this.slowestStartMs, performance.now() - began);
  }

  #ended(exit: Exit, pid: number): void {
    if (this.clock !== null) removeFakeTimeTraces(pid);
    if (!this.#mayEnd) this.#fault(unexpectedEnd(this.id, exit, this.said));
  }
}
