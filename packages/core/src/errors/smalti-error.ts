/**
 * What is known about the commands that an error concerns:
 * - `not-applied`: they are not in the log and never will be, or they were refused: nothing changed;
 * - `unknown`: they may or may not have been applied, or may still be;
 * - `none`: the error is not about commands.
 */
export type Outcome = 'not-applied' | 'unknown' | 'none';

/** What every error of Smalti tells besides its text. */
export interface ErrorFacts {
  /** True if the same call may succeed later without any change by the caller. */
  readonly retryable?: boolean;
  readonly outcome?: Outcome;
  readonly cause?: unknown;
  /** Machine-readable particulars: file, offset, flag, peer. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The base of every error that can happen (what cannot is an `InvariantError`). `code` is stable across versions;
 * the message says what was wrong, where, and what to do, and may change.
 */
export class SmaltiError extends Error {
  override readonly name: string = 'SmaltiError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly outcome: Outcome;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.retryable = facts.retryable ?? false;
    this.outcome = facts.outcome ?? 'none';
    this.details = facts.details ?? {};
  }
}

/**
 * Every code there is, with its meaning.
 *
 * Commands and reads: `NO_COMMANDS` an empty bulk; `COMMAND_TOO_LARGE` beyond the group's bound; `ENCODING` a codec
 * refused the value; `OFFLINE` no leader within the deadline and nothing was sent; `TIMEOUT` a read's deadline
 * passed; `UNKNOWN_OUTCOME` the deadline passed after a command may have arrived; `OVERTAKEN` the leader that took a fed
 * command has lost it; `ABORTED` the caller's signal; `OVERLOADED` a bound of memory was reached;
 * `GROUP_CLOSED` the handle or the group was closed; `MACHINE_FAILED` the state machine threw and applying stopped;
 * `REJECTED` the machine refused the command, by rule, without a change of state; `COMMAND_SKIPPED` no replica applies
 * the command, because an operator said so; `STOPPED` the node stopped because of a final fault; `REMOVED` this node is
 * no member of the group any more; `INDEX_PASSED` the asked position was applied already.
 *
 * Members: `MEMBERSHIP_REFUSED` a change of the members, or of who leads, was not made; `details.reason` says why.
 *
 * Operators: `SKIP_REFUSED` a command is not skipped; `details.reason` says why.
 *
 * Client sessions: `SESSION_UNKNOWN` there is no such session: it never began, or it was idle for too long and was
 * forgotten; `OUT_OF_ORDER` lower numbers of the session are missing, so the command was not applied; `REPLY_GONE` the
 * number was used up, and what became of it is not kept any more.
 *
 * Checkpoints: `CHECKPOINT_FAILED` there is no agreement on one, or not on this node's disk; `DIVERGED` the state of this
 * node is not the majority's, so nothing is answered out of it until it is repaired.
 *
 * Identity: `PLUGIN_MISMATCH`, `ALREADY_BORN`, `TWO_BOOTSTRAPS`, `NOT_BLANK`, `BAD_GENESIS`, `BAD_OPTION`.
 *
 * Storage: `STORAGE_LOCKED`, `STORAGE_FOREIGN` (belongs to another node or cluster), `STORAGE_VERSION`,
 * `STORAGE_CORRUPT`, `STORAGE_FULL` (recoverable), `STORAGE_FAILED` (final), `STORAGE_CLOSED`, `STORAGE_RANGE`,
 * `STORAGE_ACCESS`.
 *
 * Bonds: `BAD_HANDSHAKE`, `UNKNOWN_GROUP`, `BAD_PROOF`, `HANDSHAKE_TIMEOUT`, `ALREADY_BONDED`, `WRONG_CLUSTER`,
 * `WRONG_NETWORK`, `VERSION_MISMATCH`, `TOO_MANY`, `FRAME_TOO_LARGE`, `BAD_MESSAGE`, `LINK_LOST`, `DEPARTED`,
 * `ADDRESS_IN_USE`.
 *
 * Catch-up: `CANNOT_SYNC`, `CONTEXT_REVOKED`, `SYNC_REFUSED`.
 */
export type ErrorCode =
  | 'NO_COMMANDS'
  | 'COMMAND_TOO_LARGE'
  | 'ENCODING'
  | 'OFFLINE'
  | 'TIMEOUT'
  | 'UNKNOWN_OUTCOME'
  | 'OVERTAKEN'
  | 'ABORTED'
  | 'OVERLOADED'
  | 'GROUP_CLOSED'
  | 'MACHINE_FAILED'
  | 'REJECTED'
  | 'COMMAND_SKIPPED'
  | 'STOPPED'
  | 'REMOVED'
  | 'MEMBERSHIP_REFUSED'
  | 'SKIP_REFUSED'
  | 'INDEX_PASSED'
  | 'SESSION_UNKNOWN'
  | 'OUT_OF_ORDER'
  | 'REPLY_GONE'
  | 'CHECKPOINT_FAILED'
  | 'DIVERGED'
  | 'PLUGIN_MISMATCH'
  | 'ALREADY_BORN'
  | 'TWO_BOOTSTRAPS'
  | 'NOT_BLANK'
  | 'BAD_GENESIS'
  | 'BAD_OPTION'
  | 'STORAGE_LOCKED'
  | 'STORAGE_FOREIGN'
  | 'STORAGE_VERSION'
  | 'STORAGE_CORRUPT'
  | 'STORAGE_FULL'
  | 'STORAGE_FAILED'
  | 'STORAGE_CLOSED'
  | 'STORAGE_RANGE'
  | 'STORAGE_ACCESS'
  | 'BAD_HANDSHAKE'
  | 'UNKNOWN_GROUP'
  | 'BAD_PROOF'
  | 'HANDSHAKE_TIMEOUT'
  | 'ALREADY_BONDED'
  | 'WRONG_CLUSTER'
  | 'WRONG_NETWORK'
  | 'VERSION_MISMATCH'
  | 'TOO_MANY'
  | 'FRAME_TOO_LARGE'
  | 'BAD_MESSAGE'
  | 'LINK_LOST'
  | 'DEPARTED'
  | 'ADDRESS_IN_USE'
  | 'CANNOT_SYNC'
  | 'CONTEXT_REVOKED'
  | 'SYNC_REFUSED';

/**
 * Thrown by a state machine, before it changes anything, to refuse a command by its own rules. It is a result like
 * another: every replica gives it, and going on is safe.
 */
export class RejectCommand extends Error {
  override readonly name = 'RejectCommand';
  /** A short, stable word for programs; the message is for people. */
  readonly reason: string;

  constructor(reason: string, message: string = reason) {
    super(message);
    this.reason = reason;
  }
}
