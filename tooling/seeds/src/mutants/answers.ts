import type { Mutant } from './mutant.ts';

/** Bugs of what clients are told. */
export const answers: readonly Mutant[] = [
  {
    id: 'unknown-said-not-applied',
    of: 'H6',
    what: 'What may have arrived is said not to be applied',
    file: 'packages/raft/src/group/request.ts',
    find: "  return request.state === 'queued' && !request.copies ? 'not-applied' : 'unknown';",
    replace: "  return request.state === 'done' ? 'unknown' : 'not-applied';",
  },
  {
    id: 'waits-again-said-not-applied',
    of: 'H6',
    what: 'What is to be sent again is said not to be applied, though its first copy may be',
    file: 'packages/raft/src/group/request.ts',
    find: "  return request.state === 'queued' && !request.copies ? 'not-applied' : 'unknown';",
    replace: "  return request.state === 'queued' ? 'not-applied' : 'unknown';",
  },
];
