import { type Clock, invariant, type Scheduler, type Timer } from '@smalti/core';
import type { Scheduled, Simulation } from '../time/simulation.ts';
import type { WallClock } from './sim-node.ts';

const DEAD: Timer = Object.freeze({ cancel: () => {} });

/**
 * One run of a process on a node. Everything that is to happen in it comes through `post` or `run`: while it is paused that
 * is held, in order; once it is dead it is dropped, for ever.
 */
export class SimProcess {
  readonly node: string;
  /** 1 for the node's first process, 2 after its first restart, … */
  readonly epoch: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly #sim: Simulation;
  readonly #wall: WallClock;
  readonly #held: { label: string; run: () => void }[] = [];
  #alive = true;
  #paused = false;

  constructor(sim: Simulation, node: string, epoch: number, wall: WallClock) {
    this.#sim = sim;
    this.node = node;
    this.epoch = epoch;
    this.#wall = wall;
    this.clock = this.#makeClock();
    this.scheduler = this.#makeScheduler();
  }

  get alive(): boolean {
    return this.#alive;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Lets something happen in this process `delayMs` from now, or when it is resumed, or never if it dies. */
  post(delayMs: number, label: string, run: () => void): Scheduled {
    if (!this.#alive) return DEAD;
    let held = false;
    let cancelled = false;
    const name = `${this.node} ${label}`;
    const event = this.#sim.schedule(delayMs, name, () => {
      if (!this.#alive) return;
      if (this.#paused) {
        held = true;
        this.#held.push({ label: name, run: () => cancelled || run() });
      } else {
        run();
      }
    });
    return {
      cancel: () => {
        cancelled = true;
        if (!held) event.cancel();
      },
    };
  }

  /** Something happens in this process now, within the event under way; or when it is resumed, or never if it is dead. */
  run(label: string, work: () => void): void {
    if (!this.#alive) return;
    if (this.#paused) this.#held.push({ label: `${this.node} ${label}`, run: work });
    else work();
  }

  /** As SIGSTOP: nothing happens in it until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  /** As SIGCONT: what was held happens now, late, in order, each as an event of its own. */
  resume(): void {
    this.#paused = false;
    for (const { label, run } of this.#held.splice(0)) {
      const again = (): void => {
        if (!this.#alive) return;
        if (this.#paused) this.#held.push({ label, run });
        else run();
      };
      this.#sim.schedule(0, label, again);
    }
  }

  /** Ends it: what was to happen in it never does. */
  kill(): void {
    this.#alive = false;
    this.#held.length = 0;
  }

  #makeClock(): Clock {
    return {
      now: () => this.#sim.now,
      wallNow: () => this.#sim.wallStart + this.#sim.now * (1 + this.#wall.drift) + this.#wall.offset,
      setTimer: (delayMs, fire) => {
        invariant(!Number.isNaN(delayMs), 'a timer for NaN milliseconds');
        return this.post(delayMs, 'timer', fire);
      },
    };
  }

  #makeScheduler(): Scheduler {
    return {
      endOfTurn: (work) => {
        if (!this.#alive) return;
        this.#sim.endOfTurn(() => {
          if (!this.#alive) return;
          // A process that was paused in the middle of a turn ends the turn when it is resumed.
          if (this.#paused) this.#held.push({ label: `${this.node} turn`, run: work });
          else work();
        });
      },
      nextTurn: (work) => {
        this.post(0, 'next turn', work);
      },
    };
  }
}
