import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file and folder below a path, with its mode and a digest of its content: equal if nothing was changed. */
export function treeHash(path: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (at: string, name: string): void => {
    const stat = lstatSync(at);
    const mode = stat.mode.toString(8);
    if (stat.isDirectory()) {
      found[`${name}/`] = mode;
      for (const child of readdirSync(at)) visit(join(at, child), join(name, child));
    } else {
      found[name] = `${mode} ${createHash('sha256').update(readFileSync(at)).digest('hex')}`;
    }
  };
  visit(path, '.');
  return found;
}
