/** Plants one violation at a time and expects the check in question, and no other, to find it. */
import { describe, expect, it } from 'vitest';
import { checks } from '../src/all.ts';
import { format, type Repository } from '../src/repository.ts';
import { house, houseAnd, houseWith } from './fixture.ts';

function found(repository: Repository): string[] {
  return Object.entries(checks).flatMap(([name, check]) =>
    check(repository).map((violation) => `${name} | ${format(violation)}`),
  );
}

const zones = 'packages import only whom they may';
const entryPoints = 'packages are imported by their entry points';
const declared = 'libraries that are imported are declared';
const doors = 'time, chance and timers come through ports';

it('finds nothing in a house that obeys every rule', () => {
  expect(found(house())).toEqual([]);
});

describe.each([
  ['core', 'packages/core/src/term.ts', ['@smalti/wire', 'node:fs', 'fs', 'ws']],
  ['wire', 'packages/wire/src/encode.ts', ['@smalti/raft', 'node:buffer', 'long']],
  [
    'the engine',
    'packages/raft/src/engine/step.ts',
    ['@smalti/wire', '../group/group.ts', '../sync/host.ts', '../index.ts', 'protobufjs', 'node:crypto'],
  ],
  [
    'the host of strategies',
    'packages/raft/src/sync/host.ts',
    ['../group/group.ts', '@smalti/storage-wal', 'node:timers'],
  ],
  ['the group', 'packages/raft/src/group/group.ts', ['../index.ts', '@smalti/simulator', 'node:timers']],
  [
    'a storage',
    'packages/storage-wal/src/wal.ts',
    ['@smalti/raft', '@smalti/wire', '@smalti/storage-memory'],
  ],
  ['a portable storage', 'packages/storage-wal/src/wal.ts', ['node:fs', '@smalti/simulator']],
  ['a transport', 'packages/transport-ws/src/socket.ts', ['@smalti/raft', '@smalti/storage-memory']],
  ['the simulator', 'packages/simulator/src/network.ts', ['@smalti/raft', '@smalti/storage-wal', 'node:fs']],
  ['the platform', 'packages/platform-node/src/clock.ts', ['@smalti/raft']],
])('%s', (_, path, targets) => {
  it.each(targets)('may not import %s', (target) => {
    expect(found(house({ [path]: `import '${target}';` }))).toContainEqual(
      expect.stringContaining(`${zones} | ${path}:1:`),
    );
  });
});

describe('an import in any form is seen', () => {
  it.each([
    `import { x } from '@smalti/raft';`,
    `import type { X } from '@smalti/raft';`,
    `export { x } from '@smalti/raft';`,
    `export * from '@smalti/raft';`,
    `export type X = import('@smalti/raft').X;`,
    `export const x = await import('@smalti/raft');`,
    `export const x = require('@smalti/raft');`,
  ])('%s', (code) => {
    const path = 'packages/storage-wal/src/wal.ts';
    expect(found(house({ [path]: `\n${code}` }))).toContainEqual(
      expect.stringContaining(`${zones} | ${path}:2:`),
    );
  });

  it('and one whose target is computed is refused', () => {
    const path = 'packages/storage-wal/src/wal.ts';
    const code = 'export const load = (name: string) => import(name);';
    expect(found(house({ [path]: code }))).toEqual([expect.stringContaining(`${declared} | ${path}:1:`)]);
  });
});

describe('packages', () => {
  it.each([
    ['apps/node-cluster/src/main.ts', `import '@smalti/raft/dist/group/group.js';`],
    ['apps/node-cluster/src/main.ts', `import '../../../packages/raft/src/index.ts';`],
    ['apps/node-cluster/test/main.test.ts', `import '../../../packages/raft/src/index.ts';`],
    ['packages/raft/test/group.test.ts', `import '../../core/src/term.ts';`],
    ['packages/raft/test/group.test.ts', `import '@smalti/core/src/term.ts';`],
    ['packages/raft/test/group.test.ts', `import '/packages/core/src/term.ts';`],
  ])('are imported by their entry points: %s, %s', (path, code) => {
    expect(found(house({ [path]: code }))).toContainEqual(
      expect.stringContaining(`${entryPoints} | ${path}:1:`),
    );
  });

  it('keep their sources away from their tests', () => {
    const path = 'packages/platform-node/src/clock.ts';
    expect(found(house({ [path]: `import '../test/helper.ts';` }))).toContainEqual(
      expect.stringContaining(`${entryPoints} | ${path}:1: leaves src`),
    );
  });

  it.each([
    ['packages/storage-wal/src/wal.ts', `import 'sorted-btree';`],
    ['apps/node-cluster/src/main.ts', `import '@smalti/storage-wal';`],
    // A dependency for development is not there once the package is installed.
    ['packages/storage-memory/src/memory.ts', `import 'vitest';`],
  ])('declare what they import: %s, %s', (path, code) => {
    expect(found(house({ [path]: code }))).toEqual([expect.stringContaining(`${declared} | ${path}:1:`)]);
  });

  it('do not depend on each other in a cycle', () => {
    const cyclic = houseWith('packages/core', { devDependencies: { '@smalti/simulator': 'workspace:^' } });
    expect(found(cyclic)).toContainEqual(
      expect.stringMatching(/dependencies form a cycle: .*@smalti\/core -> @smalti\/simulator/),
    );
  });

  it('have a row in the table', () => {
    expect(found(houseAnd('packages/new-thing'))).toEqual([
      expect.stringContaining('packages/new-thing: has no row in the table'),
    ]);
  });
});

