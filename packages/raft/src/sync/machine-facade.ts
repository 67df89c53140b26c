import type { AnyStateMachine } from '@smalti/core';
import { refused } from './errors.ts';
import type { Owner } from './owner.ts';

/** What changes a machine. It is the runtime's to call. */
const FORBIDDEN: ReadonlySet<PropertyKey> = new Set(['apply', 'applyBatch', 'installSnapshot']);
/** Ways from the facade to what is behind it. */
const HIDDEN: ReadonlySet<PropertyKey> = new Set(['constructor', '__proto__']);

/**
 * The machine, to look at: queries, snapshots, and whatever else a strategy knows of it. What changes it by contract,
 * and every assignment, is refused with `SYNC_REFUSED`. It is dead when its owner has ended.
 *
 * It stands for the machine and is not it: the target is empty, so that prototype and fields lead nowhere.
 */
export function machineFacade(machine: AnyStateMachine, owner: Owner): Readonly<AnyStateMachine> {
  const wrapped = new Map<PropertyKey, { readonly of: unknown; readonly call: unknown }>();
  const refuse = (key: PropertyKey): never => {
    throw refused(owner.strategy, `${String(key)} of the machine is not a strategy's to call or to change`);
  };
  const facade: AnyStateMachine = new Proxy(Object.freeze(Object.create(null)), {
    get: (_, key) => {
      owner.check('machine');
      if (HIDDEN.has(key)) return undefined;
      const value: unknown = Reflect.get(machine, key);
      if (typeof value !== 'function') return value;
      const known = wrapped.get(key);
      if (known?.of === value) return known.call;
      const call = (...args: unknown[]): unknown => {
        if (FORBIDDEN.has(key)) refuse(key);
        return owner.use('machine', () => {
          const result: unknown = Reflect.apply(value, machine, args);
          return result === machine ? facade : result;
        });
      };
      wrapped.set(key, { of: value, call });
      return call;
    },
    has: (_, key) => {
      owner.check('machine');
      return !HIDDEN.has(key) && Reflect.has(machine, key);
    },
    set: (_, key) => refuse(key),
    defineProperty: (_, key) => refuse(key),
    deleteProperty: (_, key) => refuse(key),
    setPrototypeOf: () => refuse('prototype'),
  });
  return facade;
}
