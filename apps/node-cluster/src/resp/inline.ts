const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
const BLANK = /[ \t\r\n\v\f\0]/;

/**
 * Splits the words of an inline command as Redis does: blanks part them; within double quotes `\n`, `\xHH` and the
 * like are escapes, within single quotes only `\'`. Null if a quote is not closed, or not followed by a blank.
 */
export function splitInline(line: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && BLANK.test(line.charAt(at))) at++;
    if (at >= line.length) return words;
    let word = '';
    while (at < line.length && !BLANK.test(line.charAt(at))) {
      const quote = line.charAt(at);
      if (quote !== '"' && quote !== "'") {
        word += quote;
        at++;
        continue;
      }
      const quoted = quote === '"' ? readDouble(line, at + 1) : readSingle(line, at + 1);
      if (quoted === null) return null;
      word += quoted.text;
      at = quoted.end;
      if (at < line.length && !BLANK.test(line.charAt(at))) return null;
    }
    words.push(word);
  }
}

interface Quoted {
  readonly text: string;
  /** Where the line goes on, after the closing quote. */
  readonly end: number;
}

function readDouble(line: string, from: number): Quoted | null {
  let text = '';
  let at = from;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    if (char !== '\\' || at + 1 >= line.length) {
      text += char;
      at++;
      continue;
    }
    const hex = line.slice(at + 2, at + 4);
    if (line.charAt(at + 1) === 'x' && /^[0-9a-fA-F]{2}$/.test(hex)) {
      text += String.fromCharCode(Number.parseInt(hex, 16));
      at += 4;
    } else {
      const escaped = line.charAt(at + 1);
      text += ESCAPES[escaped] ?? escaped;
      at += 2;
    }
  }
  return null;
}

function readSingle(line: string, from: number): Quoted | null {
  let text = '';
  let at = from;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === "'") return { text, end: at + 1 };
    if (char === '\\' && line.charAt(at + 1) === "'") {
      text += "'";
      at += 2;
    } else {
      text += char;
      at++;
    }
  }
  return null;
}
