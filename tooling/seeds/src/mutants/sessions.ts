import type { Mutant } from './mutant.ts';

const TABLE = 'packages/core/src/client-session/session-table.ts';
const REQUESTS = 'packages/raft/src/group/requests.ts';

/** Bugs of client sessions: of what makes a command count once. */
export const sessions: readonly Mutant[] = [
  {
    id: 'copies-applied',
    of: 'H7',
    what: 'A number of a session that was applied before is applied again',
    file: TABLE,
    find: '  if (sequence === session.next) return NEXT;',
    replace: '  if (sequence <= session.next) return NEXT;',
  },
  {
    id: 'out-of-order-accepted',
    of: 'H7',
    what: 'A number is accepted though lower ones are missing',
    file: TABLE,
    find: '  if (sequence === session.next) return NEXT;',
    replace: '  if (sequence >= session.next) {\n    session.next = sequence;\n    return NEXT;\n  }',
  },
  {
    id: 'reply-of-another-number',
    of: 'H7',
    what: 'What became of a command is kept under the number after its own',
    file: 'packages/core/src/client-session/open-session.ts',
    find: '(this.next - sequence);',
    replace: '(this.next - sequence) - 1;',
  },
  {
    id: 'forgets-by-the-local-clock',
    of: 'H18',
    what: 'A replica forgets a session when its own clock says so',
    file: TABLE,
    find: '      if (this.#time - idle.used <= SESSION_IDLE_MS) return;',
    replace: '      if (performance.now() % 50 > 1) return;',
  },
  {
    id: 'sent-again-under-a-new-number',
    of: 'H7',
    what: 'A command that may have arrived is sent again under another number',
    file: REQUESTS,
    find: "      request.state = 'queued';\n      request.copies = true;",
    replace:
      "      request.state = 'queued';\n      request.session?.leave(request, request.sequence);\n      if (request.commands.length > 0) request.envelopes = null;",
  },
  {
    id: 'given-up-without-a-fill',
    of: 'H7',
    what: 'The number of a command whose caller gave up is never used up',
    file: REQUESTS,
    find: '    request.commands = [];',
    replace:
      "    if (request.state === 'queued') {\n      this.fail(request, error);\n      return;\n    }\n    request.commands = [];",
  },
  {
    id: 'forgotten-though-it-may-begin',
    of: 'H6',
    what: 'A session that has not begun yet is taken for one that was forgotten',
    file: REQUESTS,
    find: '    if (own !== null && (own.hasBegun || opening !== null)) {',
    replace: '    if (own !== null) {',
  },
];
