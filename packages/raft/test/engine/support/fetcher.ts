import type { Anchor, Entry, Index } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import type { Effect, Input } from '../../../src/engine/io.ts';
import { configurationOf } from '../../../src/engine/log.ts';
import type { TestNode } from './test-node.ts';
import { must } from './violation.ts';

/** What a fetcher does with its node's engine. */
export interface FetcherPort {
  readonly node: TestNode;
  /** Disks that can be reached now, any of which may hold a deposed leader's entries. */
  sources(): readonly TestNode[];
  input(input: Input): readonly Effect[];
  /** What is committed: what checkpoints are made of. */
  readonly committed: readonly Entry[];
}

/**
 * The poorest of strategies, for the engine's tests: offers whatever a disk within reach holds or held, committed or
 * long since cut, and leaves it to the engine to refuse. Installs the checkpoint that is announced when it must, and
 * now and then when it need not. Ends when the engine lets it.
 */
export class Fetcher {
  readonly refusals: string[] = [];
  readonly #port: FetcherPort;
  readonly #random: SimRandom;
  readonly #epoch: number;
  /** It began to fetch these: they may be installed although younger ones were announced since. */
  readonly #anchors: Anchor[] = [];
  installs = 0;

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
      const at = session.anchor !== null && this.#random.chance(0.2) ? end : view.last;
      if (this.#ask({ type: 'session-finish', epoch: this.#epoch, at })) {
        must(durable, `the session of ${this.#port.node.name} is done before ${end.index} is on its disk`);
        return false;
      }
    }
    if (this.#install()) return true;
    const entries = this.#fetch(end.index);
    if (entries.length === 0) return true;
    if (this.#random.chance(0.1)) {
      const late = this.#ask({ type: 'session-append', epoch: this.#epoch - 1, entries });
      must(!late, `session ${this.#epoch - 1} of ${this.#port.node.name} is over, and still writes`);
    }
    this.#ask({ type: 'session-append', epoch: this.#epoch, entries });
    return true;
  }

  /** True if it asked for an install. */
  #install(): boolean {
    const { node, committed } = this.#port;
    const { session } = node.engine;
    const { anchor } = session ?? {};
    if (anchor === null || anchor === undefined) return false;
    if (!this.#anchors.some(({ root }) => root === anchor.root)) this.#anchors.push(anchor);
    if (!this.#random.chance(session?.mustInstall === true ? 0.7 : 0.1)) return false;
    const chosen = this.#random.pick(this.#anchors);
    const inForce = committed.slice(0, chosen.at.index).findLast((entry) => configurationOf(entry) !== null);
    if (inForce === undefined) return false;
    const { stamp } = committed[chosen.at.index - 1] ?? inForce;
    const before = node.disk.anchor;
    if (node.engine.mayInstall(this.#epoch, chosen) === null) node.disk.anchor = chosen;
    const what = { epoch: this.#epoch, anchor: chosen, configuration: inForce, stamp };
    if (this.#ask({ type: 'session-install', ...what })) this.installs += 1;
    else must(node.disk.anchor === before, `the session of ${node.name} may install, and is refused`);
    return true;
  }

  /** A few entries of somebody, begun a little before what is missing, now and then. */
  #fetch(end: Index): readonly Entry[] {
    const sources = this.#port.sources();
    if (sources.length === 0) return [];
    const { disk } = this.#random.pick(sources);
    const entries = this.#random.pick([disk.durable, ...disk.ghosts]);
    const first = Math.max(1, end + 1 - (this.#random.chance(0.2) ? 2 : 0));
    if (first <= disk.base) return [];
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
