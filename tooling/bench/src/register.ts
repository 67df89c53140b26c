import { bytesCodec, type StateMachine } from '@smalti/core';

/** Keeps the last value: the least a machine can do. */
export function registerMachine(): StateMachine<Uint8Array, void, number> {
  let count = 0;
  return {
    descriptor: { name: 'register', version: '1.0.0', contract: 'state-machine', contractVersion: 1 },
    signature: 'bench/register/1',
    commands: bytesCodec,
    results: { encode: () => new Uint8Array(0), decode: () => 0 },
    queries: { encode: () => new Uint8Array(0), decode: () => {} },
    apply: () => {
      count += 1;
      return count;
    },
    query: () => count,
  };
}
