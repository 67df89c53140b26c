/**
 * Checks what a guide shows of a file. Blocks marked `ts of <path>` are the parts of that file, in order and with
 * nothing left out, so that prose can stand between them and what is read is what is compiled and tested.
 */
import { blocksOf } from './docs.ts';
import type { SourceFile, Violation } from './repository.ts';

/** `read` gives the text of a file, by its path from the root. */
export function checkParts(document: SourceFile, read: (path: string) => string | undefined): Violation[] {
  const shown = new Map<string, Line[]>();
  for (const { info, line, code } of blocksOf(document)) {
    const [, path] = /^ts of (\S+)$/.exec(info) ?? [];
    if (path === undefined) continue;
    const lines = shown.get(path) ?? [];
    shown.set(path, lines);
    // Parts are what an empty line parts in the file.
    if (lines.length > 0) lines.push({ text: '', at: line - 1 });
    for (const [i, text] of linesOf(code).entries()) lines.push({ text, at: line + i });
  }
  return [...shown].flatMap(([path, lines]) => difference(document.path, path, lines, read(path)));
}

interface Line {
  readonly text: string;
  /** Its place in the document. */
  readonly at: number;
}

function difference(
  document: string,
  path: string,
  shown: readonly Line[],
  text: string | undefined,
): Violation[] {
  if (text === undefined) return [{ path: document, message: `shows ${path}, which is not there` }];
  const real = linesOf(text);
  const differs = real.findIndex((line, i) => shown[i]?.text !== line);
  const at = differs === -1 ? real.length : differs;
  if (at === real.length && shown.length === real.length) return [];
  const line = shown[at]?.at ?? shown.at(-1)?.at ?? 1;
  const what = real[at] === undefined ? 'nothing more' : `'${real[at]}'`;
  return [
    { path: document, line, message: `shows ${path} otherwise than it is: its line ${at + 1} is ${what}` },
  ];
}

function linesOf(text: string): string[] {
  return text.trimEnd().split(/\r?\n/);
}
