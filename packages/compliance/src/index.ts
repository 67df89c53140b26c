export type { LogStoreAbility, LogStoreFactory, LogStoreHarness } from './log-store/harness.ts';
export { type SimulatedLogStore, simulatedLogStore } from './log-store/simulated.ts';
export { type LogStoreSuiteOptions, logStoreSuite } from './log-store/suite.ts';
export type {
  SnapshotStoreAbility,
  SnapshotStoreFactory,
  SnapshotStoreHarness,
} from './snapshot-store/harness.ts';
export { type SimulatedSnapshotStore, simulatedSnapshotStore } from './snapshot-store/simulated.ts';
export { type SnapshotStoreSuiteOptions, snapshotStoreSuite } from './snapshot-store/suite.ts';
export type { OlderMachine, StateMachineAbility, StateMachineFactory } from './state-machine/factory.ts';
export { type StateMachineSuiteOptions, stateMachineSuite } from './state-machine/suite.ts';
export type { Lie, StateSyncAbility, StateSyncFactory } from './state-sync/factory.ts';
export { stateSyncSuite } from './state-sync/suite.ts';
export { ComplianceError } from './suite/expect.ts';
export {
  type CaseReport,
  type ComplianceReport,
  type ReportOptions,
  reportOf,
  showReport,
} from './suite/report.ts';
export {
  type CaseFailure,
  failuresOf,
  type Runner,
  registerCases,
  type SuiteCase,
} from './suite/suite-case.ts';
export type { TransportAbility, TransportFactory, TransportHarness } from './transport/harness.ts';
export { transportSuite } from './transport/suite.ts';
