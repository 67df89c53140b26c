import type { Entry, Index } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import type { Effect, Input } from '../../../src/engine/io.ts';
import type { TestNode } from './test-node.ts';
import { must } from './violation.ts';

/** What a fetcher does with its node's engine. */
export interface FetcherPort {
  readonly node: TestNode;
  /** Disks that can be reached now, any of which may hold a deposed leader's entries. */
  sources(): readonly TestNode[];
  input(input: Input): readonly Effect[];
}

/**
 * The poorest of strategies, for the engine's tests: offers whatever a disk within reach holds or held, committed or
 * long since cut, and leaves it to the engine to refuse. Ends when the engine lets it.
 */
export class Fetcher {
  readonly refusals: string[] = [];
  readonly #port: FetcherPort;
  readonly #random: SimRandom;
  readonly #epoch: number;

  constructor(port: FetcherPort, epoch: number) {
    this.#port = port;
    this.#epoch = epoch;
    this.#random = new SimRandom(`fetcher ${port.node.name} ${port.node.boot} ${epoch}`);
  }

  /** One attempt. False when the session is over. */
  step(): boolean {
    const session = this.#port.node.engine.session;
    if (session === null || session.epoch !== this.#epoch) return false;
    const { view } = this.#port.node.engine;
    const { end } = session;
    // Now and then it asks too early.
    const durable = view.durable >= end.index;
    if (durable || this.#random.chance(0.2)) {
      this.#ask({ type: 'session-commit', epoch: this.#epoch, at: end });
      if (this.#ask({ type: 'session-finish', epoch: this.#epoch, at: view.last })) {
        must(durable, `the session of ${this.#port.node.name} is done before ${end.index} is on its disk`);
        return false;
      }
    }
    const entries = this.#fetch(end.index);
    if (entries.length === 0) return true;
    if (this.#random.chance(0.1)) {
      const late = this.#ask({ type: 'session-append', epoch: this.#epoch - 1, entries });
      must(!late, `session ${this.#epoch - 1} of ${this.#port.node.name} is over, and still writes`);
    }
    this.#ask({ type: 'session-append', epoch: this.#epoch, entries });
    return true;
  }

  /** A few entries of somebody, begun a little before what is missing, now and then. */
  #fetch(end: Index): readonly Entry[] {
    const sources = this.#port.sources();
    if (sources.length === 0) return [];
    const { disk } = this.#random.pick(sources);
    const entries = this.#random.pick([disk.durable, ...disk.ghosts]);
    const first = Math.max(1, end + 1 - (this.#random.chance(0.2) ? 2 : 0));
    return entries.slice(first - 1, first - 1 + 1 + this.#random.below(6));
  }

  /** True if it was granted. */
  #ask(input: Input): boolean {
    const answer = this.#port.input(input).find((effect) => effect.type === 'session-answer');
    if (answer === undefined) throw new Error('a request of a session has no answer');
    if (answer.refusal !== null) this.refusals.push(answer.refusal);
    return answer.refusal === null;
  }
}
