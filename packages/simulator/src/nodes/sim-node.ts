import type { Clock, Disk, Hasher, Random, Scheduler } from '@smalti/core';
import { simHasher } from '../chance/sim-hasher.ts';
import type { SimRandom } from '../chance/sim-random.ts';
import type { CrashChoice } from '../disk/crash-choice.ts';
import { SimDisk, type SimDiskOptions } from '../disk/sim-disk.ts';
import type { Simulation } from '../time/simulation.ts';
import { SimProcess } from './sim-process.ts';

/** How a node's wall clock differs from the true one. Both may be set at any time. */
export interface WallClock {
  /** Milliseconds ahead (or, negative, behind). */
  offset: number;
  /** How much faster it goes: 0.001 gains a millisecond each second. */
  drift: number;
}

/** What a node is made with. */
export interface SimNodeOptions {
  readonly disk?: SimDiskOptions;
}

/** The doors of one process. They are dead when the process is. */
export interface SimPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly disk: Disk;
}

/**
 * A machine with a disk, and the process that runs on it. Code under test is given {@link ports}; after a crash and
 * a restart the ports are new ones, and those of the old process do nothing.
 */
export class SimNode {
  readonly name: string;
  readonly wall: WallClock = { offset: 0, drift: 0 };
  /** The device, with its faults; it outlives processes. As a port it acts for whatever process runs. */
  readonly disk: SimDisk;
  readonly #sim: Simulation;
  readonly #random: SimRandom;
  readonly #onCrash = new Set<() => void>();
  #process: SimProcess;
  #ports: SimPorts;

  constructor(sim: Simulation, name: string, options: SimNodeOptions) {
    this.#sim = sim;
    this.name = name;
    this.#random = sim.random.fork(name);
    this.disk = new SimDisk(sim, { name: `${name}:`, random: this.#random.fork('disk'), ...options.disk });
    this.#process = new SimProcess(sim, name, 1, this.wall);
    this.#ports = this.#makePorts();
  }

  /** The process that runs, or the last one that ran. */
  get process(): SimProcess {
    return this.#process;
  }

  get running(): boolean {
    return this.#process.alive;
  }

  /** The doors of the process that runs. */
  get ports(): SimPorts {
    return this.#ports;
  }

  get clock(): Clock {
    return this.#ports.clock;
  }

  get scheduler(): Scheduler {
    return this.#ports.scheduler;
  }

  get random(): Random {
    return this.#ports.random;
  }

  /** As SIGSTOP: timers, disk completions and deliveries are held. The disk itself goes on. */
  pause(): void {
    this.#process.pause();
  }

  /** As SIGCONT: what was held happens now, late and in order. */
  resume(): void {
    this.#process.resume();
  }

  /** As `kill -9`: the process is gone, and what it wrote stays in the page cache. */
  kill(): void {
    this.#end(() => this.disk.kill(this.#process));
  }

  /** As a loss of power: the process is gone, and the disk keeps of what was not synced what `choice` says. */
  crash(choice: CrashChoice = { random: this.#random }): void {
    this.#end(() => this.disk.crash(choice));
  }

  /** Starts a new process, after `kill` or `crash`; one that still runs is killed first. */
  restart(): SimPorts {
    if (this.#process.alive) this.kill();
    this.#process = new SimProcess(this.#sim, this.name, this.#process.epoch + 1, this.wall);
    this.#ports = this.#makePorts();
    return this.#ports;
  }

  /** Calls back each time that a process of this node is killed. Returns what ends it. */
  onCrash(listener: () => void): () => void {
    this.#onCrash.add(listener);
    return () => this.#onCrash.delete(listener);
  }

  #end(disk: () => void): void {
    this.#process.kill();
    disk();
    for (const listener of [...this.#onCrash]) listener();
  }

  #makePorts(): SimPorts {
    return {
      clock: this.#process.clock,
      scheduler: this.#process.scheduler,
      random: this.#random.fork(`process ${this.#process.epoch}`),
      hasher: simHasher,
      disk: this.disk.forProcess(this.#process),
    };
  }
}
