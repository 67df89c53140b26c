/**
 * True if the text matches the pattern: `*` stands for any characters, `?` for one, `\` makes the next one plain.
 * Takes time that grows with the product of the lengths at most, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  /** Where the last star was, and the text that it covers ends. */
  let star = -1;
  let covered = 0;
  while (t < text.length) {
    const char = pattern.charAt(p);
    const escaped = char === '\\' && p + 1 < pattern.length;
    if (char === '*') {
      star = p++;
      covered = t;
    } else if (!escaped && char === '?') {
      p++;
      t++;
    } else if (p < pattern.length && (escaped ? pattern.charAt(p + 1) : char) === text.charAt(t)) {
      p += escaped ? 2 : 1;
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
