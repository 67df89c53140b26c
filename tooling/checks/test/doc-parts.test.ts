import { describe, expect, it } from 'vitest';
import { checkParts } from '../src/doc-parts.ts';
import { format } from '../src/repository.ts';

const files: Readonly<Record<string, string>> = { 'a/b.ts': 'const a = 1;\n\nconst b = 2;\nconst c = 3;\n' };
const check = (...lines: string[]) =>
  checkParts({ path: 'docs/planted.md', text: lines.join('\n') }, (path) => files[path]).map(format);
const part = (path: string, ...lines: string[]) => [`\`\`\`ts of ${path}`, ...lines, '```'];

describe('checkParts', () => {
  it('accepts a file that is shown whole, in parts, with anything between them', () => {
    expect(
      check(
        ...part('a/b.ts', 'const a = 1;'),
        'And so:',
        '```ts',
        'other code',
        '```',
        ...part('a/b.ts', 'const b = 2;', 'const c = 3;'),
      ),
    ).toEqual([]);
  });

  it('finds what is other than in the file', () => {
    expect(
      check(...part('a/b.ts', 'const a = 1;'), ...part('a/b.ts', 'const b = 4;', 'const c = 3;')),
    ).toEqual([`docs/planted.md:5: shows a/b.ts otherwise than it is: its line 3 is 'const b = 2;'`]);
  });

  it('finds what is left out, and what is too much', () => {
    expect(check(...part('a/b.ts', 'const a = 1;'))).toEqual([
      expect.stringContaining("docs/planted.md:2: shows a/b.ts otherwise than it is: its line 2 is ''"),
    ]);
    expect(
      check(...part('a/b.ts', 'const a = 1;'), ...part('a/b.ts', 'const b = 2;', 'const c = 3;', 'more')),
    ).toEqual(['docs/planted.md:7: shows a/b.ts otherwise than it is: its line 5 is nothing more']);
  });

  it('finds a file that is not there', () => {
    expect(check(...part('a/c.ts', 'const a = 1;'))).toEqual([
      'docs/planted.md: shows a/c.ts, which is not there',
    ]);
  });
});
