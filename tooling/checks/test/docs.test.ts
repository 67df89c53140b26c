import { describe, expect, it } from 'vitest';
import { checkExamples, examplesOf } from '../src/docs.ts';
import { format } from '../src/repository.ts';

const document = (...lines: string[]) => ({ path: 'docs/planted.md', text: lines.join('\n') });
const check = (...lines: string[]) => checkExamples(examplesOf(document(...lines))).map(format);

describe('examplesOf', () => {
  it('takes the blocks marked ts and ts run, with their lines', () => {
    const text = document(
      '# Title',
      '```ts',
      'const a = 1;',
      '```',
      '```json',
      '{}',
      '```',
      '- in a list:',
      '  ```ts run',
      '  if (a) {',
      '    b();',
      '  }',
      '  ```',
      '````ts',
      '```ts',
      '````',
      '```ts no-check',
      'nonsense',
      '```',
    );
    expect(examplesOf(text)).toEqual([
      { path: 'docs/planted.md', line: 3, code: 'const a = 1;\n', run: false },
      { path: 'docs/planted.md', line: 10, code: 'if (a) {\n  b();\n}\n', run: true },
      { path: 'docs/planted.md', line: 15, code: '```ts\n', run: false },
    ]);
  });
});

describe('checkExamples', () => {
  it('accepts what compiles and runs', () => {
    expect(
      check(
        '```ts',
        `import type * as core from '@smalti/core';`,
        'const later: Promise<keyof typeof core | undefined> = Promise.resolve(undefined);',
        '```',
        '```ts run',
        `import { strict as assert } from 'node:assert';`,
        `import '@smalti/core';`,
        'assert.equal(await Promise.resolve(1), 1);',
        '```',
      ),
    ).toEqual([]);
  });

  it('names the line of a type error', () => {
    expect(check('# Title', '', '```ts', 'const a = 1;', 'const b: string = a;', '```')).toEqual([
      expect.stringMatching(/^docs\/planted\.md:5: error TS2322/),
    ]);
  });

  it('refuses an import of what does not exist', () => {
    expect(check('```ts', `import { nothing } from '@smalti/core';`, '```')).toEqual([
      expect.stringMatching(/^docs\/planted\.md:2: error TS2305/),
    ]);
  });

  it('names the example that fails when it is run', () => {
    expect(check('```ts run', `throw new Error('planted');`, '```')).toEqual([
      expect.stringMatching(/^docs\/planted\.md:2: the example failed[\s\S]*planted/),
    ]);
  });

  it('does not run what is not marked so', () => {
    expect(check('```ts', `throw new Error('planted');`, '```')).toEqual([]);
  });
});
