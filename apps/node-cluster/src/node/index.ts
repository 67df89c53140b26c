export { checkDirectory, makeDirectory } from './data-directory.ts';
export { KvNode, type NodeEvents } from './kv-node.ts';
export { isNodeMessage, type NodeMessage } from './node-messages.ts';
export { runNodeProcess } from './node-process.ts';
export { openCheckpoints } from './open-checkpoints.ts';
export { groupsOf } from './open-node.ts';
export { beginRestore, CHECKPOINTS, finishRestore, refuseUsed } from './restored-directory.ts';
