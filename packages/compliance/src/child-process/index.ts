export { type ChildProcessLogStore, childProcessLogStore } from './child-process-log-store.ts';
export { type OpenLogStore, serveLogStore } from './serve-log-store.ts';
