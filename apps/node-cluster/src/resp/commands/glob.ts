/**
 * True if the text matches the pattern: `*` stands for any characters, `?` for one, `[a-c]` for one of those and
 * `[^a-c]` for one of the others; `\` makes the next one plain. A class that is not closed ends with the pattern.
 * Takes time that grows with the product of the lengths at most, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  /** Where the last star was, and the text that it covers ends. */
  let star = -1;
  let covered = 0;
  while (t < text.length) {
    if (pattern.charAt(p) === '*') {
      star = p++;
      covered = t;
      continue;
    }
    const next = matchOne(pattern, p, text.charAt(t));
    if (next > 0) {
      p = next;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++covered;
    } else {
      return false;
    }
  }
  while (pattern.charAt(p) === '*') p++;
  return p === pattern.length;
}

/** True if the pattern is the one that Redis takes for all keys without a look at them. */
export function isEveryKey(pattern: string): boolean {
  return pattern === '*';
}

/** As Redis matches keys: to the empty key, no star matches but a single one. */
export function matchesKey(pattern: string, key: string): boolean {
  if (isEveryKey(pattern)) return true;
  return key === '' ? pattern === '' : matchesGlob(pattern, key);
}

/** Where the pattern goes on if what stands there matches the character, or -1. */
function matchOne(pattern: string, at: number, char: string): number {
  if (at >= pattern.length) return -1;
  const first = pattern.charAt(at);
  if (first === '?') return at + 1;
  if (first === '[') return matchClass(pattern, at + 1, char);
  const escaped = first === '\\' && at + 1 < pattern.length;
  const plain = escaped ? pattern.charAt(at + 1) : first;
  return plain === char ? at + (escaped ? 2 : 1) : -1;
}

/** The same for a class; `at` is right after its bracket. */
function matchClass(pattern: string, at: number, char: string): number {
  const not = pattern.charAt(at) === '^';
  let matches = false;
  let p = not ? at + 1 : at;
  for (; p < pattern.length && pattern.charAt(p) !== ']'; p++) {
    const left = pattern.length - p;
    if (left >= 2 && pattern.charAt(p) === '\\') {
      p++;
      if (pattern.charAt(p) === char) matches = true;
    } else if (left >= 3 && pattern.charAt(p + 1) === '-') {
      if (isBetween(char, pattern.charAt(p), pattern.charAt(p + 2))) matches = true;
      p += 2;
    } else if (pattern.charAt(p) === char) {
      matches = true;
    }
  }
  return matches === not ? -1 : Math.min(p + 1, pattern.length);
}

/** In either direction. */
function isBetween(char: string, a: string, b: string): boolean {
  return a <= b ? a <= char && char <= b : b <= char && char <= a;
}
