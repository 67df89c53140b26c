export { KvCapture } from './kv-capture.ts';
export { kvCommands } from './kv-command-codec.ts';
export { parseInteger } from './kv-integer.ts';
export { type KvContext, KvMachine } from './kv-machine.ts';
export { kvQueries } from './kv-query-codec.ts';
export { kvResults } from './kv-result-codec.ts';
export type { KvCommand, KvExpireIf, KvInteger, KvQuery, KvResult, KvSetIf } from './kv-types.ts';
