import type { Mutant } from './mutant.ts';

/** Bugs of upgrades: of which version of the machine is in force where. */
export const versions: readonly Mutant[] = [
  {
    id: 'raised-before-all-know',
    of: 'H43',
    what: 'A version comes into force when a majority knows it',
    file: 'packages/raft/src/group/versions/version-desk.ts',
    find: '    const version = Math.min(...told);',
    replace: '    const version = told.sort((a, b) => b - a)[told.length >> 1] ?? 0;',
  },
  {
    id: 'raised-by-who-has-not-told',
    of: 'H43',
    what: 'A member that has not told which version it knows is not asked for',
    file: 'packages/raft/src/group/versions/version-desk.ts',
    find: '(this.#told.get(key) ?? 0);',
    replace: '(this.#told.get(key) ?? this.#parts.newest);',
  },
  {
    id: 'version-left-out',
    of: 'H43',
    what: 'A checkpoint says that the first version of the machine is in force',
    file: 'packages/raft/src/group/checkpoints/capture.ts',
    find: 'machine: { signature: machine.signature, version },',
    replace: 'machine: { signature: machine.signature, version: 1 },',
  },
  {
    id: 'version-stays',
    of: 'H43',
    what: 'An install leaves the version of the machine that is in force as it was',
    file: 'packages/raft/src/group/applier.ts',
    find: '    this.version.installed(root.machine.version);\n',
    replace: '    void root;\n',
  },
];
