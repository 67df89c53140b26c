import type { Mutant } from './mutant.ts';

const COMMIT = {
  file: 'packages/raft/src/engine/commit.ts',
  find: 'quorumIndex(core.log.configuration, matchOf)',
} as const;

const VOTES = {
  file: 'packages/raft/src/engine/election.ts',
  find: '  if (hasQuorum(configuration, sure) || everybody(configuration, any)) {',
} as const;

/** Bugs of who counts, and of how that changes. */
export const members: readonly Mutant[] = [
  {
    id: 'commit-by-the-new-voters',
    of: 'H4',
    what: 'While the voters change, the new ones alone commit',
    ...COMMIT,
    replace: 'quorumIndex({ ...core.log.configuration, outgoing: [] }, matchOf)',
  },
  {
    id: 'commit-by-the-old-voters',
    of: 'H4',
    what: 'A change is in force when it is committed: until then the old voters commit',
    ...COMMIT,
    replace: 'quorumIndex((core.log.since(core.commit)[0] ?? core.log).configuration, matchOf)',
  },
  {
    id: 'elected-by-the-new-voters',
    of: 'H4',
    what: 'While the voters change, the new ones alone elect',
    ...VOTES,
    replace: '  if (hasQuorum({ ...configuration, outgoing: [] }, sure) || everybody(configuration, any)) {',
  },
  {
    id: 'elected-by-the-old-voters',
    of: 'H4',
    what: 'While the voters change, the old ones alone elect',
    ...VOTES,
    replace:
      '  const old = { ...configuration, voters: configuration.outgoing, outgoing: [] };\n  if (hasQuorum(old.voters.length > 0 ? old : configuration, sure) || everybody(configuration, any)) {',
  },
  {
    id: 'learners-commit',
    of: 'H4',
    what: 'Learners are counted for commits',
    ...COMMIT,
    replace:
      'quorumIndex({ ...core.log.configuration, voters: [...core.log.configuration.voters, ...core.log.configuration.learners] }, matchOf)',
  },
  {
    id: 'learners-campaign',
    of: 'H4',
    what: 'Learners hold elections too',
    file: 'packages/raft/src/engine/core.ts',
    find: '.some(({ configuration }) => isVoter(configuration, core.options.self));',
    replace:
      '.some(({ configuration: { voters, outgoing, learners } }) => isVoter({ voters: [...voters, ...learners], outgoing, learners }, core.options.self));',
  },
  {
    id: 'leader-counts-itself',
    of: 'Raft §6',
    what: 'A leader counts itself, though it votes no more',
    ...COMMIT,
    replace:
      "quorumIndex({ ...core.log.configuration, voters: [...core.log.configuration.voters.filter((member) => member.id !== self.split('@')[0]), { id: self.split('@')[0], incarnation: self.split('@')[1] } as never] }, matchOf)",
  },
  {
    id: 'two-changes-at-once',
    of: 'Raft §6',
    what: 'A change begins while another is under way',
    file: 'packages/raft/src/engine/reconfiguration.ts',
    find: '  if (isJoint(configuration) || configurationIndex > core.commit) {',
    replace: '  if (configurationIndex < 0) {',
  },
  {
    id: 'change-before-own-commit',
    of: 'Raft §6',
    what: 'A leader changes the members before it has committed anything of its own term',
    file: 'packages/raft/src/engine/reconfiguration.ts',
    find: '  if (core.commit < core.termStart) {',
    replace: '  if (core.termStart < 0) {',
  },
  {
    id: 'voters-without-a-joint-step',
    of: 'Raft §6',
    what: 'Any change of the voters is made at once',
    file: 'packages/raft/src/engine/membership.ts',
    find: '  return sameVoters(from, target) ? target : { ...target, outgoing: from.voters };',
    replace: '  return sameVoters(from, target) ? target : { ...target, outgoing: [] };',
  },
  {
    id: 'joint-for-ever',
    of: 'Raft §6',
    what: 'A joint configuration is never left',
    file: 'packages/raft/src/engine/reconfiguration.ts',
    find: '    appendConfiguration(core, leaving(configuration));\n    return;',
    replace: '    return;',
  },
  {
    id: 'cut-change-stays-in-force',
    of: 'Raft §6',
    what: 'A change that was cut from the log stays in force',
    file: 'packages/raft/src/engine/log.ts',
    find: '      (at) => at.index < index || at.index <= this.#base.index,\n',
    replace: '      (at) => at.index <= this.#last.index,\n',
  },
  {
    id: 'removed-are-not-told',
    of: 'H33',
    what: 'A node that was removed is not told',
    file: 'packages/raft/src/engine/reconfiguration.ts',
    find: "  send(core, to, { type: 'removed', term: core.term, at: core.log.configurationIndex });",
    replace:
      "  if (core.round < 0) send(core, to, { type: 'removed', term: core.term, at: core.log.configurationIndex });",
  },
];
