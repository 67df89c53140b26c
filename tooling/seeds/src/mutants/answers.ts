import type { Mutant } from './mutant.ts';

/** Bugs of what clients are told. */
export const answers: readonly Mutant[] = [
  {
    id: 'unknown-said-not-applied',
    of: 'H6',
    what: 'What may have arrived is said not to be applied',
    file: 'packages/raft/src/group/requests.ts',
    find: "  return request.state === 'queued' ? 'not-applied' : 'unknown';",
    replace: "  return request.state === 'done' ? 'unknown' : 'not-applied';",
  },
  {
    id: 'overtaken-too-soon',
    of: 'H6',
    what: 'A command is said to have failed when the term begins in which it was sent',
    file: 'packages/raft/src/group/requests.ts',
    find: "request.state !== 'queued' && request.term < at.term)",
    replace: "request.state !== 'queued' && request.term <= at.term)",
  },
  {
    id: 'sent-again',
    of: 'H7',
    what: 'A command that may have arrived is sent again',
    file: 'packages/raft/src/group/intake.ts',
    find: '  leaderLost(): void {\n    this.#sent.clear();',
    replace:
      "  leaderLost(): void {\n    for (const { requests } of this.#sent.values()) {\n      for (const request of requests) {\n        if (request.state === 'sent') request.state = 'queued';\n        this.#queue.push(request);\n      }\n    }\n    this.#sent.clear();",
  },
];
