import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkHazards, rowsOf } from '../src/hazards.ts';
import { format, readRepository, repositoryRoot } from '../src/repository.ts';

const document = (text: string) => ({ path: 'docs/hazards.md', text });
const test = (title: string) => ({
  path: 'packages/x/test/x.test.ts',
  text: `it(${JSON.stringify(title)}, () => {});`,
});
const table = '| H1 | a | b | tested |\n| H2 | a | b | with membership |';

describe('the table of hazards', () => {
  it('agrees with the tests of this repository', () => {
    const path = 'docs/hazards.md';
    const text = readFileSync(join(repositoryRoot, path), 'utf8');
    expect(rowsOf(text)).toHaveLength(47);
    expect(checkHazards({ path, text }, readRepository().files).map(format)).toEqual([]);
  });

  it('is refused where it says more, or less, than the tests do', () => {
    expect(checkHazards(document(table), [test('H1: nothing is lost')])).toEqual([]);
    expect(checkHazards(document(table), [test('something else')]).map(format)).toEqual([
      'docs/hazards.md:1: H1 is said to be tested, and no test is named after it',
    ]);
    const both = checkHazards(document(table), [test('H1 and H2: both'), test('H9: new')]).map(format);
    expect(both).toEqual([
      'docs/hazards.md:2: H2 is tested in packages/x/test/x.test.ts: its row should say so',
      'docs/hazards.md: H9 has no row, and tests in packages/x/test/x.test.ts',
    ]);
  });
});
