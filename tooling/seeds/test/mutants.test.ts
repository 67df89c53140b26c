import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../src/mutants/catalogue.ts';
import { hunt } from '../src/mutants/hunt.ts';
import { mutated } from '../src/mutants/plant.ts';

/** A handful of all kinds; `sim:mutants` tries all. */
const HANDFUL = [
  'votes-twice',
  'ack-before-disk',
  'divergent-suffix-kept',
  'done-before-sync',
  'unknown-said-not-applied',
  'installed-before-it-is-kept',
];

it('every bug has its place in the source, and a name of its own', () => {
  for (const mutant of MUTANTS) expect(mutated(mutant).size, mutant.id).toBeGreaterThan(0);
  expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length);
  expect(MUTANTS.length).toBeGreaterThanOrEqual(25);
});

it('a bug whose place is gone is not planted in silence', () => {
  const [some] = MUTANTS;
  if (some === undefined) throw new Error('there are mutants');
  expect(() => mutated({ ...some, find: 'what stands nowhere' })).toThrow('0 times, and must have it once');
});

describe('seeds find planted bugs', () => {
  it.each(HANDFUL)('%s', { timeout: 180_000 }, async (id) => {
    const mutant = MUTANTS.find((each) => each.id === id);
    if (mutant === undefined) throw new Error(`no mutant is called ${id}`);
    const { by } = await hunt(mutant, 60);
    expect(by).not.toBeNull();
  });
});
