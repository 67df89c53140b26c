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
  {
    id: 'runs-of-an-older-session',
    of: 'H17',
    what: 'An answer to an older session is taken for one to this',
    file: 'packages/sync-kit/src/entries/intake.ts',
    find: '  if (message.nonce !== episode.nonce) return;\n',
    replace: '',
  },
  {
    id: 'parts-of-an-older-session',
    of: 'H17',
    what: 'Parts that an older session has asked for are taken for those that this one has',
    file: 'packages/snapshot-sync/src/part-fetcher.ts',
    find: 'message.nonce === this.#nonce ? this.#requests.find(message.id) : undefined;',
    replace: 'this.#requests.find(message.id);',
  },
  {
    id: 'session-holds-anything',
    of: 'H20',
    what: 'A session holds whatever has come',
    file: 'packages/sync-kit/src/run-assembler.ts',
    find: '    if (this.bytes + all <= this.#budget) return { items, bytes: all };',
    replace: '    if (this.bytes >= 0) return { items, bytes: all };',
    also: [
      {
        file: 'packages/sync-kit/src/entries/fetcher.ts',
        find: '    return bytes <= settings.windowBytes ||',
        replace: '    return bytes > 0 ||',
      },
    ],
  },
  {
    id: 'keeps-whatever-comes',
    of: 'H20',
    what: 'What a leader sends during a session is kept, whatever it comes to, and is sent without a bound',
    file: 'packages/raft/src/engine/session.ts',
    find: '    if (kept.bytes + bytesOf(entry) > core.options.maxInflightBytes) break;\n',
    replace: '',
    also: [
      {
        file: 'packages/raft/src/engine/replication.ts',
        find: '    progress.inflightBytes < core.options.maxInflightBytes &&\n',
        replace: '',
      },
    ],
  },
  {
    id: 'terms-not-looked-up',
    of: 'H44',
    what: "A session's entries are taken whatever the leader's table says of their terms",
    file: 'packages/raft/src/engine/session-requests.ts',
    find: '    if (term !== entry.term)\n',
    replace: '    if (entry.index <= session.end.index && term !== entry.term)\n',
    also: [
      {
        file: 'packages/raft/src/sync/session-writes.ts',
        find: '    if (term !== entry.term) throw this.#wrongTerm(entry.index, entry.term, term);',
        replace: '',
      },
    ],
  },
];
