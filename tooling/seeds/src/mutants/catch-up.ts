import type { Mutant } from './mutant.ts';

/** Bugs of catching up. */
export const catchUp: readonly Mutant[] = [
  {
    id: 'silent-while-syncing',
    of: 'H11',
    what: 'A node that has caught up once holds no election any more',
    file: 'packages/raft/src/engine/election.ts',
    find: '  if (!isSelfVoter(core) || core.disk.full || diskIsStalled(core)) {',
    replace: '  if (core.sessions > 0 || !isSelfVoter(core) || core.disk.full || diskIsStalled(core)) {',
  },
  {
    id: 'never-asks-again',
    of: 'H12',
    what: 'A session asks for what is missing once, and never again',
    file: 'packages/sync-kit/src/entries/entry-session.ts',
    find: '    fetcher.hedge();\n    fetcher.plan();',
    replace: '    if (requests.nextId === 1) fetcher.plan();',
  },
];
