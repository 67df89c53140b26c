import type { Codec } from '../codec/codec.ts';
import type { StateMachine } from './state-machine.ts';

const nothing: Codec<void> = {
  encode: () => new Uint8Array(0),
  decode: (bytes) => {
    if (bytes.length > 0) throw new RangeError('a command of the no-op machine is empty');
  },
};

/** A machine without a state: for groups that only elect a leader. */
export function noopMachine(): StateMachine<void, void, void> {
  return {
    descriptor: { name: '@smalti/core', version: '0.1.0', contract: 'state-machine', contractVersion: 1 },
    signature: 'smalti/noop/1',
    commands: nothing,
    results: nothing,
    queries: nothing,
    apply: () => {},
    query: () => {},
  };
}
