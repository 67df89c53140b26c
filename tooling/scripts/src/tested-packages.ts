import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folders, relative to the root, of the packages that have tests. */
export function testedPackages(root: string): string[] {
  return globSync('{packages,apps,tooling}/*/package.json', { cwd: root })
    .map((manifest) => dirname(manifest))
    .filter((folder) => hasTests(join(root, folder)))
    .sort();
}

function hasTests(folder: string): boolean {
  const test = join(folder, 'test');
  return existsSync(test) && globSync('**/*.test.ts', { cwd: test }).length > 0;
}

/** The name of the report of a package, given its folder relative to the root. */
export function reportName(folder: string): string {
  return `${folder.replaceAll(/[\\/]/g, '-')}.json`;
}
