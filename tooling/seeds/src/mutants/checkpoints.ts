import type { Mutant } from './mutant.ts';

const FOLDER = 'packages/raft/src/group/checkpoints';

const VERDICT = {
  file: `${FOLDER}/verdicts.ts`,
  find: "    if (hasQuorum(configuration, (key) => reports.get(key) === root)) return { type: 'agreed', root };",
} as const;

/** Bugs of checkpoints: of what is in them, who agrees on them, and what is done with them. */
export const checkpoints: readonly Mutant[] = [
  {
    id: 'captured-later',
    of: 'H16',
    what: 'A state is captured a moment after its marker was applied',
    file: 'packages/raft/src/group/applier.ts',
    find: '      if (entry.kind === EntryKind.marker || entry.kind === EntryKind.outcome) this.#port.marked(entry);',
    replace:
      '      if (entry.kind === EntryKind.marker) this.#clock.setTimer(20, () => this.#port.marked(entry));\n      if (entry.kind === EntryKind.outcome) this.#port.marked(entry);',
  },
  {
    id: 'sessions-left-out',
    of: 'H7',
    what: 'A checkpoint has no client sessions',
    file: `${FOLDER}/capture.ts`,
    find: '  const sessions = parts.sessions.capture();',
    replace: '  const sessions = new (parts.sessions.constructor as new () => SessionTable)().capture();',
  },
  {
    id: 'agreed-by-a-few',
    of: 'H40',
    what: 'A root that two have reported is agreed',
    ...VERDICT,
    replace:
      "    if ([...reports.values()].filter((other) => other === root).length > 1) return { type: 'agreed', root };",
  },
  {
    id: 'learners-agree',
    of: 'H40',
    what: 'Reports are counted whoever they come from',
    ...VERDICT,
    replace:
      "    if (2 * [...reports.values()].filter((other) => other === root).length > configuration.voters.length) return { type: 'agreed', root };",
  },
  {
    id: 'agreed-by-who-votes-now',
    of: 'H40',
    what: 'Reports are counted by the newest configuration, and not by the one at the marker',
    file: `${FOLDER}/chair.ts`,
    find: '    const verdict = verdictOf(open.configuration, this.#book.of(marker));',
    replace:
      '    const verdict = verdictOf(this.#ledger().configuration ?? open.configuration, this.#book.of(marker));',
  },
  {
    id: 'own-root-is-right',
    of: 'H40',
    what: 'A node takes its own root for the agreed one',
    file: `${FOLDER}/checkpoint-desk.ts`,
    find: '      this.#kept.agreed({ at, root: outcome.root });',
    replace:
      '      this.#kept.agreed({ at, root: isAnchor(this.#own, at) ? (this.#own?.root ?? outcome.root) : outcome.root });',
  },
  {
    id: 'two-markers-open',
    of: 'H26',
    what: 'A marker is written while another one is open',
    file: `${FOLDER}/chair.ts`,
    find: '    return open === null ? this.#mark(now, wallNow) : this.#decide(open, term, now);',
    replace:
      '    return open === null || this.#ledger().entries > 40 ? this.#mark(now, wallNow) : this.#decide(open, term, now);',
  },
  {
    id: 'pruned-to-the-commit',
    of: 'H41',
    what: 'The log is pruned up to what is committed',
    file: 'packages/raft/src/engine/anchors.ts',
    find: '  const most = Math.min(through, core.commit, core.anchor?.at.index ?? 0) as Index;',
    replace: '  const most = core.commit;',
  },
  {
    id: 'installed-before-it-is-kept',
    of: 'H39',
    what: 'The log begins at a checkpoint before that is known to be on the disk',
    file: `${FOLDER}/installer.ts`,
    find: '      yield* call<void>((done) => parts.store.commit(manifestOf(loaded), done));\n',
    replace: '      parts.store.commit(manifestOf(loaded), () => {});\n',
  },
  {
    id: 'reset-drops-the-tail',
    of: 'H36',
    what: 'What follows a checkpoint in the log goes when the log is made to begin there',
    file: 'packages/storage-wal/src/group/wal-group-log.ts',
    find: '    const keep = holds(this.#shape, cursor);\n    const record: ResetRecord',
    replace:
      '    const keep = holds(this.#shape, cursor) && cursor.index < 0;\n    const record: ResetRecord',
  },
  {
    id: 'restarts-from-what-is-not-agreed',
    of: 'H40',
    what: 'A start begins with the newest checkpoint, whether it is agreed or not',
    file: `${FOLDER}/restore.ts`,
    find: 'filter(({ agreed, anchor }) => agreed && anchor.index >= log.base.index)',
    replace: 'filter(({ anchor }) => anchor.index >= log.base.index)',
  },
  {
    id: 'state-stays',
    of: 'H39',
    what: 'An install replaces everything but the state of the machine',
    file: 'packages/raft/src/group/applier.ts',
    find: '      machine.installSnapshot(snapshot);',
    replace: '      if (this.#at.index === 0) machine.installSnapshot(snapshot);',
  },
  {
    id: 'sessions-stay',
    of: 'H7',
    what: 'An install leaves the client sessions as they were',
    file: 'packages/raft/src/group/applier.ts',
    find: '    this.#sessions = sessions;\n    this.version',
    replace: '    if (this.#at.index === 0) this.#sessions = sessions;\n    this.version',
  },
  {
    id: 'asks-once-for-parts',
    of: 'H15',
    what: 'Whoever fetches a checkpoint asks once who has it, and never again',
    file: 'packages/snapshot-sync/src/part-fetcher.ts',
    find: '    const urgent = this.#peers.servers(0, now).length === 0;\n    if (!urgent) this.#rounds = 0;',
    replace:
      '    const urgent = this.#peers.servers(0, now).length === 0;\n    if (this.#rounds > 0) return;',
  },
  {
    id: 'repaired-never',
    of: 'H40',
    what: 'A node whose state is not what a majority has waits for somebody to repair it',
    file: `${FOLDER}/quarantine.ts`,
    find: 'this.#port.repair(',
    replace: '((_: unknown): string | null => null)(',
  },
  {
    id: 'leases-ignored-by-pruning',
    of: 'H27',
    what: 'The log is pruned though a session of a peer needs it',
    file: 'packages/snapshot-sync/src/provider.ts',
    find: '    return Math.min(agreed?.anchor.index ?? 0, lowest ?? Number.POSITIVE_INFINITY) as Index;',
    replace: '    return Math.max(agreed?.anchor.index ?? 0, lowest ?? 0) as Index;',
  },
  {
    id: 'reported-once',
    of: 'H46',
    what: 'A report is sent once, whoever leads by then and whether it arrives or not',
    file: `${FOLDER}/reports.ts`,
    find: '    if (leader !== this.#to || term !== this.#term) this.#said = null;\n',
    replace: '',
    also: [
      {
        file: `${FOLDER}/reports.ts`,
        find: '    if (isSame(this.#said, word) && (!lasts || now < this.#next)) {\n      return lasts ? this.#next - now : Number.POSITIVE_INFINITY;',
        replace: '    if (isSame(this.#said, word)) {\n      return Number.POSITIVE_INFINITY;',
      },
      {
        file: `${FOLDER}/reports.ts`,
        find: '    if (member === this.#to) this.#said = null;',
        replace: '    void member;',
      },
    ],
  },
  {
    id: 'group-time-left-out',
    of: 'H18',
    what: 'A checkpoint has no group time',
    file: `${FOLDER}/capture.ts`,
    find: '    time: entry.stamp,',
    replace: '    time: 0,',
  },
];
