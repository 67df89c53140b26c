/** Checks that docs/hazards.md and the names of the tests agree. */
import type { SourceFile, Violation } from './repository.ts';

/** A row of the table: what is written in its last column. */
export interface HazardRow {
  readonly id: string;
  readonly state: string;
  readonly line: number;
}

const row = /^\| (H\d+) \|.*\| ([^|]+) \|$/;
/** The title of a test or of a group of tests, as far as its colon: `H23 and H32: …`. */
const title = /\b(?:it|test|describe)(?:\.each\([^\n]*\))?\(\s*(['"`])((?:H\d+)[^'"`:\n]*):/g;

export function rowsOf(document: string): HazardRow[] {
  return document.split('\n').flatMap((text, i) => {
    const [, id, state] = row.exec(text) ?? [];
    return id === undefined || state === undefined ? [] : [{ id, state: state.trim(), line: i + 1 }];
  });
}

/** Identifier to the files whose tests carry it in their names. */
export function namesIn(files: readonly SourceFile[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    if (!path.endsWith('.test.ts')) continue;
    for (const [, , head = ''] of text.matchAll(title)) {
      for (const [id] of head.matchAll(/H\d+/g)) names.set(id, (names.get(id) ?? new Set()).add(path));
    }
  }
  return names;
}

export function checkHazards(document: SourceFile, files: readonly SourceFile[]): Violation[] {
  const rows = rowsOf(document.text);
  const names = namesIn(files);
  const { path } = document;
  const untested = rows
    .filter(({ id, state }) => state === 'tested' && !names.has(id))
    .map(({ id, line }) => ({
      path,
      line,
      message: `${id} is said to be tested, and no test is named after it`,
    }));
  const unsaid = [...names].flatMap(([id, tests]) => {
    const found = rows.find((each) => each.id === id);
    if (found?.state === 'tested') return [];
    const where = [...tests].join(', ');
    const message =
      found === undefined
        ? `${id} has no row, and tests in ${where}`
        : `${id} is tested in ${where}: its row should say so`;
    return [{ path, ...(found === undefined ? {} : { line: found.line }), message }];
  });
  return [...untested, ...unsaid];
}
