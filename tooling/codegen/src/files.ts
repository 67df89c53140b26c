import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedCode } from './generate.ts';

const directoryOf = (packageDirectory: string) => join(packageDirectory, 'src', 'generated');
const codeFile = 'messages.js';
const declarationsFile = 'messages.d.ts';

/** The generated code as it stands in a package, or undefined if there is none. */
export function readGenerated(packageDirectory: string): GeneratedCode | undefined {
  const directory = directoryOf(packageDirectory);
  if (!existsSync(join(directory, codeFile)) || !existsSync(join(directory, declarationsFile)))
    return undefined;
  return {
    code: readFileSync(join(directory, codeFile), 'utf8'),
    declarations: readFileSync(join(directory, declarationsFile), 'utf8'),
  };
}

export function writeGenerated(packageDirectory: string, generated: GeneratedCode): void {
  const directory = directoryOf(packageDirectory);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, codeFile), generated.code);
  writeFileSync(join(directory, declarationsFile), generated.declarations);
}

/** Puts the generated code beside the compiled code: the compiler leaves JavaScript and declarations where they are. */
export function copyGenerated(packageDirectory: string): void {
  const target = join(packageDirectory, 'dist', 'generated');
  rmSync(target, { recursive: true, force: true });
  if (existsSync(directoryOf(packageDirectory)))
    cpSync(directoryOf(packageDirectory), target, { recursive: true });
}
