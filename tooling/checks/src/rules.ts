/**
 * Who may import whom, and what is a door: the table that the checks read. A package that is not in the table fails,
 * so whoever adds one decides here what it may import.
 */

/** Any package that is not one of this repository and not part of Node.js. */
export const anyLibrary = 'any library';
/** Any module of Node.js. */
export const node = 'node';

export interface Zone {
  /** A folder, `*` standing for the rest of a folder's name. Files belong to the first zone that holds them. */
  readonly folder: string;
  /**
   * What files of the zone may import besides each other: packages, folders of their own package, `anyLibrary`,
   * `node`.
   */
  readonly mayImport: readonly string[];
  /** Whether time, chance and timers come through ports only. */
  readonly behindDoors: boolean;
}

const core = '@smalti/core';
const wire = '@smalti/wire';
const syncKit = '@smalti/sync-kit';

/** Sources of published packages, and what guides show. Their tests are bound by the general rules of `imports.ts` only. */
export const zones: readonly Zone[] = [
  { folder: 'packages/core/src', behindDoors: true, mayImport: [] },
  { folder: 'packages/wire/src', behindDoors: true, mayImport: [core, 'protobufjs'] },

  { folder: 'packages/raft/src/engine', behindDoors: true, mayImport: [core] },
  {
    folder: 'packages/raft/src/sync',
    behindDoors: true,
    mayImport: ['packages/raft/src/engine', wire, core],
  },
  {
    folder: 'packages/raft/src/group',
    behindDoors: true,
    mayImport: ['packages/raft/src/engine', 'packages/raft/src/sync', wire, core],
  },
  {
    folder: 'packages/raft/src',
    behindDoors: true,
    mayImport: ['packages/raft/src/engine', 'packages/raft/src/sync', 'packages/raft/src/group', wire, core],
  },

  { folder: 'packages/simulator/src', behindDoors: true, mayImport: [core, anyLibrary] },
  { folder: 'packages/platform-node/src', behindDoors: false, mayImport: [core, anyLibrary, node] },
  { folder: 'packages/collections/src', behindDoors: true, mayImport: [core, anyLibrary] },
  {
    folder: 'packages/compliance/src',
    behindDoors: false,
    mayImport: [
      core,
      wire,
      '@smalti/raft',
      '@smalti/simulator',
      '@smalti/storage-memory',
      '@smalti/transport-memory',
      anyLibrary,
      node,
    ],
  },

  // Plugins: never another plugin, never raft or wire.
  { folder: 'packages/storage-wal/src', behindDoors: true, mayImport: [core, anyLibrary] },
  { folder: 'packages/storage-memory/src', behindDoors: true, mayImport: [core, anyLibrary] },
  { folder: 'packages/storage-chunks/src', behindDoors: true, mayImport: [core, anyLibrary] },
  { folder: 'packages/storage-*/src', behindDoors: false, mayImport: [core, anyLibrary, node] },
  { folder: 'packages/transport-memory/src', behindDoors: true, mayImport: [core, anyLibrary] },
  { folder: 'packages/transport-*/src', behindDoors: false, mayImport: [core, anyLibrary, node] },

  // Ways to catch up.
  { folder: 'packages/sync-kit/src', behindDoors: true, mayImport: [core, anyLibrary] },
  { folder: 'packages/log-replay/src', behindDoors: true, mayImport: [core, syncKit, anyLibrary] },
  { folder: 'packages/snapshot-sync/src', behindDoors: true, mayImport: [core, syncKit, anyLibrary] },
  { folder: 'packages/auto-sync/src', behindDoors: true, mayImport: [core] },

  { folder: 'packages/backup/src', behindDoors: true, mayImport: [core] },

  // What a guide shows: a plugin as its author would write it.
  { folder: 'tooling/examples/src', behindDoors: true, mayImport: [core, syncKit] },

  // What the tests of ways to catch up share.
  {
    folder: 'tooling/sync-bench/src',
    behindDoors: true,
    mayImport: [core, '@smalti/simulator', '@smalti/storage-memory'],
  },

  { folder: 'apps/*/src', behindDoors: false, mayImport: ['@smalti/*', anyLibrary, node] },
];

/** What reaches past the ports. Each is a global, or a member of one. */
export const doors: readonly string[] = [
  'Date.now',
  'performance.now',
  'process.hrtime',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'Math.random',
  'crypto.randomUUID',
  'crypto.getRandomValues',
];

export const style = {
  maxLines: 400,
  /** Names of files and folders under src, without extensions. */
  name: /^[a-z0-9]+(-[a-z0-9]+)*$/,
} as const;
