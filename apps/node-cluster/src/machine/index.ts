export { KvCapture } from './kv-capture.ts';
export { kvCommands, kvQueries, kvResults } from './kv-codecs.ts';
export { KvMachine } from './kv-machine.ts';
export type { KvCommand, KvInteger, KvQuery, KvResult } from './kv-types.ts';
