import type { Manifest, Package, Repository } from '../src/repository.ts';

const core = { '@smalti/core': 'workspace:^' };

function published(folder: string, fields: Partial<Manifest> = {}): Package {
  const name = `@smalti/${folder.split('/')[1]}`;
  const manifest = {
    name,
    version: '0.1.0',
    description: 'A package.',
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    files: ['dist', 'src'],
    engines: { node: '>=22.13' },
    publishConfig: { access: 'public' },
    ...fields,
  };
  return { folder, manifest };
}

const packages: readonly Package[] = [
  published('packages/core'),
  published('packages/wire', { dependencies: { ...core, protobufjs: 'catalog:' } }),
  published('packages/raft', { dependencies: { ...core, '@smalti/wire': 'workspace:^' } }),
  published('packages/simulator', { peerDependencies: core, devDependencies: core }),
  published('packages/platform-node', { peerDependencies: core, devDependencies: core }),
  published('packages/storage-memory', { peerDependencies: core, devDependencies: core }),
  published('packages/storage-wal', {
    peerDependencies: core,
    devDependencies: { ...core, '@smalti/simulator': 'workspace:^' },
  }),
  published('packages/transport-ws', {
    dependencies: { ws: 'catalog:' },
    peerDependencies: core,
    devDependencies: core,
  }),
  published('apps/node-cluster', {
    dependencies: { ...core, '@smalti/raft': 'workspace:^', pino: 'catalog:' },
  }),
  { folder: 'tooling/tsconfig', manifest: { name: '@smalti/tsconfig', private: true } },
];

/** A small house that obeys every rule. */
const files: Readonly<Record<string, string>> = {
  'packages/core/src/index.ts': `export { type Clock, term } from './term.ts';`,
  'packages/core/src/term.ts': `
    export interface Clock { setTimeout(work: () => void): void; now(): number }
    export const term = (clock: Clock) => clock.setTimeout(() => { new Date(clock.now()); });`,
  'packages/wire/src/index.ts': `export { encode } from './encode.ts';`,
  'packages/wire/src/encode.ts': `
    import { term } from '@smalti/core';
    import { messages } from './generated/messages.js';
    export const encode = () => messages.encode(term);`,
  'packages/wire/src/generated/messages.js': `
    import $protobuf from 'protobufjs/minimal.js';
    export const messages = $protobuf.roots;`,
  'packages/raft/src/index.ts': `export { group } from './group/group.ts';`,
  'packages/raft/src/engine/step.ts': `import { term } from '@smalti/core'; export const step = term;`,
  'packages/raft/src/engine/election.ts': `export { step } from './step.ts';`,
  'packages/raft/src/sync/host.ts': `
    import { encode } from '@smalti/wire';
    import { step } from '../engine/step.ts';
    export const host = [encode, step];`,
  'packages/raft/src/group/group.ts': `
    import { host } from '../sync/host.ts';
    export const group = host;`,
  'packages/raft/test/group.test.ts': `import { group } from '../src/group/group.ts'; setTimeout(group, 1);`,
  'packages/storage-wal/src/index.ts': `export { wal } from './wal.ts';`,
  'packages/storage-wal/src/wal.ts': `import { term } from '@smalti/core'; export const wal = term;`,
  'packages/storage-wal/test/wal.test.ts': `import '@smalti/simulator'; import '../src/wal.ts';`,
  'packages/transport-ws/src/socket.ts': `import ws from 'ws'; import 'node:net'; export const socket = ws;`,
  'packages/platform-node/src/clock.ts': `import 'node:fs'; export const now = () => Date.now();`,
  'apps/node-cluster/src/main.ts': `import '@smalti/raft'; import pino from 'pino'; pino(Date.now());`,
};

/** The house that obeys every rule, with some files added or replaced. */
export function house(changed: Readonly<Record<string, string>> = {}): Repository {
  const all = Object.entries({ ...files, ...changed });
  return { packages, files: all.map(([path, text]) => ({ path, text })) };
}

/** The house with some fields of a package's manifest changed. */
export function houseWith(folder: string, fields: Partial<Manifest>): Repository {
  const changed = packages.map((each) =>
    each.folder === folder ? { folder, manifest: { ...each.manifest, ...fields } } : each,
  );
  return { packages: changed, files: house().files };
}

/** The house with one more package. */
export function houseAnd(folder: string): Repository {
  return { packages: [...packages, published(folder)], files: house().files };
}
