/** Checks every import against the table of zones, and against rules that hold for all files. */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { parse, type Reference } from './parse.ts';
import { type Package, packageOf, type Repository, type SourceFile, type Violation } from './repository.ts';
import { anyLibrary, node, type Zone, zones } from './rules.ts';

/** Imports between packages: by published entry point and never by a path. */
export function checkEntryPoints(repository: Repository): Violation[] {
  return eachImport(repository, (file, owner, imported) => {
    if (imported.name.startsWith('/') || imported.name.startsWith('file:')) return 'imports an absolute path';
    if (isRelative(imported.name)) {
      const target = resolve(file, imported.name);
      if (!target.startsWith(`${owner.folder}/`)) return `leaves its package with '${imported.name}'`;
      if (isSource(file.path) && !isSource(target)) return `leaves src with '${imported.name}'`;
      return undefined;
    }
    const target = repository.packages.find(({ manifest }) => manifest.name === packageName(imported.name));
    if (target === undefined) return undefined;
    const entry = `.${imported.name.slice(target.manifest.name.length)}`;
    return exportsEntry(target, entry) ? undefined : `imports '${imported.name}', which is not published`;
  });
}

/** Every library that published sources import is installed with them. */
export function checkDeclared(repository: Repository): Violation[] {
  return eachImport(repository, (file, owner, imported) => {
    if (!isSource(file.path) || isRelative(imported.name) || isNode(imported.name)) return undefined;
    const name = packageName(imported.name);
    const { dependencies = {}, peerDependencies = {} } = owner.manifest;
    if (name in dependencies || name in peerDependencies || name === owner.manifest.name) return undefined;
    return `imports '${name}', which is neither in dependencies nor in peerDependencies`;
  });
}

/** Who may import whom. */
export function checkZones(repository: Repository, table: readonly Zone[] = zones): Violation[] {
  return eachImport(repository, (file, owner, imported) => {
    const zone = zoneOf(table, file.path);
    if (zone === undefined) return undefined;
    const target = targetOf(repository, file, owner, imported);
    if (target === undefined || zoneOf(table, `${target}/`) === zone) return undefined;
    if (zone.mayImport.some((allowed) => matches(allowed, target))) return undefined;
    return `${zone.folder} may not import '${imported.name}'`;
  });
}

/** Every published package has its row in the table. */
export function checkEveryPackageHasZone(
  repository: Repository,
  table: readonly Zone[] = zones,
): Violation[] {
  return repository.packages
    .filter(
      ({ manifest, folder }) => manifest.private !== true && zoneOf(table, `${folder}/src/`) === undefined,
    )
    .map(({ folder }) => ({ path: folder, message: 'has no row in the table of zones (tooling/checks)' }));
}

/** Packages depend on each other without cycles, dependencies for development included. */
export function checkCycles(repository: Repository): Violation[] {
  const graph = new Map(
    repository.packages.map(({ manifest }) => [
      manifest.name,
      Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies }),
    ]),
  );
  const violations: Violation[] = [];
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' -> ');
      const at = repository.packages.find(({ manifest }) => manifest.name === name);
      violations.push({ path: `${at?.folder}/package.json`, message: `dependencies form a cycle: ${cycle}` });
      return;
    }
    if (finished.has(name)) return;
    for (const next of graph.get(name) ?? []) visit(next, [...path, name]);
    finished.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return violations;
}

type Rule = (file: SourceFile, owner: Package, imported: Reference) => string | undefined;

function eachImport(repository: Repository, rule: Rule): Violation[] {
  const violations: Violation[] = [];
  for (const file of repository.files) {
    const owner = packageOf(repository, file.path);
    if (owner === undefined) continue;
    for (const imported of parse(file).imports) {
      const message = rule(file, owner, imported);
      if (message !== undefined) violations.push({ path: file.path, line: imported.line, message });
    }
  }
  return violations;
}

/** What an import stands for in the table: a folder of the own package, a package, `node` or a library. */
function targetOf(repository: Repository, file: SourceFile, owner: Package, imported: Reference) {
  if (isRelative(imported.name)) return resolve(file, imported.name);
  if (isNode(imported.name)) return node;
  const name = packageName(imported.name);
  if (name === owner.manifest.name) return undefined;
  return repository.packages.some(({ manifest }) => manifest.name === name) || name.startsWith('@smalti/')
    ? name
    : `${anyLibrary}:${name}`;
}

function matches(allowed: string, target: string): boolean {
  if (allowed.endsWith('/*')) return target.startsWith(allowed.slice(0, -1));
  if (target.startsWith(`${anyLibrary}:`)) {
    return allowed === anyLibrary || target === `${anyLibrary}:${allowed}`;
  }
  return target === allowed || target.startsWith(`${allowed}/`);
}

export function zoneOf(table: readonly Zone[], path: string): Zone | undefined {
  return table.find(({ folder }) => {
    const pattern = folder.replaceAll('*', '[^/]*');
    return new RegExp(`^${pattern}/`).test(path);
  });
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('./') || specifier.startsWith('../') || specifier === '.' || specifier === '..';
}

function isNode(specifier: string): boolean {
  return specifier.startsWith('node:') || isBuiltin(specifier);
}

function isSource(path: string): boolean {
  return /^(packages|apps)\/[^/]+\/src\//.test(path);
}

function resolve(file: SourceFile, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file.path), specifier));
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function exportsEntry(target: Package, entry: string): boolean {
  const { exports } = target.manifest;
  if (typeof exports === 'object') return entry in exports;
  // A package of settings has no exports: its files are its entry points.
  return exports === undefined || entry === '.';
}
