/**
 * Checks the examples in the documentation. Code blocks marked `ts` are type-checked against the built packages, and
 * blocks marked `ts run` are run as well.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceFile, Violation } from './repository.ts';

export interface Block {
  /** What stands behind the backquotes. */
  readonly info: string;
  /** The line of the first line of code, from 1. */
  readonly line: number;
  readonly code: string;
}

export interface Example {
  /** The document, relative to the root. */
  readonly path: string;
  /** The line of the first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  readonly run: boolean;
}

const packageFolder = join(import.meta.dirname, '..');
const runTimeoutMs = 30_000;

export function readDocuments(root: string): SourceFile[] {
  return globSync(['*.md', 'docs/**/*.md', '{packages,apps}/*/*.md'], { cwd: root })
    .filter((path) => !path.endsWith('CHANGELOG.md'))
    .sort()
    .map((path) => ({
      path: path.replaceAll('\\', '/'),
      text: readFileSync(join(root, path), 'utf8'),
    }));
}

/** The code blocks of a document, in their order. */
export function blocksOf(document: SourceFile): Block[] {
  const blocks: Block[] = [];
  let fence: { info: string; ticks: string; indent: number; line: number; code: string[] } | undefined;
  for (const [index, text] of document.text.split(/\r?\n/).entries()) {
    const [, indent = '', ticks, info = ''] = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(text) ?? [];
    if (fence === undefined) {
      if (ticks !== undefined) fence = { info, ticks, indent: indent.length, line: index + 2, code: [] };
    } else if (ticks?.startsWith(fence.ticks) && info === '') {
      blocks.push({ info: fence.info, line: fence.line, code: `${fence.code.join('\n')}\n` });
      fence = undefined;
    } else {
      fence.code.push(text.slice(Math.min(fence.indent, text.length - text.trimStart().length)));
    }
  }
  return blocks;
}

export function examplesOf(document: SourceFile): Example[] {
  return blocksOf(document)
    .filter(({ info }) => info === 'ts' || info === 'ts run')
    .map(({ info, line, code }) => ({ path: document.path, line, code, run: info === 'ts run' }));
}

export function checkExamples(examples: readonly Example[]): Violation[] {
  if (examples.length === 0) return [];
  // Inside this package, so that the examples find what it depends on: all published packages.
  const scratchRoot = join(packageFolder, '.examples');
  mkdirSync(scratchRoot, { recursive: true });
  const scratch = mkdtempSync(join(scratchRoot, 'run-'));
  try {
    const files = examples.map((example, index) => writeExample(scratch, example, index));
    const typeErrors = typeCheck(scratch, examples, files);
    if (typeErrors.length > 0) return typeErrors;
    return examples.flatMap((example, index) => (example.run ? runExample(example, files[index] ?? '') : []));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Empty lines come first, so that a line of the file is a line of the document. */
function writeExample(scratch: string, example: Example, index: number): string {
  const file = join(scratch, `example-${index}.ts`);
  writeFileSync(file, '\n'.repeat(example.line - 1) + example.code);
  return file;
}

function typeCheck(scratch: string, examples: readonly Example[], files: readonly string[]): Violation[] {
  const config = { extends: '@smalti/tsconfig/typecheck.json', include: ['*.ts'] };
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config));
  const tsc = spawn('tsc', ['-p', scratch, '--pretty', 'false'], packageFolder);
  if (tsc.status === 0) return [];

  const violations: Violation[] = [];
  for (const text of tsc.stdout.split('\n')) {
    const [, name, line, message] = /(example-\d+\.ts)\((\d+),\d+\): (.*)$/.exec(text) ?? [];
    const example = examples[files.findIndex((file) => name !== undefined && file.endsWith(name))];
    if (example !== undefined && message !== undefined) {
      violations.push({ path: example.path, line: Number(line), message });
    }
  }
  if (violations.length === 0) throw new Error(`tsc failed: ${tsc.stdout}${tsc.stderr}`);
  return violations;
}

function runExample(example: Example, file: string): Violation[] {
  const directory = mkdtempSync(join(tmpdir(), 'smalti-example-'));
  const result = spawn(process.execPath, [file], directory, runTimeoutMs);
  rmSync(directory, { recursive: true, force: true });
  if (result.status === 0) return [];
  const reason =
    result.signal === 'SIGTERM'
      ? `did not end within ${runTimeoutMs} ms`
      : `failed when it was run:\n${result.stderr}`;
  return [{ path: example.path, line: example.line, message: `the example ${reason}` }];
}

function spawn(
  command: string,
  args: readonly string[],
  cwd: string,
  timeout?: number,
): SpawnSyncReturns<string> {
  const result = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(timeout === undefined ? {} : { timeout }),
  });
  if (result.error !== undefined && result.signal === null) throw result.error;
  return result;
}
