/**
 * Compiles a program that imports every entry point of the published packages, with all declarations checked, as it is
 * installed: with what packages depend on, and without what only their development needs. Needs a build.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Package, Violation } from './repository.ts';

/** Where a consumer's compiler has the types of its host from: the library `dom`, or `@types/node`. */
export type Host = 'DOM' | 'Node.js';

/** Both have `AbortSignal` and the like; what one of them has alone is not to be needed. */
const OPTIONS: Readonly<Record<Host, object>> = {
  DOM: { lib: ['es2023', 'dom'], types: [] },
  'Node.js': { lib: ['es2023'], types: ['node'] },
};

const packageFolder = join(import.meta.dirname, '..');

export function checkConsumer(root: string, published: readonly Package[], host: Host): Violation[] {
  const scratch = mkdtempSync(join(tmpdir(), 'smalti-consumer-'));
  try {
    const modules = join(scratch, 'node_modules');
    for (const each of published) install(root, each, modules);
    if (host === 'Node.js') link(join(packageFolder, 'node_modules'), '@types/node', modules);
    const entries = published.flatMap(({ manifest }) => entriesOf(manifest));
    writeFileSync(join(scratch, 'package.json'), '{"type":"module"}');
    writeFileSync(join(scratch, 'main.ts'), entries.map((entry) => `import '${entry}';\n`).join(''));
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedSideEffectImports: true,
      noEmit: true,
      skipLibCheck: false,
      ...OPTIONS[host],
    };
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    return compile(scratch, published);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Its declarations, and the libraries that come with it. Copied: from where they are built, more would be found. */
function install(root: string, { folder, manifest }: Package, modules: string): void {
  const [from, to] = [join(root, folder), join(modules, manifest.name)];
  mkdirSync(to, { recursive: true });
  cpSync(join(from, 'package.json'), join(to, 'package.json'));
  const declares = (path: string): boolean => !/\.[^/\\]+$/.test(path) || path.endsWith('.d.ts');
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true, filter: declares });
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (!name.startsWith('@smalti/')) link(join(from, 'node_modules'), name, modules);
  }
}

function link(from: string, name: string, modules: string): void {
  const to = join(modules, name);
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(join(from, name)), to, 'junction');
}

function entriesOf({ name, exports }: Package['manifest']): string[] {
  return Object.entries(typeof exports === 'object' ? exports : {})
    .filter(([, target]) => typeof target === 'object')
    .map(([entry]) => name + entry.slice(1));
}

function compile(scratch: string, published: readonly Package[]): Violation[] {
  const tsc = spawnSync('tsc', ['-p', scratch, '--pretty', 'false'], {
    cwd: packageFolder,
    encoding: 'utf8',
  });
  if (tsc.error !== undefined) throw tsc.error;
  if (tsc.status === 0) return [];
  const violations = tsc.stdout.split('\n').flatMap((text): Violation[] => {
    const [, name, path, line, message] =
      /node_modules\/(@smalti\/[^/]+)\/(\S+)\((\d+),\d+\): (.*)$/.exec(text) ?? [];
    const { folder } = published.find(({ manifest }) => manifest.name === name) ?? {};
    if (folder === undefined || message === undefined) return [];
    return [{ path: `${folder}/${path}`, line: Number(line), message }];
  });
  if (violations.length === 0) throw new Error(`tsc failed: ${tsc.stdout}${tsc.stderr}`);
  return violations;
}
