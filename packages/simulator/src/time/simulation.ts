import { invariant } from '@smalti/core';
import { SimRandom } from '../chance/sim-random.ts';
import { SimNetwork, type SimNetworkOptions } from '../network/sim-network.ts';
import { SimNode, type SimNodeOptions } from '../nodes/sim-node.ts';
import { Awaited } from './awaited.ts';
import { Digest } from './digest.ts';
import { EventQueue, type QueuedEvent } from './event-queue.ts';

/** How a simulation begins. */
export interface SimulationOptions {
  /** Equal seeds and equal programs give equal runs. Default 1. */
  readonly seed?: number | string;
  /** The true wall clock at the beginning, in milliseconds since 1970. Default 2030-01-01. */
  readonly wallStart?: number;
  /**
   * How many microtask turns `run`, `runUntil` and `settle` leave to promises between two events. A longer chain of
   * promises goes on after the next event, at a place that is the same in every run. Default 32.
   */
  readonly microtaskTurns?: number;
  readonly network?: SimNetworkOptions;
}

/** A scheduled event. */
export interface Scheduled {
  /** Does nothing if it has happened or was cancelled. */
  cancel(): void;
}

const WALL_START = Date.UTC(2030, 0, 1);

/**
 * One virtual world: a queue of events in virtual time, the network, and the nodes. Nothing in it happens in real
 * time: `run` goes from event to event. Two runs of one program with one seed are equal, event for event, and have
 * equal {@link digest}s.
 *
 * Code that only uses callbacks is driven by `step`, `runSync`, `runUntilSync` and `call`. Code that uses promises
 * needs microtasks between events: `await` one of `run`, `runUntil`, `complete`. Do not await anything else that
 * takes real time in between, or the order is not yours any more.
 *
 * @example
 * const sim = new Simulation({ seed: 7 });
 * const node = sim.node('n1');
 * const file = sim.call((done) => node.disk.open('log', 'create', done));
 */
export class Simulation {
  readonly seed: number | string;
  /** Chance for the test itself and for what is not a node's. */
  readonly random: SimRandom;
  readonly network: SimNetwork;
  /** The true wall clock at virtual time 0. */
  readonly wallStart: number;

  readonly #queue = new EventQueue();
  readonly #digest = new Digest();
  readonly #nodes = new Map<string, SimNode>();
  readonly #microtaskTurns: number;
  readonly #endOfTurn: (() => void)[] = [];
  readonly #awaited = new Awaited(this);
  #now = 0;
  #sequence = 0;
  #events = 0;
  #running = false;

  constructor(options: SimulationOptions = {}) {
    this.seed = options.seed ?? 1;
    this.wallStart = options.wallStart ?? WALL_START;
    this.#microtaskTurns = options.microtaskTurns ?? 32;
    this.random = new SimRandom(this.seed);
    this.network = new SimNetwork(this, options.network);
  }

  /** Virtual milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** How many events have happened. */
  get events(): number {
    return this.#events;
  }

  /** A hash of every event so far: its time and what it was. */
  get digest(): string {
    return this.#digest.toString();
  }

