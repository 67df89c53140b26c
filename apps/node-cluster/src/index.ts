export {
  KvCapture,
  type KvCommand,
  type KvInteger,
  KvMachine,
  type KvQuery,
  type KvResult,
} from './machine/index.ts';
