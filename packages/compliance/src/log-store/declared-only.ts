import { ComplianceError } from '../suite/expect.ts';
import type { LogStoreAbility, LogStoreHarness } from './harness.ts';

/** What a harness needs to have been declared for. */
const NEEDS = {
  crash: 'crash',
  fill: 'full',
  free: 'full',
  breakDown: 'failure',
} as const satisfies Partial<Record<keyof LogStoreHarness, LogStoreAbility>>;

/** A harness that refuses what its factory has not declared: no case can lean on an ability that it does not name. */
export function declaredOnly(
  harness: LogStoreHarness,
  abilities: readonly LogStoreAbility[],
): LogStoreHarness {
  return new Proxy(harness, {
    get: (target, name) => {
      const needs = NEEDS[name as keyof typeof NEEDS] as LogStoreAbility | undefined;
      if (needs !== undefined && !abilities.includes(needs)) {
        return () =>
          Promise.reject(new ComplianceError(`${String(name)} needs the ability ${needs}: declare it`));
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
