import type { Mutant } from './mutant.ts';

/** Bugs of answers that say how old they are, and of leases. */
export const ages: readonly Mutant[] = [
  {
    id: 'age-from-the-answer',
    of: 'H34',
    what: 'A follower counts the age of what it has from when the answer came, not from when it asked',
    file: 'packages/raft/src/engine/reads.ts',
    find: '  noteFresh(core, asked, message.index);\n',
    replace: '  noteFresh(core, core.now, message.index);\n',
  },
  {
    id: 'age-of-what-is-not-applied',
    of: 'H34',
    what: 'A node counts what it has not applied yet as what it has',
    file: 'packages/raft/src/group/age.ts',
    find: '    if (fresh.index <= applied) {\n',
    replace: '    if (fresh.index <= applied + 1_000) {\n',
  },
  {
    id: 'age-from-the-heartbeat',
    of: 'H34',
    what: 'A follower counts from when it heard of a round, which began before that',
    file: 'packages/raft/src/engine/freshness.ts',
    find: '    noteFresh(core, known.at, message.leaderCommit);\n',
    replace: '    noteFresh(core, core.now, message.leaderCommit);\n',
  },
  {
    id: 'age-as-of-the-last-round',
    of: 'H34',
    what: 'A leader counts from the answers of a round, not from its beginning',
    file: 'packages/raft/src/engine/freshness.ts',
    find: '    noteFresh(core, next.at, next.index);\n',
    replace: '    noteFresh(core, core.now, next.index);\n',
  },
  {
    id: 'lease-too-long',
    of: 'H9',
    what: 'A lease lasts for longer than voters wait',
    file: 'packages/raft/src/engine/lease.ts',
    find: '  return core.now < lease.since + core.options.leaseMs;\n',
    replace: '  return core.now < lease.since + 8 * core.options.leaseMs;\n',
  },
];
