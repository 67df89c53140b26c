import type { Mutant } from './mutant.ts';

/** Bugs of catching up. */
export const catchUp: readonly Mutant[] = [
  {
    id: 'tail-waits-for-catch-up',
    of: 'H10',
    what: 'A leader does not send what is not committed to whoever catches up',
    file: 'packages/raft/src/engine/replication.ts',
    find: '    if (next <= core.commit) {\n      // Others',
    replace: "    if (next <= core.commit || progress.mode === 'catch-up') {\n      // Others",
  },
  {
    id: 'silent-while-syncing',
    of: 'H11',
    what: 'A node that has caught up once holds no election any more',
    file: 'packages/raft/src/engine/election.ts',
    find: '  if (!isSelfVoter(core) || core.disk.full || diskIsStalled(core)) {',
    replace: '  if (core.sessions > 0 || !isSelfVoter(core) || core.disk.full || diskIsStalled(core)) {',
  },
  {
    id: 'asked-once',
    of: 'H12',
    what: 'What peers have is asked once, and never again',
    file: 'packages/log-replay/src/session.ts',
    find: "      if (cx.sendTo(peer, { type: 'ask', nonce })) peers.asked(peer, now);",
    replace:
      "      if (peers.saidAt(peer) === null && cx.sendTo(peer, { type: 'ask', nonce })) peers.asked(peer, now);",
  },
  {
    id: 'empty-answer-believed',
    of: 'H13',
    what: 'An empty answer is taken for all that was asked for',
    file: 'packages/log-replay/src/intake.ts',
    find: "  if (frames.length === 0) return 'a run of no entries';\n",
    replace: '  if (frames.length === 0) return [];\n',
  },
  {
    id: 'never-asked-again',
    of: 'H15',
    what: 'A request that is not answered is waited for, for ever',
    file: 'packages/log-replay/src/session.ts',
    find: '    for (const { peer } of requests.expire(now)) peers.slow(peer, now);\n',
    replace: '',
  },
  {
    id: 'done-too-soon',
    of: 'H36',
    what: 'A session is done before all that it fetched is on disk',
    file: 'packages/raft/src/engine/session-requests.ts',
    find: '  if (disk.durable < at.index) return `the log is durable up to ${disk.durable} only`;\n',
    replace: "  if (disk.durable < 0) return 'never';\n",
  },
  {
    id: 'commit-too-soon',
    of: 'H36',
    what: 'A session applies what it fetched before that is on disk',
    file: 'packages/raft/src/engine/session-requests.ts',
    find: '  const most = Math.min(session.end.index, session.ceiling, core.disk.durable);',
    replace: '  const most = Math.min(session.end.index, session.ceiling);',
  },
  {
    id: 'session-never-ends',
    of: 'H24',
    what: 'A leader never sees that a session is over',
    file: 'packages/raft/src/engine/catch-up.ts',
    find: '  if (session === catchUp.ticket || progress.match < catchUp.position) return true;',
    replace:
      '  if (session === catchUp.ticket || progress.match < catchUp.position || session === 0) return true;',
  },
];
