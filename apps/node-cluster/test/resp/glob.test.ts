import { describe, expect, it } from 'vitest';
import { matchesGlob, matchesKey } from '../../src/resp/commands/glob.ts';

describe('matchesGlob', () => {
  it.each([
    ['a*c', ['ac', 'abc', 'abcabc'], ['ab', 'bac']],
    ['a?c', ['abc', 'a?c'], ['ac', 'abbc']],
    ['*[0-9]', ['a0', '5'], ['a', '0a']],
    ['[a-c]x', ['ax', 'cx'], ['dx', 'x', 'a']],
    ['[c-a]x', ['ax', 'bx'], ['dx']],
    ['[^a-c]x', ['dx', '^x'], ['ax']],
    ['[\\]-]', [']', '-'], ['\\', 'a']],
    ['[a-]', ['a', '^'], ['z', '-']],
    ['[]a', [], ['a', ']a']],
    ['[^]a', ['xa', '^a'], ['a']],
    ['[ab', ['a', 'b'], ['[ab', 'c']],
    ['[', [], ['[', 'a']],
    ['\\*', ['*'], ['a', '\\*']],
    ['a\\', ['a\\'], ['a']],
    ['**b**', ['b', 'abc'], ['a', '']],
  ] as const)('%s', (pattern, matching, others) => {
    for (const text of matching) expect(matchesGlob(pattern, text), text).toBe(true);
    for (const text of others) expect(matchesGlob(pattern, text), text).toBe(false);
  });

  it('takes no longer for many stars', () => {
    expect(matchesGlob(`${'*a'.repeat(1_000)}b`, 'a'.repeat(10_000))).toBe(false);
  });
});

describe('matchesKey', () => {
  it('matches the empty key as Redis does', () => {
    expect(matchesKey('*', '')).toBe(true);
    expect(matchesKey('', '')).toBe(true);
    expect(matchesKey('**', '')).toBe(false);
    expect(matchesKey('**', 'a')).toBe(true);
  });
});
