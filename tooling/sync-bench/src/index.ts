export { BenchJoiner, type JoinerOptions } from './bench-joiner.ts';
export { BenchProvider, type ProviderPart } from './bench-provider.ts';
export { cluster, damaged, framer, group, identityOf, makeLog, network, sealed } from './source.ts';
export {
  type Conditions,
  type Delivered,
  type Said,
  SyncBench,
  type SyncBenchOptions,
  TIMING,
} from './sync-bench.ts';
