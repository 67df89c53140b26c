import type { Mutant } from './mutant.ts';

/** Bugs of strong reads. */
export const reads: readonly Mutant[] = [
  {
    id: 'read-unconfirmed',
    of: 'H9',
    what: 'A leader answers strong reads without asking whether it still leads',
    file: 'packages/raft/src/engine/reads.ts',
    find: '  if (!hasQuorum(core.log.configuration, answered)) return;\n',
    replace: '  if (!hasQuorum(core.log.configuration, () => answered(self))) return;\n',
  },
  {
    id: 'read-by-an-old-round',
    of: 'H9',
    what: 'Rounds of heartbeats that began up to a second before the read confirm it',
    file: 'packages/raft/src/engine/reads.ts',
    find: '    round: core.round + 1,',
    replace: '    round: core.round - 8,',
  },
  {
    id: 'read-before-own-commit',
    of: 'H9',
    what: 'A new leader answers before it knows what is committed',
    file: 'packages/raft/src/engine/reads.ts',
    find: '  if (core.commit < core.termStart) return false;\n',
    replace: '',
  },
  {
    id: 'read-before-apply',
    of: 'H9',
    what: 'A read is answered before what it has to see was applied',
    file: 'packages/raft/src/group/reads.ts',
    find: '    if (index <= this.#port.applied()) this.#confirm(reads);\n    else this.#ahead.push({ index, reads });',
    replace: '    if (index >= 0) this.#confirm(reads);\n    else this.#ahead.push({ index, reads });',
  },
  {
    id: 'reply-to-another-read',
    of: 'H13',
    what: 'Any answer is taken for the answer to what was asked last',
    file: 'packages/raft/src/engine/reads.ts',
    find: '  const asked = core.reads.remote.get(message.id);\n',
    replace:
      '  message = { ...message, id: [...core.reads.remote.keys()].at(-1) ?? message.id };\n  const asked = core.reads.remote.get(message.id);\n',
  },
];
