export type { NodeSettings, ServerLimits } from './cli/index.ts';
export {
  KvCapture,
  type KvCommand,
  type KvInteger,
  KvMachine,
  type KvQuery,
  type KvResult,
} from './machine/index.ts';
export { KvNode, type NodeEvents } from './node/index.ts';
export type { KvGroup, KvHandle, KvService } from './service/index.ts';