describe('behind a port', () => {
  const path = 'packages/raft/src/group/group.ts';

  it.each([
    'Date.now()',
    `Date['now']()`,
    'globalThis.Date.now()',
    'new Date()',
    'Date()',
    'performance.now()',
    'setTimeout(() => {}, 1)',
    'globalThis.setTimeout(() => {}, 1)',
    'setInterval(() => {}, 1)',
    'setImmediate(() => {})',
    'const later = setTimeout',
    'const { now } = Date',
    'const timers = { setTimeout }',
    'Math.random()',
    'crypto.randomUUID()',
    'crypto.getRandomValues(new Uint8Array(1))',
    'process.hrtime()',
  ])('%s', (code) => {
    expect(found(house({ [path]: `\n\n${code};` }))).toEqual([
      expect.stringContaining(`${doors} | ${path}:3: uses `),
    ]);
  });

  it.each(['core', 'wire', 'raft', 'storage-wal', 'storage-memory', 'simulator', 'transport-memory'])(
    'holds for %s',
    (name) => {
      const repository = house({ [`packages/${name}/src/file.ts`]: 'Date.now();' });
      expect(found(repository)).toEqual([expect.stringContaining(doors)]);
    },
  );

  it.each(['clock.setTimeout(1)', 'new Date(0)', 'Math.max(1, 2)', 'random.now()'])('%s is not', (code) => {
    expect(found(house({ [path]: code }))).toEqual([]);
  });
});

describe('style', () => {
  const length = 'files are short';
  const names = 'files are named in kebab-case';
  const indexes = 'an index.ts only re-exports, by name';

  it('refuses a file of more than 400 lines', () => {
    const lines = (count: number) => ({ 'packages/core/src/long.ts': 'void 0;\n'.repeat(count) });
    expect(found(house(lines(400)))).toEqual([]);
    expect(found(house(lines(401)))).toEqual([
      expect.stringContaining(`${length} | packages/core/src/long.ts`),
    ]);
  });

  it('lets generated code be long', () => {
    const text = 'void 0;\n'.repeat(1000);
    expect(found(house({ 'packages/wire/src/generated/messages.js': text }))).toEqual([]);
  });

  it.each(['logStore.ts', 'LogStore.ts', 'log_store.ts', 'logStore/file.ts', 'log.store.ts'])(
    'refuses the name %s',
    (name) => {
      const path = `packages/core/src/${name}`;
      expect(found(house({ [path]: '' }))).toEqual([expect.stringContaining(`${names} | ${path}`)]);
    },
  );

  it.each([
    `export * from './term.ts';`,
    `export * as terms from './term.ts';`,
    `export const a = 1;`,
    `import './term.ts';`,
    `export default 1;`,
    `const a = 1; export { a };`,
  ])('refuses an index with %s', (code) => {
    const path = 'packages/core/src/index.ts';
    expect(found(house({ [path]: code }))).toContainEqual(expect.stringContaining(`${indexes} | ${path}:1:`));
  });
});

describe('manifests', () => {
  const manifests = 'manifests are alike';

  it.each([
    ['name', { name: '@smalti/other' }],
    ['version', { version: undefined }],
    ['description', { description: undefined }],
    ['license', { license: 'ISC' }],
    ['type', { type: 'commonjs' }],
    ['sideEffects', { sideEffects: true }],
    ['exports', { exports: { '.': { default: './dist/index.js', types: './dist/index.d.ts' } } }],
    ['exports', { exports: './dist/index.js' }],
    ['files', { files: ['dist'] }],
    ['files', { bin: { program: './bin/program.js' } }],
    ['engines', { engines: {} }],
    ['publishConfig', { publishConfig: {} }],
    ['ws', { dependencies: { ws: '^8.0.0' } }],
    ['@smalti/core', { dependencies: { '@smalti/core': '^0.1.0' } }],
    ['@smalti/core', { peerDependencies: {}, dependencies: { '@smalti/core': 'workspace:^' } }],
    ['@smalti/core', { devDependencies: {} }],
  ])('refuses a wrong %s: %j', (field, fields) => {
    const folder = 'packages/storage-memory';
    expect(found(houseWith(folder, fields))).toContainEqual(
      expect.stringMatching(new RegExp(`^${manifests} \\| ${folder}/package.json: .*${field}`)),
    );
  });
});
