/** Checks the manifests of published packages: the rules of the house, and what publint knows of npm. */
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Manifest, Package, Repository, Violation } from './repository.ts';

const core = '@smalti/core';

export function publishedPackages(repository: Repository): Package[] {
  return repository.packages.filter(({ manifest }) => manifest.private !== true);
}

/** The rules of the house. */
export function checkManifests(repository: Repository): Violation[] {
  return publishedPackages(repository).flatMap(({ folder, manifest }) =>
    problemsOf(folder, manifest).map((message) => ({ path: `${folder}/package.json`, message })),
  );
}

/** What publint finds in the tarball that would be published. Needs a build. */
export async function checkPublished(root: string, { folder, manifest }: Package): Promise<Violation[]> {
  const { messages } = await publint({ pkgDir: join(root, folder), strict: true, pack: 'pnpm' });
  return messages.map((message) => ({
    path: `${folder}/package.json`,
    message: formatMessage(message, manifest, { color: false }) ?? message.code,
  }));
}

function problemsOf(folder: string, manifest: Manifest): string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, message: string) => {
    if (!holds) problems.push(message);
  };
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifest;

  expect(manifest.name === `@smalti/${folder.split('/')[1]}`, 'the name is not @smalti/ and the folder');
  expect(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(manifest.version)), 'version is missing');
  expect(typeof manifest.description === 'string', 'description is missing');
  expect(manifest.license === 'MIT', 'license is not MIT');
  expect(manifest.type === 'module', 'type is not module');
  expect(manifest.sideEffects === false, 'sideEffects is not false');
  expect(hasNode(manifest.engines), 'engines.node is missing');
  const files = [...('bin' in manifest ? ['bin'] : []), 'dist', 'src'];
  expect(same(manifest.files, files), `files is not [${files.join(', ')}]`);
  expect(same(manifest.publishConfig, { access: 'public' }, 'access'), 'publishConfig.access is not public');
  for (const entry of badEntries(manifest.exports)) problems.push(`exports '${entry}' is not types, default`);

  const all = [dependencies, peerDependencies, devDependencies];
  for (const [name, range] of all.flatMap((each) => Object.entries(each))) {
    const wanted = name.startsWith('@smalti/') ? 'workspace:^' : 'catalog:';
    expect(range === wanted, `${name} is '${range}' and not '${wanted}'`);
  }
  for (const name of Object.keys(peerDependencies)) {
    expect(name in devDependencies, `${name} is a peer but not in devDependencies: its tests cannot find it`);
  }
  if (/^packages\/(storage|transport)-/.test(folder)) {
    expect(core in peerDependencies, `a plugin has ${core} as a peer, so that an application gets it once`);
  }
  return problems;
}

/** The entry points whose conditions are not exactly `types`, then `default`. */
function badEntries(exports: Manifest['exports']): string[] {
  if (typeof exports !== 'object') return ['.'];
  return Object.entries(exports)
    .filter(([entry, value]) =>
      typeof value === 'string'
        ? entry !== './package.json'
        : !same(Object.keys(value ?? {}), ['types', 'default']),
    )
    .map(([entry]) => entry);
}

function hasNode(engines: unknown): boolean {
  return typeof engines === 'object' && engines !== null && 'node' in engines;
}

/** Whether two values are the same as JSON; with a key, whether they are the same under it. */
function same(a: unknown, b: unknown, key?: string): boolean {
  if (key === undefined) return JSON.stringify(a) === JSON.stringify(b);
  const at = (value: unknown) => (value as Record<string, unknown> | undefined)?.[key];
  return same(at(a), at(b));
}
