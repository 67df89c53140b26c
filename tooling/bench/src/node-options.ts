/** Options of Node.js that docs/operations.md asks for, for processes that run nodes: as the variable NODE_OPTIONS. */
export const NODE_OPTIONS = '--max-semi-space-size=16 --v8-pool-size=1';
