import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PeerId } from '@smalti/core';
import type { LogStoreAbility, LogStoreFactory, LogStoreHarness } from '../log-store/harness.ts';
import { ComplianceError } from '../suite/expect.ts';
import { ChildStore } from './child-store.ts';

/** A store that lives in a process of its own. */
export interface ChildProcessLogStore {
  /**
   * The program of the child, as the URL of a file: it calls `serveLogStore`. Node.js runs it as it is, so that a `.ts`
   * file has to be one that it can strip of types.
   */
  readonly program: URL;
  /** What `open` is given besides; it has to survive JSON. */
  readonly options?: unknown;
  /** Default: `reopen`, `crash`, `lock`, `foreign`. The others need a hand on the disk, and cannot be declared here. */
  readonly abilities?: readonly ('reopen' | 'crash' | 'lock' | 'foreign')[];
  /** Where directories are made. Default: the system's for temporary files. */
  readonly directory?: string;
}

/** A write to a disk takes a few dozen of these, in milliseconds. */
const STEP_MS = 0.1;
const ALL: readonly LogStoreAbility[] = ['reopen', 'crash', 'lock', 'foreign'];

/**
 * A factory for stores on a real disk, over native libraries or not: each lives in a child process, is driven from
 * outside, and crashes by `kill -9`. What the kernel holds survives that, so that a store which never syncs is not
 * found out: stores that use the ports are tested further by `simulatedLogStore`.
 *
 * Processes take their time: run it with few seeds.
 *
 * @example
 * const factory = childProcessLogStore({ program: new URL('./my-store-process.ts', import.meta.url) });
 * registerCases({ describe, it }, 'my store, killed', logStoreSuite(factory, { seeds: 2 }));
 */
export function childProcessLogStore(options: ChildProcessLogStore): LogStoreFactory {
  return {
    abilities: options.abilities ?? ALL,
    create: async () => {
      const directory = await mkdtemp(join(options.directory ?? tmpdir(), 'smalti-compliance-'));
      return new ChildHarness(options, directory);
    },
  };
}

class ChildHarness implements LogStoreHarness {
  readonly #options: ChildProcessLogStore;
  readonly #directory: string;
  readonly #children = new Set<ChildStore>();

  constructor(options: ChildProcessLogStore, directory: string) {
    this.#options = options;
    this.#directory = directory;
  }

  async open(node: PeerId): Promise<ChildStore['store']> {
    const { program, options = null } = this.#options;
    const start = { directory: this.#directory, node, options };
    const child = new ChildStore(fileURLToPath(program), start);
    this.#children.add(child);
    try {
      await child.opened;
    } catch (error) {
      await this.#end(child);
      throw error;
    }
    return child.store;
  }

  drive<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  async pass(steps: number): Promise<void> {
    await delay(Math.max(1, steps * STEP_MS));
  }

  async crash(): Promise<void> {
    for (const child of this.#children) await this.#end(child);
  }

  fill(): Promise<void> {
    return Promise.reject(new ComplianceError('the disk of a child process cannot be filled'));
  }

  free(): Promise<void> {
    return this.fill();
  }

  breakDown(): Promise<void> {
    return Promise.reject(new ComplianceError('the disk of a child process cannot be broken'));
  }

  async dispose(): Promise<void> {
    await this.crash();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #end(child: ChildStore): Promise<void> {
    this.#children.delete(child);
    await child.kill();
  }
}
