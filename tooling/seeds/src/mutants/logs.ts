import type { Mutant } from './mutant.ts';

/** Bugs of what is appended to a log, and cut from it. */
export const logs: readonly Mutant[] = [
  {
    id: 'divergent-suffix-kept',
    of: 'H1',
    what: 'Another term at an index is taken for the same entry',
    file: 'packages/raft/src/engine/follower.ts',
    find: '      if (log.termAt(entry.index) === entry.term) continue;\n      stageTruncation(core, entry.index);',
    replace: '      continue;',
  },
  {
    id: 'cut-without-proof',
    of: 'H36',
    what: 'Entries that are there are cut, and taken from the leader again',
    file: 'packages/raft/src/engine/follower.ts',
    find: '      if (log.termAt(entry.index) === entry.term) continue;\n      stageTruncation(core, entry.index);',
    replace: '      stageTruncation(core, entry.index);',
  },
  {
    id: 'heartbeat-cuts',
    of: 'H22',
    what: 'A heartbeat cuts whatever the leader has not told to be committed',
    file: 'packages/raft/src/engine/follower.ts',
    find: 'export function handleHeartbeat(core: Core, from: MemberKey, message: Heartbeat): void {\n  hear(core, from, message.term, message.logEnd);\n',
    replace:
      'export function handleHeartbeat(core: Core, from: MemberKey, message: Heartbeat): void {\n  hear(core, from, message.term, message.logEnd);\n  const cut = (Math.max(core.commit, message.commit) + 1) as Index;\n  if (cut <= core.log.last.index && core.session === null) stageTruncation(core, cut);\n',
  },
  {
    id: 'no-join-check',
    of: 'Raft §5.3',
    what: 'Entries are appended whatever comes before them',
    file: 'packages/raft/src/engine/follower.ts',
    find: '  if (core.log.termAt(prev.index) === prev.term) return null;\n',
    replace: '  if (core.log.termAt(prev.index) !== undefined) return null;\n',
  },
];
