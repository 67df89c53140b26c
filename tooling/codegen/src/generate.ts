import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pbjs from 'protobufjs-cli/pbjs.js';
import { withoutLong, withSafeIntegers } from './safe-integers.ts';

export interface GeneratedCode {
  /** An ES module with one class for each message. */
  readonly code: string;
  /** Its declarations for TypeScript. */
  readonly declarations: string;
}

const header = `// Generated from ../../proto by 'pnpm generate'. Do not edit.\n`;

const options = [
  ['--target', 'static-module'],
  ['--wrap', 'esm'],
  ['--dependency', 'protobufjs/minimal.js'],
  ['--es6', '--force-number'],
  ['--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'],
].flat();

/** The .proto files of a package, as paths, in a stable order. */
export function protoFiles(packageDirectory: string): string[] {
  const directory = join(packageDirectory, 'proto');
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.proto'))
    .sort()
    .map((name) => join(directory, name));
}

/** One module for all .proto files of a package. */
export async function generate(packageDirectory: string): Promise<GeneratedCode> {
  const files = protoFiles(packageDirectory);
  if (files.length === 0) throw new Error(`no .proto files in ${join(packageDirectory, 'proto')}`);
  const scratch = mkdtempSync(join(tmpdir(), 'smalti-codegen-'));
  try {
    // Declarations are made from the comments in the code, but the code is better shipped without them.
    await runPbjs([...options, '--dts', '--out', join(scratch, 'commented.js'), ...files]);
    await runPbjs([...options, '--no-comments', '--out', join(scratch, 'bare.js'), ...files]);
    const code = readFileSync(join(scratch, 'bare.js'), 'utf8').replace(/^\/\*eslint-disable.*\*\/\n/, '');
    const declarations = readFileSync(join(scratch, 'commented.d.ts'), 'utf8');
    return { code: header + withSafeIntegers(code), declarations: header + withoutLong(declarations) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function runPbjs(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    pbjs.main(args, (error) => (error === null ? resolve() : reject(error)));
  });
}
