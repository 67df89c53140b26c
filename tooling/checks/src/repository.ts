/** What the checks look at: manifests and source files, read once. Tests make their own. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>> | string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface Package {
  /** Relative to the root, with forward slashes: `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Repository {
  readonly packages: readonly Package[];
  readonly files: readonly SourceFile[];
}

export interface Violation {
  readonly path: string;
  /** From 1, if it is about a line. */
  readonly line?: number;
  readonly message: string;
}

export function format(violation: Violation): string {
  const place = violation.line === undefined ? violation.path : `${violation.path}:${violation.line}`;
  return `${place}: ${violation.message}`;
}

export const repositoryRoot = join(import.meta.dirname, '..', '..', '..');

export function readRepository(root: string = repositoryRoot): Repository {
  const packages = globSync('{packages,apps,tooling}/*/package.json', { cwd: root })
    .map((path) => toSlashes(path))
    .sort()
    .map((path) => ({
      folder: path.slice(0, -'/package.json'.length),
      manifest: JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest,
    }));
  const files = packages
    .flatMap(({ folder }) => sourcePaths(root, folder))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  return { packages, files };
}

function sourcePaths(root: string, folder: string): string[] {
  return globSync([`${folder}/*.ts`, `${folder}/{src,test,bench}/**/*.{ts,js}`], { cwd: root })
    .map((path) => toSlashes(path))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
}

export function isGenerated(path: string): boolean {
  return path.includes('/generated/');
}

/** The package that a file belongs to. */
export function packageOf(repository: Repository, path: string): Package | undefined {
  return repository.packages.find(({ folder }) => path.startsWith(`${folder}/`));
}

function toSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}