  get nodes(): readonly SimNode[] {
    return [...this.#nodes.values()];
  }

  /** The node of that name; it is made, with a running process and an empty disk, when first asked for. */
  node(name: string, options: SimNodeOptions = {}): SimNode {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const node = new SimNode(this, name, options);
    this.#nodes.set(name, node);
    return node;
  }

  /** The node of that name, if there is one. */
  findNode(name: string): SimNode | undefined {
    return this.#nodes.get(name);
  }

  /** Schedules an event `delayMs` from now (0: a later event of this same moment). */
  schedule(delayMs: number, label: string, run: () => void): Scheduled {
    invariant(Number.isFinite(delayMs), `the delay of ${label} is ${delayMs}`);
    const at = this.#now + Math.max(0, delayMs);
    const event: QueuedEvent = { at, sequence: this.#sequence++, label, run, cancelled: false };
    this.#queue.push(event);
    return {
      cancel: () => {
        event.cancelled = true;
      },
    };
  }

  /**
   * Runs `work` when the event that is under way ends, in the order of the calls. Called from outside an event (by a
   * test, or by a promise that went on), it runs as an event of its own at this moment.
   */
  endOfTurn(work: () => void): void {
    if (!this.#running && this.#endOfTurn.length === 0) this.schedule(0, 'turn', () => {});
    this.#endOfTurn.push(work);
  }

  /** Adds something to the digest: what a test considers part of the run. */
  note(text: string): void {
    this.#digest.add(text);
  }

  /** Runs the next event and what was put at its end. False if there is none. Leaves no time to promises. */
  step(): boolean {
    const event = this.#queue.pop();
    if (event === undefined) return false;
    invariant(!this.#running, 'a simulation is driven from within one of its events');
    this.#now = event.at;
    this.#events += 1;
    this.#digest.add(`${event.at} ${event.label}`);
    this.#running = true;
    try {
      event.run();
      for (let work = this.#endOfTurn.shift(); work !== undefined; work = this.#endOfTurn.shift()) work();
    } finally {
      this.#running = false;
    }
    return true;
  }

  /** Gives promises their turns, without letting virtual time pass. */
  async settle(): Promise<void> {
    for (let i = 0; i < this.#microtaskTurns; i++) await undefined;
  }

  /** Runs every event up to that moment, inclusive, with turns for promises between them; the time is then `untilMs`. */
  async run(untilMs: number): Promise<void> {
    await this.settle();
    while (this.nextAt <= untilMs) {
      this.step();
      await this.settle();
    }
    this.#now = Math.max(this.#now, untilMs);
  }

  /** Runs for so many milliseconds more. */
  async runFor(durationMs: number): Promise<void> {
    await this.run(this.#now + durationMs);
  }

  /**
   * Runs until the predicate holds, looking after each event. False if it did not hold by `limitMs` more
   * milliseconds, or if nothing was left to happen.
   */
  async runUntil(predicate: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    await this.settle();
    while (!predicate()) {
      if (this.nextAt > end) return false;
      this.step();
      await this.settle();
    }
    return true;
  }

  /**
   * Runs until the promise is settled, and gives what it gives. Several calls may overlap: they are driven together.
   *
   * @throws Error if it is not settled within `limitMs` (default: a minute) of virtual time, or nothing is left to
   * happen; else what the promise throws.
   */
  complete<T>(work: Promise<T>, limitMs = 60_000): Promise<T> {
    return this.#awaited.complete(work, limitMs);
  }

  /** As `run`, for code without promises: faster, and synchronous. */
  runSync(untilMs: number): void {
    while (this.nextAt <= untilMs) this.step();
    this.#now = Math.max(this.#now, untilMs);
  }

  /** As `runUntil`, for code without promises. */
  runUntilSync(predicate: () => boolean, limitMs: number): boolean {
    const end = this.#now + limitMs;
    while (!predicate()) {
      if (this.nextAt > end) return false;
      this.step();
    }
    return true;
  }

  /**
   * Submits something that takes a callback, and runs until it has called back.
   *
   * @returns the value that it called back with.
   * @throws the error that it called back with; Error if it did not within `limitMs` (default: a minute).
   */
  call<T>(submit: (done: (error: Error | null, value: T) => void) => void, limitMs = 60_000): T {
    const answers: { error: Error | null; value: T }[] = [];
    submit((error, value) => {
      invariant(answers.length === 0, 'a callback was called twice');
      answers.push({ error, value });
    });
    invariant(answers.length === 0, 'a callback was called within the call that it was given to');
    this.runUntilSync(() => answers.length > 0, limitMs);
    const [answer] = answers;
    if (answer === undefined) {
      throw new Error(`a callback was not called within ${limitMs} virtual milliseconds (${this.idle})`);
    }
    if (answer.error !== null) throw answer.error;
    return answer.value;
  }

  /** When the next event is due; Infinity if there is none. */
  get nextAt(): number {
    return this.#queue.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  /** What is next, for messages. */
  get idle(): string {
    const next = this.#queue.peek();
    return next === undefined ? 'nothing is left to happen' : `next is ${next.label} at ${next.at}`;
  }
}
