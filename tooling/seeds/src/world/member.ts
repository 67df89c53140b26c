import type { SmaltiError, SnapshotStore } from '@smalti/core';
import type { Group, SmaltiNode } from '@smalti/raft';
import type { SimNode } from '@smalti/simulator';
import type { KvCommand, KvMachine, KvResult } from './kv-machine.ts';

/** What runs on a node: nothing, a process that is opening its store, or one that takes part. */
export type Condition = 'down' | 'starting' | 'up';

/** One node of the cluster. */
export class Member {
  readonly id: string;
  readonly sim: SimNode;
  condition: Condition = 'down';
  group: Group<KvCommand, string, KvResult> | null = null;
  machine: KvMachine | null = null;
  node: SmaltiNode | null = null;
  checkpoints: SnapshotStore | null = null;
  /** Why it stopped, or would not start. */
  fault: SmaltiError | null = null;
  /** Something was done to its disk since its process began, which explains that it stops. */
  excused = false;
  /** It does not come back: its disk is lost, or damaged beyond what may be believed. */
  lost = false;
  /** Restarts are for others to ask for. */
  heldDown = false;
  /** Nobody has started it yet: it joins later. */
  asleep = false;
  /** It founds the cluster, with the others that do. The rest, and whoever has lost its disk, joins it. */
  founder = true;
  readonly observer: boolean;
  /** It was told that it is a member no more. */
  removed = false;

  constructor(id: string, sim: SimNode, observer: boolean) {
    this.id = id;
    this.sim = sim;
    this.observer = observer;
  }

  /** The group, if a process runs that takes part. */
  get live(): Group<KvCommand, string, KvResult> | null {
    return this.condition === 'up' && !this.sim.process.paused ? this.group : null;
  }
}
