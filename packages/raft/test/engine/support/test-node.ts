import type { Entry, Index, MemberKey } from '@smalti/core';
import type { EngineOptions, Recovered } from '../../../src/engine/core.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { Effect, Input } from '../../../src/engine/io.ts';
import type { Fetcher } from './fetcher.ts';
import { key } from './members.ts';
import type { TestDisk } from './test-disk.ts';

export type EngineMaker = (options: EngineOptions, recovered: Recovered, now: number) => Engine;

export const realEngine: EngineMaker = (options, recovered, now) => new Engine(options, recovered, now);

/** What an engine was given and what it answered: enough to have it answer again. */
export interface Recording {
  readonly options: EngineOptions;
  readonly recovered: Recovered;
  readonly begun: number;
  readonly steps: { now: number; wall: number; input: Input; effects: readonly Effect[]; deadline: number }[];
}

/** One node of a test cluster: a disk that outlives crashes, and the engine of its present life. */
export class TestNode {
  readonly name: string;
  readonly disk: TestDisk;
  key: MemberKey;
  engine: Engine;
  recording: Recording;
  alive = true;
  paused = false;
  /** Counts lives of the process. */
  boot = 1;
  /** This node's clock is ahead of the cluster's by so much. */
  offset = 0;
  /** Its clock stands still at this time. */
  frozenAt: number | null = null;
  /** Its clock never goes back. */
  clock = 0;
  /** Up to here this life has said "committed". */
  committed: Index;
  readonly ready = new Map<number, { index: Index; stamp: number }>();
  readonly failed = new Set<number>();
  readonly proposed: Entry[] = [];
  readonly notes: string[] = [];
  /** One for each session there was. */
  readonly fetchers: Fetcher[] = [];
  /** Inputs that arrive while the process is paused. */
  readonly waiting: (() => void)[] = [];
  refused = 0;
  reads = 0;
  readonly #make: EngineMaker;
  readonly #options: (key: MemberKey, boot: number) => EngineOptions;

  constructor(
    name: string,
    disk: TestDisk,
    options: (key: MemberKey, boot: number) => EngineOptions,
    make: EngineMaker,
  ) {
    this.name = name;
    this.disk = disk;
    this.key = key(name);
    this.#make = make;
    this.#options = options;
    this.recording = this.#begin();
    this.engine = this.#start();
    this.committed = this.engine.commit;
  }

  /** Begins a new life from what is on disk. */
  restart(): void {
    this.alive = true;
    this.paused = false;
    this.boot += 1;
    this.reads = 0;
    this.ready.clear();
    this.failed.clear();
    this.waiting.length = 0;
    this.recording = this.#begin();
    this.engine = this.#start();
    this.committed = this.engine.commit;
  }

  #begin(): Recording {
    const { disk } = this;
    const lastStamp = disk.durable.at(-1)?.stamp ?? 0;
    const recovered = { hardState: disk.hardState, shape: disk.shape, lastStamp };
    return { options: this.#options(this.key, this.boot), recovered, begun: this.clock, steps: [] };
  }

  #start(): Engine {
    const { options, recovered, begun } = this.recording;
    return this.#make(options, recovered, begun);
  }
}
