import { existsSync, readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Mutant } from './mutant.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** @throws Error if the place is not there, or not alone. */
export function mutated({ id, file, find, replace }: Mutant): string {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const pieces = source.split(find);
  if (pieces.length !== 2)
    throw new Error(
      `mutant ${id}: ${file} has what it replaces ${pieces.length - 1} times, and must have it once`,
    );
  return pieces.join(replace);
}

/**
 * From now on the package of the mutant is loaded from its sources, with the bug in them. Nothing of it may have been
 * imported before.
 */
export function plant(mutant: Mutant): void {
  const [packages = '', name = ''] = mutant.file.split('/');
  const folder = join(ROOT, packages, name);
  const built = pathToFileURL(join(folder, 'dist')).href;
  const target = pathToFileURL(join(ROOT, mutant.file)).href;
  const source = stripTypeScriptTypes(mutated(mutant));
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      return resolved.url.startsWith(`${built}/`)
        ? { ...resolved, url: sourceOf(resolved.url, folder, built), format: null }
        : resolved;
    },
    load: (url, context, next) =>
      url === target ? { format: 'module', source, shortCircuit: true } : next(url, context),
  });
}

/** Generated code has no TypeScript source. */
function sourceOf(url: string, folder: string, built: string): string {
  const path = fileURLToPath(url).slice(fileURLToPath(built).length);
  const typed = join(folder, 'src', path.replace(/\.js$/, '.ts'));
  return pathToFileURL(existsSync(typed) ? typed : join(folder, 'src', path)).href;
}
