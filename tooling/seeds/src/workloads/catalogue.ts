import { boundedReads } from './bounded-reads.ts';
import { bulk } from './bulk.ts';
import { bursts } from './bursts.ts';
import { contention } from './contention.ts';
import { flood } from './flood.ts';
import { members } from './members.ts';
import { poison } from './poison.ts';
import { trickle } from './trickle.ts';
import { weakReads } from './weak-reads.ts';
import type { Workload } from './workload.ts';

/** Everything that clients and operators do. `bursts` brings most of the load. */
export const WORKLOADS: readonly Workload[] = [
  bursts,
  trickle,
  bulk,
  contention,
  weakReads,
  flood,
  boundedReads,
  members,
  poison,
];

export function workloadOf(name: string): Workload {
  const workload = WORKLOADS.find((each) => each.name === name);
  if (workload === undefined) throw new Error(`no workload is called ${name}`);
  return workload;
}
