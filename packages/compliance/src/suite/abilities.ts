import { check, same } from './expect.ts';
import type { SuiteCase } from './suite-case.ts';

/** Those of the abilities that a case is about which were not declared. */
export function missingOf<Ability extends string>(
  requires: readonly Ability[],
  declared: readonly Ability[],
): readonly Ability[] {
  return requires.filter((ability) => !declared.includes(ability));
}

/**
 * The case that what a factory declares is what a suite knows: a misspelt ability would leave its cases out without a
 * word.
 */
export function abilityCase(suite: string, declared: readonly string[], known: readonly string[]): SuiteCase {
  return {
    id: `${suite}/abilities`,
    title: 'declares abilities that the suite knows, each once',
    requires: [],
    missing: [],
    run: async () => {
      const unknown = declared.filter((ability) => !known.includes(ability));
      check(unknown.length === 0, `unknown abilities: ${unknown.join(', ')}; there are ${known.join(', ')}`);
      same(new Set(declared).size, declared.length, 'the number of different abilities');
    },
  };
}
