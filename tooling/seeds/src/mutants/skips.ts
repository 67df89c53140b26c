import type { Mutant } from './mutant.ts';

const FOLDER = 'packages/raft/src/group/skips';

/** Bugs of commands that are skipped: of who may have applied them all the same. */
export const skips: readonly Mutant[] = [
  {
    id: 'skipped-by-a-majority',
    of: 'H47',
    what: 'A leader has a command skipped when most members have told that their machines failed at it',
    file: `${FOLDER}/skip-desk.ts`,
    find: '    if (missing.length === 0) return null;',
    replace: '    if (missing.length * 2 < membersOf(this.#port.configuration()).length) return null;',
  },
  {
    id: 'failed-at-anything',
    of: 'H47',
    what: 'A member whose machine has failed at another command counts as well',
    file: `${FOLDER}/skip-desk.ts`,
    find: 'told !== undefined && sameEntry(told, command) && this',
    replace: 'told !== undefined && this',
  },
  {
    id: 'skips-not-looked-for',
    of: 'H47',
    what: 'A node that is started again applies its log without looking for what skips it',
    file: `${FOLDER}/skip-book.ts`,
    find: '    this.#read(parts, Math.max(after, 1), parts.log.last.index, done);',
    replace: '    this.#read(parts, parts.log.last.index + 0 * after, parts.log.last.index, done);',
  },
  {
    id: 'skipped-before-it-is-committed',
    of: 'H47',
    what: 'A command is passed over when the log has a skip of it that may still be cut',
    file: `${FOLDER}/skip-book.ts`,
    find: "    return found.at.index <= this.#port.committed() ? found : 'wait';",
    replace: '    return found;',
  },
  {
    id: 'goes-on-after-a-skip',
    of: 'H47',
    what: 'Whoever has applied a command that is skipped goes on after the skip',
    file: `${FOLDER}/passed-over.ts`,
    find: '    if (!isApplied || log.termAt(index) !== term) return;',
    replace: '    if (!isApplied || log.termAt(index) !== term || index > 0) return;',
  },
];
