export { simHasher } from './chance/sim-hasher.ts';
export { SimRandom } from './chance/sim-random.ts';
export type { CrashChoice, CrashItem } from './disk/crash-choice.ts';
export type { PlannedFault } from './disk/disk-faults.ts';
export type { DiskOperation, DiskOperationKind, DiskStage } from './disk/disk-operation.ts';
export { BLOCK_BYTES, SECTOR_BYTES } from './disk/sector-file.ts';
export { type DiskHost, type DiskUser, SimDisk, type SimDiskOptions } from './disk/sim-disk.ts';
export { HistoryRecorder, type OperationHandle } from './histories/history-recorder.ts';
export { type KvInput, type KvOutput, type KvState, kvModel } from './histories/kv-model.ts';
export {
  checkLinearizability,
  type LinearizabilityOptions,
  type LinearizabilityVerdict,
  type Violation,
} from './histories/linearizability.ts';
export type { Operation } from './histories/operation.ts';
export type { SequentialModel } from './histories/sequential-model.ts';
export type { Medium } from './network/medium.ts';
export { type LinkConditions, SimNetwork, type SimNetworkOptions } from './network/sim-network.ts';
export { SimNode, type SimNodeOptions, type SimPorts, type WallClock } from './nodes/sim-node.ts';
export { SimProcess } from './nodes/sim-process.ts';
export { type ShrinkOptions, type Shrunk, shrink } from './shrink/shrink.ts';
export { Digest } from './time/digest.ts';
export { type Scheduled, Simulation, type SimulationOptions } from './time/simulation.ts';
