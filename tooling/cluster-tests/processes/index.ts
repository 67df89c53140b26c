/** What other private packages use to run real processes. */
export { readAll } from './audit.ts';
export { Cluster, type ClusterOptions } from './cluster.ts';
export { ClusterNode, type NodeStatus } from './cluster-node.ts';
export { type Answer, answerTo } from './connection.ts';
export { type HttpAnswer, http } from './http.ts';
export { canMakeNamespaces, Namespaces } from './namespaces.ts';
export type { Exit } from './program.ts';
export { ErrorReply, type Reply, RespClient } from './resp-client.ts';
export { SteadyWrites } from './steady-writes.ts';
export { until } from './until.ts';
