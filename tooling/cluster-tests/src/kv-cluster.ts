import { autoSync } from '@smalti/auto-sync';
import type { PartName } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { type KvCommand, KvMachine, type KvQuery, type KvResult } from '@smalti/node-cluster';
import type { AnyStateSync, CheckpointOptions, JoinOptions } from '@smalti/raft';
import { type SnapshotSyncOptions, snapshotSync } from '@smalti/snapshot-sync';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import { expect } from 'vitest';
import { type JoinExtras, type Member, SimCluster, type SimClusterOptions } from './sim-cluster.ts';

export type KvMember = Member<KvCommand, KvQuery, KvResult, KvMachine>;

/** Calls that are under way at once: fewer than a handle may have. */
const AT_ONCE = 1_000;
/** Of a write, in milliseconds: many of them wait for each other. */
const PATIENCE = { timeoutMs: 120_000 };
/** Who may be asked to let a reader in. */
const JOIN_AT: readonly string[] = ['n1', 'n2', 'n3'];

/** How a cluster of key-value machines is made. */
export interface KvClusterOptions
  extends Partial<
    Pick<
      SimClusterOptions<KvMachine>,
      'size' | 'storage' | 'join' | 'tap' | 'logger' | 'simulation' | 'bonds'
    >
  > {
  /** Default: a log that is as short as can be, and checkpoints only when they are asked for. */
  readonly checkpoints?:
    | Omit<CheckpointOptions, 'store'>
    | ((id: string) => Omit<CheckpointOptions, 'store'>);
  readonly machine?: () => KvMachine;
  readonly snapshotSync?: SnapshotSyncOptions;
  /** Instead of the ways to catch up that the reference cluster has. */
  readonly sync?: (id: string) => readonly AnyStateSync[];
}

/** The ways to catch up of the reference cluster, with options for checkpoints. */
export function waysOfKv(options: SnapshotSyncOptions = {}): readonly AnyStateSync[] {
  return [autoSync([logReplay(), snapshotSync(options)])];
}

/** Machines of the reference cluster, which keep checkpoints. What a store of them kept outlives the processes of its node. */
export class KvCluster extends SimCluster<KvCommand, KvQuery, KvResult, KvMachine> {
  readonly stores = new Map<string, MemorySnapshotStore>();
  /** The checkpoints that each node has committed to its store, as it cut or installed them: `n1`, index, root. */
  readonly committed: { readonly id: string; readonly index: number; readonly root: PartName }[] = [];
  readonly #checkpoints: (id: string) => Omit<CheckpointOptions, 'store'>;

  constructor(options: KvClusterOptions = {}) {
    const { checkpoints = { keepBytes: 0 }, snapshotSync: parts, ...rest } = options;
    super({ size: 3, machine: () => new KvMachine(), sync: () => waysOfKv(parts), ...rest });
    this.#checkpoints = typeof checkpoints === 'function' ? checkpoints : () => checkpoints;
  }

  store(id: string): MemorySnapshotStore {
    const store = this.stores.get(id);
    if (store === undefined) throw new Error(`no store of ${id}`);
    return store;
  }

  override joinOptions(id: string): JoinOptions<KvCommand, KvQuery, KvResult> {
    // Its doors are those of the process that is about to join.
    const { ports } = this.sim.node(id);
    const old = this.stores.get(id);
    old?.crash();
    const store = new MemorySnapshotStore({ ...ports, ...(old === undefined ? {} : { data: old.data }) });
    this.stores.set(id, store);
    return {
      ...super.joinOptions(id),
      checkpoints: { ...this.#checkpoints(id), store: this.#noted(store, id) },
    };
  }

  #noted(store: MemorySnapshotStore, id: string): MemorySnapshotStore {
    const commit = store.commit.bind(store);
    store.commit = (manifest, done) => {
      this.committed.push({ id, index: manifest.anchor.index, root: manifest.root });
      commit(manifest, done);
    };
    return store;
  }

  /** Its checkpoints go as well. */
  override wipe(id: string): void {
    super.wipe(id);
    this.store(id).crash();
    this.stores.delete(id);
  }

  /** Starts a node that never votes. */
  async reader(id: string, more: JoinExtras = {}): Promise<KvMember> {
    return await this.boot(id, { peers: {}, join: JOIN_AT, preference: 'observer', ...more });
  }

  /** Writes all, each as a command, through a node that leads or follows. */
  async each(commands: readonly KvCommand[], by: KvMember = this.member('n1')): Promise<void> {
    for (let from = 0; from < commands.length; from += AT_ONCE) {
      const calls = commands
        .slice(from, from + AT_ONCE)
        .map((command) => by.group.execute(command, PATIENCE));
      await this.sim.complete(Promise.all(calls), PATIENCE.timeoutMs);
    }
  }

  /**
   * Takes checkpoints, and waits until the log of every node that runs begins behind what is there now. Two of them, since
   * the log goes back to the one before the newest.
   */
  async freeze(): Promise<void> {
    const { checkpoints } = this.member('n1').group;
    const { marker } = await this.sim.complete(checkpoints.take(), 60_000);
    // There is no second one after nothing.
    await this.each([{ op: 'del', keys: ['what is not there'] }]);
    await this.sim.complete(checkpoints.take(), 60_000);
    const cut = (): boolean => this.running.every(({ group }) => group.status().log.first > marker.index);
    expect(await this.sim.runUntil(cut, 60_000), this.show()).toBe(true);
  }

  /** Runs until the node has applied what its leader has committed by now. Gives for how many milliseconds. */
  async untilEqual({ group }: KvMember, limitMs: number): Promise<number> {
    const began = this.sim.now;
    const end = (await this.untilLeader()).group.status().committed.index;
    const found = await this.sim.runUntil(() => group.status().applied.index >= end, limitMs);
    expect(found, this.show()).toBe(true);
    return this.sim.now - began;
  }

  /** Every running node holds the same, and so much of it. */
  async expectEqual(size: number): Promise<void> {
    await this.converge(60_000);
    const digests = await Promise.all(this.running.map(({ machine }) => machine.capture().digest()));
    expect(new Set(digests).size, this.show()).toBe(1);
    expect(this.running.map(({ machine }) => machine.size)).toEqual(this.running.map(() => size));
  }
}

/** So many keys from a first one on, with values of about so many bytes. */
export function items(count: number, first = 0, bytes = 10): [string, string][] {
  return Array.from({ length: count }, (_, i) => {
    const name = String(first + i).padStart(8, '0');
    return [`key ${name}`, `${name} `.repeat(Math.ceil(bytes / 9)).slice(0, bytes)];
  });
}

/** Each of them set by a command of its own. */
export function singles(all: readonly (readonly [string, string])[]): KvCommand[] {
  return all.map(([key, value]) => ({ op: 'set', key, value, when: 'always', expiry: 'never', get: false }));
}

/** All of them set by one command. */
export function bulk(all: readonly (readonly [string, string])[]): KvCommand[] {
  return [{ op: 'mset', items: all }];
}
