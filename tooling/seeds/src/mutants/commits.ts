import type { Mutant } from './mutant.ts';

/** Bugs of what counts as committed, and as on disk. */
export const commits: readonly Mutant[] = [
  {
    id: 'older-term-by-counting',
    of: 'H8',
    what: 'Entries of an older term are committed by counting',
    file: 'packages/raft/src/engine/commit.ts',
    find: '  if (reached < core.termStart || reached <= core.commit) return;',
    replace: '  if (reached <= core.commit) return;',
  },
  {
    id: 'commit-before-disk',
    of: 'Raft §5.3',
    what: 'A leader counts what it has not written yet',
    file: 'packages/raft/src/engine/commit.ts',
    find: '  const durable = core.disk.durable;',
    replace: '  const durable = core.log.last.index;',
  },
  {
    id: 'ack-before-disk',
    of: 'H23',
    what: 'A follower acknowledges what it has not written yet',
    file: 'packages/raft/src/engine/follower.ts',
    find: '  const match = Math.min(core.verified, core.disk.durable) as Index;\n  const answered',
    replace: '  const match = core.verified;\n  const answered',
  },
  {
    id: 'commit-unverified',
    of: 'H1',
    what: "A follower applies what may be a deposed leader's, up to the commit index",
    file: 'packages/raft/src/engine/commit.ts',
    find: '  const index = Math.min(core.told, core.verified, core.disk.durable) as Index;',
    replace: '  const index = Math.min(core.announced, core.log.last.index, core.disk.durable) as Index;',
  },
  {
    id: 'verified-by-the-last-leader',
    of: 'H1',
    what: 'What the last leader verified counts for the next one',
    file: 'packages/raft/src/engine/election.ts',
    find: '    core.verified = Math.max(core.commit, core.log.base.index, fetched) as Index;\n',
    replace: '',
  },
  {
    id: 'stale-completion',
    of: 'H38',
    what: 'A late completion vouches for what was written over it',
    file: 'packages/raft/src/engine/persistence.ts',
    find: '  for (const write of core.disk.pending) if (write.vouches > kept) write.vouches = kept;\n',
    replace: '',
  },
  {
    id: 'cut-stays-durable',
    of: 'H38',
    what: 'What was cut still counts as on disk',
    file: 'packages/raft/src/engine/persistence.ts',
    find: '  if (core.disk.durable > kept) core.disk.durable = kept;\n',
    replace: '',
  },
];
