import { existsSync, readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Change, Mutant } from './mutant.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/**
 * The sources with the bug in them, by their files.
 *
 * @throws Error if a place is not there, or not alone.
 */
export function mutated({ id, also = [], ...first }: Mutant): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const { file, find, replace } of [first, ...also] as readonly Change[]) {
    const source = sources.get(file) ?? readFileSync(join(ROOT, file), 'utf8');
    const pieces = source.split(find);
    if (pieces.length !== 2)
      throw new Error(
        `mutant ${id}: ${file} has what it replaces ${pieces.length - 1} times, and must have it once`,
      );
    sources.set(file, pieces.join(replace));
  }
  return sources;
}

/**
 * From now on the packages of the mutant are loaded from their sources, with the bug in them. Nothing of them may have
 * been imported before.
 */
export function plant(mutant: Mutant): void {
  const sources = mutated(mutant);
  const folders = new Map<string, string>();
  const targets = new Map<string, string>();
  for (const [file, source] of sources) {
    const [packages = '', name = ''] = file.split('/');
    const folder = join(ROOT, packages, name);
    folders.set(pathToFileURL(join(folder, 'dist')).href, folder);
    targets.set(pathToFileURL(join(ROOT, file)).href, stripTypeScriptTypes(source));
  }
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      for (const [built, folder] of folders) {
        if (resolved.url.startsWith(`${built}/`))
          return { ...resolved, url: sourceOf(resolved.url, folder, built), format: null };
      }
      return resolved;
    },
    load: (url, context, next) => {
      const source = targets.get(url);
      return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
    },
  });
}

/** Generated code has no TypeScript source. */
function sourceOf(url: string, folder: string, built: string): string {
  const path = fileURLToPath(url).slice(fileURLToPath(built).length);
  const typed = join(folder, 'src', path.replace(/\.js$/, '.ts'));
  return pathToFileURL(existsSync(typed) ? typed : join(folder, 'src', path)).href;
}
